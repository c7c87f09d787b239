//! Numbers: with a sign, groups of digits, units, decimal places or an exponent.

/// The value `±digits · 10^exponent`. If `digits` is not 0, its last digit is not 0, so each value has one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    pub(crate) negative: bool,
    pub(crate) digits: u128,
    pub(crate) exponent: i32,
}

/// How digits are removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Rounding {
    /// Towards zero.
    Down,
    /// To the nearest; a half away from zero.
    Nearest,
}

impl Decimal {
    pub(crate) fn new(negative: bool, mut digits: u128, mut exponent: i32) -> Self {
        if digits == 0 {
            return Self { negative: false, digits: 0, exponent: 0 };
        }
        while digits.is_multiple_of(10) {
            digits /= 10;
            exponent += 1;
        }
        Self { negative, digits, exponent }
    }

    /// The value, if it is an integer of 64 bits.
    pub(crate) fn integer(self) -> Option<i64> {
        let power = 10_i128.checked_pow(u32::try_from(self.exponent).ok()?)?;
        let value = i128::try_from(self.digits).ok()?.checked_mul(power)?;
        i64::try_from(if self.negative { -value } else { value }).ok()
    }

    pub(crate) fn to_f64(self) -> f64 {
        let value = self.digits as f64 * 10_f64.powi(self.exponent);
        if self.negative { -value } else { value }
    }

    /// How many digits it has without the zeros at its ends.
    pub(crate) fn significant(self) -> u32 {
        self.digits.checked_ilog10().map_or(0, |power| power + 1)
    }

    /// The value as a multiple of `10^exponent`.
    pub(crate) fn rounded(self, exponent: i32, rounding: Rounding) -> Self {
        if self.exponent >= exponent {
            return self;
        }
        let Some(unit) = 10_u128.checked_pow(exponent.abs_diff(self.exponent)) else {
            return Self::new(false, 0, 0);
        };
        let up = rounding == Rounding::Nearest && self.digits % unit >= unit.div_ceil(2);
        Self::new(self.negative, self.digits / unit + u128::from(up), exponent)
    }

    /// The value with so many significant digits.
    pub(crate) fn with_significant(self, digits: u32, rounding: Rounding) -> Self {
        let excess = self.significant().saturating_sub(digits);
        self.rounded(self.exponent + excess.cast_signed(), rounding)
    }
}

/// Units of money and counts, with the power of ten that they represent.
const UNITS: [(&str, i32); 15] = [
    ("百万円", 6),
    ("千円", 3),
    ("万円", 4),
    ("億円", 8),
    ("円", 0),
    ("yen", 0),
    ("jpy", 0),
    ("歳代", 0),
    ("才代", 0),
    ("代", 0),
    ("歳", 0),
    ("才", 0),
    ("人", 0),
    ("件", 0),
    ("-", 0),
];

/// Reads plain text (see `text.rs`) as a number.
pub(super) fn parse(plain: &str) -> Option<Decimal> {
    // Most cells are decided by their first character.
    let first = plain.chars().next()?;
    if plain.len() > 64 || !(first.is_ascii_digit() || SIGNS.contains(&first) || first == '.') {
        return None;
    }
    let text = plain.strip_prefix('\'').unwrap_or(plain);
    let (text, bracketed) = match text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    let mut negative = bracketed;
    let mut rest = text;
    while let Some(c) = rest.chars().next().filter(|c| SIGNS.contains(c) && *c != '\'' && *c != '(') {
        negative |= matches!(c, '-' | '\u{2212}' | '▲' | '△');
        rest = &rest[c.len_utf8()..];
    }
    let mut power = 0;
    if let Some((unit, of)) = UNITS.iter().find(|(unit, _)| rest.ends_with(unit)) {
        rest = rest[..rest.len() - unit.len()].trim_end();
        power = *of;
    }
    if power == 0 && rest.contains(['万', '億']) {
        return in_myriads(rest).map(|digits| Decimal::new(negative, digits, 0));
    }
    let (mantissa, exponent) = match rest.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok().filter(|e| e.abs() < 100)?),
        None => (rest, 0),
    };
    let (whole, places) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut groups = whole.split(',');
    let begin = groups.next()?;
    if groups.clone().any(|group| group.len() != 3) || (begin.len() > 3 && whole.contains(',')) {
        return None;
    }
    let mut digits = 0_u128;
    let mut found = 0;
    for byte in std::iter::once(begin).chain(groups).chain([places]).flat_map(str::bytes) {
        if !byte.is_ascii_digit() {
            return None;
        }
        digits = digits.checked_mul(10)?.checked_add(u128::from(byte - b'0'))?;
        found += 1;
    }
    let places = i32::try_from(places.len()).ok()?;
    (found > 0).then(|| Decimal::new(negative, digits, exponent + power - places))
}

