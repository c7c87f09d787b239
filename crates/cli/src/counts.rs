//! Counts of rows and people: how they are printed, and which counts are too small.

/// A delivery with fewer rows can link people: whoever enters or leaves between two deliveries shows in both files.
pub(crate) const SMALL: u64 = 1_000;

/// Prints a count and its noun, in the plural unless there is one.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(count), if count == 1 { "" } else { "s" })
}

/// Prints a count with separators between the thousands.
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
