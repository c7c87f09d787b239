//! Headers of an output: none may hold a number or a symbol, as those of a roster without a header line would.

use fugo::{
    MyNumber,
    find::{FEWEST_DIGITS, candidates},
};
use fugo_columnar::kept;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::failure::{Failure, Result};

/// Kanji that stand for digits; the alphabets of other digits are numeric by themselves.
const KANJI: &str = "〇零一二三四五六七八九壱弐参";

/// Refuses headers that could be numbers, each alone or two neighbours together.
pub(super) fn check(headers: &[&str]) -> Result<()> {
    let refused =
        |what: &str| Err(Failure::new(what, "put a header line before the rows, or name the column otherwise"));
    for header in headers {
        let plain: Zeroizing<String> = Zeroizing::new(header.nfkc().collect());
        let is_other_digit = |c: char| c.is_numeric() && !c.is_ascii_digit() || KANJI.contains(c);
        let signs = plain.chars().filter(|c| c.is_ascii_digit() || is_other_digit(*c)).count();
        // Longer codes are headers of health check-ups, and no run of their digits is as long as a number.
        let in_other_digits = plain.contains(is_other_digit) && signs >= FEWEST_DIGITS;
        if in_other_digits || candidates(&plain).next().is_some() {
            return refused("a column of an output is headed by 9 to 12 digits, which could be a number");
        }
        if kept::holds_symbol_text(header.as_bytes()) {
            return refused("a column of an output is headed by a symbol");
        }
    }
    let halves: Vec<Zeroizing<Vec<u8>>> = headers.iter().map(|header| half(header)).collect();
    let is_number =
        |pair: &[Zeroizing<Vec<u8>>]| MyNumber::parse(&*Zeroizing::new([&pair[0][..], &pair[1]].concat())).is_ok();
    if halves.windows(2).any(is_number) {
        return refused("two columns of an output that stand together are headed by the digits of a number");
    }
    Ok(())
}

/// The digits of a header of six digits, separators among them, that is no year and month.
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
    fn a_number_heads_no_column_in_any_digits_alone_or_with_its_neighbours() {
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
