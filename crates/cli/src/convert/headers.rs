//! Headers of an output: none may hold a number or a symbol, as those of a roster without a header line would.

use fugo::{MyNumber, find::FEWEST_DIGITS};
use fugo_columnar::kept;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::failure::{Failure, Result};

/// Kanji that stand for digits; the alphabets of other digits are numeric by themselves.
const KANJI: &str = "〇零一二三四五六七八九壱弐参";

/// Refuses headers that could be numbers, each alone or two or three neighbours together.
pub(super) fn check(headers: &[&str]) -> Result<()> {
    let refused =
        |what: &str| Err(Failure::new(what, "put a header line before the rows, or name the column otherwise"));
    for header in headers {
        let signs = header.nfkc().filter(|c| c.is_numeric() || KANJI.contains(*c)).count();
        if signs >= FEWEST_DIGITS {
            return refused("a column of an output is headed by nine or more digits, which could be a number");
        }
        if kept::holds_symbol_text(header.as_bytes()) {
            return refused("a column of an output is headed by a symbol");
        }
    }
    let digits: Vec<Zeroizing<Vec<u8>>> = headers.iter().map(|header| digits(header)).collect();
    let joined = |count: usize| {
        digits.windows(count).any(|some| {
            let whole = Zeroizing::new(some.iter().flat_map(|digits| digits.iter().copied()).collect::<Vec<u8>>());
            some.iter().all(|digits| !digits.is_empty()) && MyNumber::parse(&**whole).is_ok()
        })
    };
    if joined(2) || joined(3) {
        return refused("columns of an output that stand together are headed by the digits of a number");
    }
    Ok(())
}

/// The digits of a header; none if they are those of a year, a month or a day, as of `amount_202604`.
fn digits(header: &str) -> Zeroizing<Vec<u8>> {
    let digits: Zeroizing<Vec<u8>> =
        Zeroizing::new(header.nfkc().filter(char::is_ascii_digit).map(|c| c as u8).collect());
    let is_date = matches!(digits.len(), 4 | 6 | 8) && (digits.starts_with(b"19") || digits.starts_with(b"20"));
    if is_date { Zeroizing::new(Vec::new()) } else { digits }
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
            &["x1234-5678-9"],
            &["symbol", "123456", "789018"],
            &["1234", "5678", "9018", "name"],
            &["a", "１２３４５６", "-789018"],
        ] {
            assert!(check(headers).is_err(), "{headers:?}");
        }
        for headers in [
            &["symbol", "name"][..],
            &["amount_202604", "amount_202605", "2026"],
            &["123456", "name", "789018"],
            &["12345678"],
        ] {
            assert!(check(headers).is_ok(), "{headers:?}");
        }
    }
}
