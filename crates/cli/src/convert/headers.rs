//! Checks the headers of an output. If the roster has no header line, its first row holds a number where a header is
//! expected.

use std::collections::BTreeSet;

use fugo::{
    MyNumber,
    find::{FEWEST_DIGITS, candidates},
};
use fugo_columnar::kept;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::failure::{Failure, Result};

/// Kanji that are used as digits. The digits of other scripts are numeric in Unicode.
const KANJI: &str = "〇零一二三四五六七八九壱弐参";

/// Refuses headers that could be numbers, each by itself or two neighbours together; and headers that differ only in
/// case, which DuckDB and Spark take for one name.
pub(crate) fn check(headers: &[&str]) -> Result<()> {
    let mut names = BTreeSet::new();
    if let Some(again) = headers.iter().find(|header| !names.insert(header.to_lowercase())) {
        return Err(Failure::new(
            format!("an output has two columns with the name `{again}`; names that differ only in case count as one"),
            "give --symbol-column another name, or rename or leave out one of the kept columns",
        ));
    }
    let refused =
        |what: &str| Err(Failure::new(what, "put a header line before the rows, or give the column another name"));
    for header in headers {
        let plain: Zeroizing<String> = Zeroizing::new(header.nfkc().collect());
        let is_other_digit = |c: char| c.is_numeric() && !c.is_ascii_digit() || KANJI.contains(c);
        let signs = plain.chars().filter(|c| c.is_ascii_digit() || is_other_digit(*c)).count();
        // Headers of health check-ups are longer codes. Their runs of digits are longer than a number.
        let in_other_digits = plain.contains(is_other_digit) && signs >= FEWEST_DIGITS;
        if in_other_digits || candidates(&plain).next().is_some() {
            return refused("a column of an output has 9 to 12 digits as its header, which could be a number");
        }
        if kept::holds_symbol_text(header.as_bytes()) {
            return refused("a column of an output has a symbol as its header");
        }
    }
    let halves: Vec<Zeroizing<Vec<u8>>> = headers.iter().map(|header| half(header)).collect();
    let is_number =
        |pair: &[Zeroizing<Vec<u8>>]| MyNumber::parse(&*Zeroizing::new([&pair[0][..], &pair[1]].concat())).is_ok();
    if halves.windows(2).any(is_number) {
        return refused("two neighbouring columns of an output have the digits of a number as their headers");
    }
    Ok(())
}

/// The digits of a header with six digits and any separators, unless they are a year and a month.
fn half(header: &str) -> Zeroizing<Vec<u8>> {
    let plain: Zeroizing<String> = Zeroizing::new(header.nfkc().collect());
    let digits: Zeroizing<Vec<u8>> = Zeroizing::new(plain.bytes().filter(u8::is_ascii_digit).collect());
    let is_month = digits.starts_with(b"19") || digits.starts_with(b"20");
    let is_half = digits.len() == MyNumber::LEN / 2 && !plain.contains(char::is_alphabetic) && !is_month;
    if is_half { digits } else { Zeroizing::new(Vec::new()) }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn headers_that_are_numbers_alone_or_together_and_equal_headers_are_refused() {
        for headers in [
            &["123456789018"][..],
            &["１２３４５６７８９０１８"],
            &["一二三四五六七八九〇一八"],
            &["١٢٣٤٥٦٧٨٩٠١٨"],
            &["①②③④⑤⑥⑦⑧⑨⓪①⑧"],
            &["¹²³⁴⁵⁶⁷⁸⁹⁰¹⁸"],
            &["123456789"],
            &["No.1234-5678-9018"],
            &["symbol", "123456", "789018"],
            &["a", "１２３４５６", "-789018"],
            &["symbol", "sex", "SYMBOL"],
            &["symbol", "straße", "name", "Straße"],
        ] {
            assert!(check(headers).is_err(), "{headers:?}");
        }
        for headers in [
            &["symbol", "name"][..],
            &["amount_202604", "amount_202605", "2026"],
            &["123456", "name", "789018"],
            &["12345678"],
            &["9N001000000000001", "1234567890128", "9N001", "9N079"],
            &["0-4歳", "5-9歳", "10-14歳", "15-19歳"],
            &["10:00", "11:00", "12:00"],
        ] {
            assert!(check(headers).is_ok(), "{headers:?}");
        }
    }
}