/// The number 1億2345万6789: at most four digits before each unit but the first.
fn in_myriads(text: &str) -> Option<u128> {
    let (mut rest, mut sum) = (text, 0_u128);
    for (unit, power) in [('億', 8), ('万', 4)] {
        if let Some((before, behind)) = rest.split_once(unit) {
            let is_part = !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
            let part: u128 = before.replace(',', "").parse().ok().filter(|_| is_part)?;
            sum = sum.checked_add(part.checked_mul(10_u128.pow(power))?)?;
            rest = behind;
        }
    }
    let last = rest.replace(',', "");
    match last.len() {
        0 => Some(sum),
        1..=4 => last.parse::<u16>().ok().filter(|_| !last.starts_with('+')).map(|last| sum + u128::from(last)),
        _ => None,
    }
}

/// The characters before the digits: signs, currencies, the apostrophe of spreadsheets, and the bracket of accounts.
const SIGNS: [char; 11] = ['-', '+', '\u{2212}', '▲', '△', '¥', '$', '\\', '〒', '\'', '('];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_are_equal() {
        let of = |text: &str| parse(text).unwrap_or_else(|| panic!("{text}"));
        for spelling in [
            "1234567",
            "1,234,567",
            "¥1,234,567",
            "1234567円",
            "1234567.00",
            "1234567.0",
            "+1234567",
            "1.234567e+06",
            "0001234567",
            "'1234567",
            "1234.567千円",
            "1234567.",
        ] {
            assert_eq!(of(spelling), Decimal::new(false, 1_234_567, 0), "{spelling}");
        }
        for spelling in ["-1050", "▲1,050", "(1,050)", "\u{2212}1050", "-1050.0"] {
            assert_eq!(of(spelling), Decimal::new(true, 105, 1), "{spelling}");
        }
        assert_eq!((of("0"), of("-0.0"), of(".5")), (of("00"), of("0"), of("0.50")));
        assert_eq!(
            (of("45歳").integer(), of("30代").integer(), of("40歳代").integer()),
            (Some(45), Some(30), Some(40))
        );
        for (text, expected) in
            [("123万4567円", 1_234_567), ("1億2万3", 100_020_003), ("5万", 50_000), ("1万2,345", 12_345)]
        {
            assert_eq!(of(text).integer(), Some(expected), "{text}");
        }
        assert_ne!(of("1.05"), of("105"));
        for other in [
            "",
            "a",
            "1-2",
            "12,34",
            "1,2345",
            "1.2.3",
            "1e",
            "0x10",
            "-",
            "¥",
            "1e999",
            "1万23456",
            "1万a",
            "1万+2",
            "1億億",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[test]
    fn numbers_are_rounded_to_a_unit_and_to_significant_digits() {
        let of = |digits| Decimal::new(false, digits, 0);
        let number = of(1_234_567);
        assert_eq!(number.rounded(3, Rounding::Down), of(1_234_000));
        assert_eq!(number.rounded(3, Rounding::Nearest), of(1_235_000));
        assert_eq!(number.with_significant(2, Rounding::Nearest), of(1_200_000));
        assert_eq!(of(9_960).with_significant(2, Rounding::Nearest), of(10_000));
        assert_eq!(of(5).rounded(1, Rounding::Nearest), of(10));
        assert_eq!(of(4).rounded(1, Rounding::Nearest), of(0));
        assert_eq!(of(7).rounded(60, Rounding::Nearest), of(0));
        assert_eq!(parse("1.26").expect("a number").rounded(-1, Rounding::Nearest), parse("1.3").expect("a number"));
    }
}
