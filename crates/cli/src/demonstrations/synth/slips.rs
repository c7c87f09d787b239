//! The mistakes that typists make with digits. The check digit is computed here a second time, from the text of the
//! ordinance, so that the truth file does not repeat a mistake of the library.

use super::{kind::Outcome, person::Digits, rng::Draws};

const LEN: usize = 12;

/// One digit replaced; always detected.
pub(super) fn wrong(number: &Digits, draws: &mut Draws) -> Digits {
    loop {
        let mut digits = *number;
        let place = draws.below(LEN);
        digits[place] = b'0' + (digits[place] - b'0' + 1 + draws.below(9) as u8) % 10;
        if !passes(&digits) {
            return digits;
        }
    }
}

/// Two different neighbours exchanged, which the check digit always detects. `None` if there is no such pair.
pub(super) fn swapped(number: &Digits, draws: &mut Draws) -> Option<Digits> {
    let start = draws.below(LEN - 1);
    (0..LEN - 1).find_map(|step| {
        let place = (start + step) % (LEN - 1);
        let mut digits = *number;
        digits.swap(place, place + 1);
        (!passes(&digits)).then_some(digits)
    })
}

/// One additional digit.
pub(super) fn added(number: &Digits, draws: &mut Draws) -> Vec<u8> {
    let mut digits = number.to_vec();
    digits.insert(draws.below(LEN + 1), b'0' + draws.below(10) as u8);
    digits
}

/// One digit lost, and the outcome of the eleven digits once they are padded to twelve.
///
/// `in_roster` tells whether a valid number has a row. Digits that could be mistaken for another row are avoided, so
/// that a padded number that passes is always an additional person.
pub(super) fn lost(
    number: &Digits,
    draws: &mut Draws,
    in_roster: impl Fn(&Digits) -> bool,
) -> Option<(Vec<u8>, Outcome)> {
    let start = draws.below(LEN);
    (0..LEN).find_map(|step| {
        let mut digits = number.to_vec();
        digits.remove((start + step) % LEN);
        let mut padded = [b'0'; LEN];
        padded[1..].copy_from_slice(&digits);
        let outcome = if padded == [b'0'; LEN] {
            Outcome::NeverIssued
        } else if !passes(&padded) {
            Outcome::CheckDigit
        } else if padded == *number || sources(&padded).any(|source| source != *number && in_roster(&source)) {
            return None;
        } else {
            Outcome::Ok
        };
        Some((digits, outcome))
    })
}

/// The valid numbers that give these eleven digits if they lose one digit; `padded` is one of them.
fn sources(padded: &Digits) -> impl Iterator<Item = Digits> {
    let padded = *padded;
    let candidates = (0..LEN).flat_map(move |place| {
        (b'0'..=b'9').map(move |digit| {
            let mut source = padded;
            source.copy_within(1..=place, 0);
            source[place] = digit;
            source
        })
    });
    candidates.filter(|source| passes(source) && *source != [b'0'; LEN])
}

/// 平成26年総務省令第85号 第5条: P_n the n-th digit of the body from the right, Q_n = n + 1 up to 6, n − 5 from 7.
pub(super) fn passes(number: &Digits) -> bool {
    let value = |digit: &u8| usize::from(digit - b'0');
    let body = number[..LEN - 1].iter().rev();
    let sum: usize = (1..).zip(body).map(|(n, digit)| value(digit) * if n <= 6 { n + 1 } else { n - 5 }).sum();
    let remainder = sum % 11;
    value(&number[LEN - 1]) == if remainder <= 1 { 0 } else { 11 - remainder }
}

#[cfg(test)]
mod tests {
    use fugo::MyNumber;

    use super::*;

    const NUMBER: Digits = *b"123456789018";

    #[test]
    fn the_second_formula_agrees_with_the_library() {
        let mut draws = Draws::new(1, 1);
        for _ in 0..100_000 {
            let digits: Digits = std::array::from_fn(|_| b'0' + draws.below(10) as u8);
            assert_eq!(passes(&digits), MyNumber::parse(digits).is_ok());
        }
        assert!(passes(&[b'0'; LEN]));
    }

    #[test]
    fn eleven_digits_come_from_every_number_that_loses_one() {
        let sources: Vec<Digits> = sources(b"012345678918").collect();
        assert!(sources.contains(&NUMBER));
        for source in sources {
            let loses = (0..LEN).any(|place| {
                let mut digits = source.to_vec();
                digits.remove(place);
                digits == b"12345678918"
            });
            assert!(loses && passes(&source));
        }
    }

    #[test]
    fn a_lost_digit_never_makes_the_number_of_another_row() {
        let mut passed = 0;
        for index in 0..1000 {
            let (digits, outcome) = lost(&NUMBER, &mut Draws::new(2, index), |_| false).unwrap();
            assert_eq!(digits.len(), 11);
            passed += usize::from(outcome == Outcome::Ok);
            let (_, outcome) = lost(&NUMBER, &mut Draws::new(2, index), |_| true).unwrap();
            assert_ne!(outcome, Outcome::Ok);
        }
        assert!(passed > 0, "the sample has such a digit");
    }

    #[test]
    fn a_slip_is_no_longer_a_number() {
        for index in 0..1000 {
            let mut draws = Draws::new(3, index);
            assert!(!passes(&wrong(&NUMBER, &mut draws)));
            assert!(!passes(&swapped(&NUMBER, &mut draws).unwrap()));
            assert_eq!(added(&NUMBER, &mut draws).len(), 13);
        }
    }
}
