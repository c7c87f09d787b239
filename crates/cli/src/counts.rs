//! Counts of rows and people: how they are shown, and how few are too few.

/// A delivery of fewer rows links people: who came or went between two of them shows in both.
pub(crate) const SMALL: u64 = 1_000;

/// A count with its thousands apart.
pub(crate) fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
