//! Is the check digit that of the ordinance for every body of eleven digits, and are its stated strengths exact?
//!
//! **The facts** (how many bodies have each check digit, how many errors are not detected) are counted over all
//! 10^11 bodies with the model below, by dynamic programming over residues modulo 11. Nothing is sampled.
//!
//! **The implementation equals the model, for all bodies.** A body consists of a left half L of six digits and a
//! right half R of five. Reading the source gives this premise: the digits enter through a sum that is reduced
//! modulo 11, so the check digit is g(x(L) + y(R)) for some functions x and y into the residues modulo 11 and some g.
//! Let m(·) be the model's weighted sum, and c the model's map from residue to check digit. The tests are:
//!
//! 1. for all 10^6 left halves L, and eleven right halves R_0 … R_10 with m(R_j) = j:
//!    g(x(L) + y(R_j)) = c(m(L) + j);
//! 2. for all 10^5 right halves R, and eleven left halves L_0 … L_10 with m(L_i) = i:
//!    g(x(L_i) + y(R)) = c(i + m(R)).
//!
//! It follows that g(x(L) + y(R)) = c(m(L) + m(R)) for all 10^11 pairs:
//!
//! * j ↦ y(R_j) is one-to-one. If y(R_j) = y(R_k), test 1 gives c(i + j) = c(i + k) for every i (every residue is
//!   some m(L)). Two different shifts of c differ somewhere, because c has the value 9 only at the residue 2. So
//!   j = k, and the y(R_j) are all eleven residues.
//! * x(L) depends only on m(L). If m(L) = m(L'), test 1 gives g(x(L) + t) = g(x(L') + t) for every residue t. So a
//!   shift of x(L) − x(L') does not change g. If this shift is not 0, it generates all residues (11 is prime), and g
//!   is constant, which contradicts test 1.
//! * In the same way, by test 2, y(R) depends only on m(R).
//! * So for any L and R, with j = m(R): g(x(L) + y(R)) = g(x(L) + y(R_j)) = c(m(L) + j) by test 1. ∎
//!
//! Both tests examine `MyNumber::check_digit` and `MyNumber::parse`. From reading the source, `parse` compares
//! g(x(L) + y(R)) with the last digit, so it accepts at most one last digit. The tests check that it accepts the
//! model's digit and, in turn, that it refuses the nine others. So exactly 10^11 strings of twelve digits satisfy the
//! check in `parse`. It also refuses one of these, the twelve zeros. So 10^11 − 1 numbers can be parsed.
//!
//! Whoever does not want to read the source runs every body, one by one, on all processors:
//! `cargo test --release --test check_digit -- --ignored --nocapture`.

use fugo::{MyNumber, MyNumberError};

/// Q_n as in the ordinance, with n counted from the right.
fn weight(n: u64) -> u64 {
    assert!((1..=11).contains(&n));
    if n <= 6 { n + 1 } else { n - 5 }
}

/// The check digit of a residue.
fn check_digit(residue: u64) -> u64 {
    if residue % 11 <= 1 { 0 } else { 11 - residue % 11 }
}

/// The weight of the digit at `place`, counted from the left from 0.
fn weight_at(place: u64) -> u64 {
    weight(11 - place)
}

/// m: the weighted sum modulo 11 of some digits of the body, the first of them at `place`.
fn residue(digits: &[u8], place: u64) -> u64 {
    (place..).zip(digits).map(|(place, digit)| u64::from(digit - b'0') * weight_at(place)).sum::<u64>() % 11
}

const BODIES: u64 = 100_000_000_000;

/// The number of ways to fill `places` with digits, by the residue of their weighted sum.
fn ways(places: impl Iterator<Item = u64>) -> [u64; 11] {
    let mut ways = [0; 11];
    ways[0] = 1;
    for place in places {
        let mut longer = [0; 11];
        for (residue, ways) in (0..).zip(ways) {
            for digit in 0..10 {
                longer[((residue + digit * weight_at(place)) % 11) as usize] += ways;
            }
        }
        ways = longer;
    }
    ways
}

#[test]
fn the_weights_read_6_5_4_3_2_7_6_5_4_3_2_from_the_left() {
    assert_eq!((0..11).map(weight_at).collect::<Vec<_>>(), [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
}

#[test]
fn each_check_digit_belongs_to_exactly_as_many_bodies_as_stated() {
    let mut bodies = [0; 10];
    for (residue, ways) in (0..).zip(ways(0..11)) {
        bodies[check_digit(residue) as usize] += ways;
    }
    let mut stated = [9_090_909_091; 10];
    stated[0] = 18_181_818_182;
    stated[3] = 9_090_909_090;
    assert_eq!(bodies, stated);
    assert_eq!(bodies.iter().sum::<u64>(), BODIES);
}

#[test]
fn the_counting_agrees_with_a_plain_enumeration_of_short_bodies() {
    let mut plain = [0; 11];
    for body in 0..1_000_000 {
        plain[residue(format!("{body:06}").as_bytes(), 0) as usize] += 1;
    }
    assert_eq!(ways(0..6), plain);
}

#[test]
fn a_random_string_of_twelve_digits_passes_with_probability_one_in_ten() {
    let passing: u64 = (0..)
        .zip(ways(0..11))
        .map(|(residue, ways)| ways * (0..10).filter(|last| *last == check_digit(residue)).count() as u64)
        .sum();
    assert_eq!(passing * 10, BODIES * 10);
}

/// The result of one kind of error over every valid string: how many erroneous strings there are, and how many of them
/// are also valid.
#[derive(Debug, PartialEq)]
struct Errors {
    undetected: u64,
    all: u64,
}

impl Errors {
    /// Rounded to three decimal places.
    fn percent(&self) -> String {
        let thousandths = (self.undetected * 100_000 + self.all / 2) / self.all;
        format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
    }
}

#[test]
fn single_digit_errors_go_unseen_in_1_667_percent_and_only_where_the_check_digit_is_0() {
    let mut errors = Errors { undetected: 0, all: 0 };
    for place in 0..11 {
        let others = ways((0..11).filter(|other| *other != place));
        for (rest, ways) in (0..).zip(others) {
            for (was, is) in unequal_digits() {
                let before = check_digit(rest + was * weight_at(place));
                let after = check_digit(rest + is * weight_at(place));
                errors.all += ways;
                if before == after {
                    assert_eq!(before, 0);
                    errors.undetected += ways;
                }
            }
        }
    }
    // The twelfth digit: nine wrong digits for each body, and none of them is the check digit.
    errors.all += 9 * BODIES;
    assert_eq!(errors, Errors { undetected: 180_000_000_004, all: 12 * 9 * BODIES });
    assert_eq!(errors.percent(), "1.667");
}

#[test]
fn swaps_of_unequal_neighbours_go_unseen_in_1_837_percent() {
    let mut errors = Errors { undetected: 0, all: 0 };
    // Two digits of the body.
    for place in 0..10 {
        let others = ways((0..11).filter(|other| *other != place && *other != place + 1));
        for (rest, ways) in (0..).zip(others) {
            for (left, right) in unequal_digits() {
                let before = rest + left * weight_at(place) + right * weight_at(place + 1);
                let after = rest + right * weight_at(place) + left * weight_at(place + 1);
                errors.all += ways;
                errors.undetected += if check_digit(before) == check_digit(after) { ways } else { 0 };
            }
        }
    }
    // The last digit of the body and the check digit.
    for (rest, ways) in (0..).zip(ways(0..10)) {
        for last in 0..10 {
            let check = check_digit(rest + last * weight_at(10));
            if check != last {
                errors.all += ways;
                errors.undetected += if check_digit(rest + check * weight_at(10)) == last { ways } else { 0 };
            }
        }
    }
    assert_eq!(errors, Errors { undetected: 18_181_818_190, all: 990_000_000_000 });
    assert_eq!(errors.percent(), "1.837");
}

fn unequal_digits() -> impl Iterator<Item = (u64, u64)> {
    (0..10).flat_map(|a| (0..10).map(move |b| (a, b))).filter(|(a, b)| a != b)
}

/// Tests 1 and 2 of the module comment. Returns the first body whose check digit is not the model's.
fn first_difference(mut implementation: impl FnMut(&[u8; 11]) -> u8) -> Option<[u8; 11]> {
    let mut differs = |body: &[u8; 11], residue: u64| u64::from(implementation(body)) != check_digit(residue);
    let mut body = [b'0'; 11];

    let lefts = representatives::<6>(0);
    for right in 0..100_000 {
        write_digits(right, &mut body[6..]);
        let right = residue(&body[6..], 6);
        for (i, left) in (0..).zip(&lefts) {
            body[..6].copy_from_slice(left);
            if differs(&body, i + right) {
                return Some(body);
            }
        }
    }
    let rights = representatives::<5>(6);
    for left in 0..1_000_000 {
        write_digits(left, &mut body[..6]);
        let left = residue(&body[..6], 0);
        for (j, right) in (0..).zip(&rights) {
            body[6..].copy_from_slice(right);
            if differs(&body, left + j) {
                return Some(body);
            }
        }
    }
    None
}

/// For each residue, the smallest half with this residue.
fn representatives<const LEN: usize>(place: u64) -> [[u8; LEN]; 11] {
    std::array::from_fn(|wanted| {
        let mut half = [b'0'; LEN];
        let mut value = 0;
        while residue(&half, place) != wanted as u64 {
            value += 1;
            write_digits(value, &mut half);
        }
        half
    })
}

fn write_digits(mut value: u32, digits: &mut [u8]) {
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

#[test]
fn check_digit_is_the_model_for_every_body() {
    assert_eq!(first_difference(|body| MyNumber::check_digit(body).expect("eleven digits")), None);
}

#[test]
fn parse_accepts_the_models_last_digit_and_no_other() {
    let passes = |text: &[u8; 12]| match MyNumber::parse(text) {
        Ok(_) => true,
        Err(MyNumberError::CheckDigit) => false,
        Err(MyNumberError::NeverIssued) => {
            assert_eq!(text, &[b'0'; 12], "only twelve zeros are never issued");
            true
        }
        Err(error) => panic!("{error}"),
    };
    let mut text = [b'0'; 12];
    let mut turn = 0;
    let difference = first_difference(|body| {
        text[..11].copy_from_slice(body);
        let right = check_digit(residue(body, 0)) as u8;
        text[11] = b'0' + right;
        let accepted = passes(&text);
        // The nine wrong digits, in turn.
        turn = turn % 9 + 1;
        text[11] = b'0' + (right + turn) % 10;
        assert!(!passes(&text), "two last digits are accepted");
        if accepted { right } else { 10 }
    });
    assert_eq!(difference, None);
    assert_eq!(MyNumber::parse("000000000000"), Err(MyNumberError::NeverIssued));
}

#[test]
fn an_implementation_with_any_one_wrong_weight_or_digit_is_found_out() {
    let weights: [u64; 11] = std::array::from_fn(|place| weight_at(place as u64));
    let check = |weights: &[u64; 11], modulus: u64, body: &[u8; 11]| {
        let sum: u64 = body.iter().zip(weights).map(|(digit, weight)| u64::from(digit - b'0') * weight).sum();
        if sum % modulus <= 1 { 0 } else { (modulus - sum % modulus).min(9) as u8 }
    };
    for place in 0..11 {
        for wrong in (0..11).filter(|wrong| *wrong != weights[place]) {
            let mut weights = weights;
            weights[place] = wrong;
            assert!(first_difference(|body| check(&weights, 11, body)).is_some(), "weight {wrong} at {place}");
        }
    }
    assert!(first_difference(|body| check(&weights, 10, body)).is_some(), "modulo 10");
    // One half is wrong, but only sometimes.
    let rarely = |body: &[u8; 11]| if body.ends_with(b"99999") { 1 } else { check(&weights, 11, body) };
    assert!(first_difference(rarely).is_some(), "one right half in 10^5");
    let rarely = |body: &[u8; 11]| if body.starts_with(b"000777") { 1 } else { check(&weights, 11, body) };
    assert!(first_difference(rarely).is_some(), "one left half in 10^6");
}

#[test]
#[ignore = "10^11 bodies, one by one: about an hour of a processor"]
fn every_body_one_by_one_has_the_models_check_digit_and_is_parsed_with_it() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u32;
    let rights: Vec<([u8; 5], u64)> = (0..100_000)
        .map(|value| {
            let mut half = [b'0'; 5];
            write_digits(value, &mut half);
            (half, residue(&half, 6))
        })
        .collect();
    let check = &|lefts: std::ops::Range<u32>| {
        let (mut text, mut bodies) = ([b'0'; 12], 0_u64);
        for left in lefts {
            if left % 10_000 == 0 {
                println!("the 10^9 bodies from {left:06}00000 on");
            }
            write_digits(left, &mut text[..6]);
            let sum = residue(&text[..6], 0);
            for (half, of_half) in &rights {
                text[6..11].copy_from_slice(half);
                let digit = check_digit(sum + of_half) as u8;
                assert_eq!(MyNumber::check_digit(&text[..11]), Ok(digit));
                text[11] = b'0' + digit;
                bodies += u64::from(MyNumber::parse(text).is_ok());
            }
        }
        bodies
    };
    let step = 1_000_000_u32.div_ceil(threads);
    let parsed: u64 = std::thread::scope(|scope| {
        let threads = (0..threads).map(|nth| scope.spawn(move || check(nth * step..((nth + 1) * step).min(1_000_000))));
        threads.collect::<Vec<_>>().into_iter().map(|thread| thread.join().expect("every body passes")).sum()
    });
    assert_eq!(parsed, BODIES - 1, "all except twelve zeros");
}

/// What is altered is refused at this offset, whatever the weighted sum of the other digits is: eleven bodies are tried.
fn refused_at(offset: usize, alter: impl Fn(&mut [u8; 12])) {
    for body in 0..11_u64 {
        let mut digits = [b'1'; 12];
        digits[10] = b'0' + (body % 10) as u8;
        digits[9] = b'0' + (body / 10) as u8;
        alter(&mut digits);
        assert_eq!(MyNumber::parse(digits).err(), Some(MyNumberError::NonDigit { offset }));
    }
}

#[test]
fn every_byte_that_is_not_a_digit_is_refused_at_each_place() {
    for place in 0..12 {
        for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
            refused_at(place, |digits| digits[place] = byte);
        }
    }
}

#[test]
fn two_bytes_that_are_not_digits_are_refused_at_the_first() {
    for first in 0..12 {
        for second in first + 1..12 {
            for (a, b) in [(b'/', b'/'), (b':', b':'), (0xb0, 0xb0), (0xb9, b':'), (b'a', 0xff)] {
                refused_at(first, |digits| (digits[first], digits[second]) = (a, b));
            }
        }
    }
}
