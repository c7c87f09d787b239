//! Spellings of one text beyond its width, case and separators: kanji digits, old forms of kanji, small kana, the words
//! of addresses and of politeness. They are made equal in both files, so it does not matter if a name changes too.

use fugo::normalize::is_separator;

use super::number::Decimal;

/// Writes kanji numbers up to 999 with digits: 五十五 and 五五 as 55. A number that begins with a digit, such as 3百万,
/// stays.
pub(super) fn digits(plain: &mut String) {
    if plain.is_ascii() || !plain.contains(is_kanji_digit) {
        return;
    }
    let mut out = String::with_capacity(plain.len());
    let mut rest = &plain[..];
    while let Some(c) = rest.chars().next() {
        let end = rest.find(|c| !is_kanji_digit(c)).unwrap_or(rest.len());
        if end == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let run = &rest[..end];
        if out.ends_with(|c: char| c.is_ascii_digit()) {
            out.push_str(run);
        } else {
            write_run(run, &mut out);
        }
        rest = &rest[end..];
    }
    *plain = out;
}

const KANJI_DIGITS: &str = "〇一二三四五六七八九";

fn digit(c: char) -> Option<u32> {
    let place = KANJI_DIGITS.chars().position(|digit| digit == c);
    place.and_then(|place| u32::try_from(place).ok()).or(if c == '零' { Some(0) } else { None })
}

fn is_kanji_digit(c: char) -> bool {
    matches!(c, '十' | '百') || digit(c).is_some()
}

fn write_run(run: &str, out: &mut String) {
    if !run.contains(['十', '百']) {
        out.extend(run.chars().filter_map(digit).filter_map(|digit| char::from_digit(digit, 10)));
        return;
    }
    let (mut sum, mut last) = (0, None);
    for c in run.chars() {
        match (c, digit(c)) {
            ('百', _) => sum += 100 * last.take().unwrap_or(1),
            ('十', _) => sum += 10 * last.take().unwrap_or(1),
            (_, Some(value)) if last.is_none() => last = Some(value),
            // Not a number, such as 十一二.
            _ => return out.push_str(run),
        }
    }
    out.push_str(&(sum + last.unwrap_or(0)).to_string());
}

/// The words between the numbers of an address.
const BETWEEN: [&str; 8] = ["番地ノ", "番ノ", "番地", "丁目", "番", "号", "ノ", "ー"];
const POLITE: [&str; 4] = ["様", "殿", "サマ", "サン"];

/// Writes compact text in one form.
pub(super) fn compact(compact: &mut String) {
    if compact.is_ascii() {
        return;
    }
    let polite = POLITE.iter().find_map(|word| compact.strip_suffix(word)).filter(|rest| rest.chars().count() >= 2);
    if let Some(rest) = polite {
        compact.truncate(rest.len());
    }
    let mut out = String::with_capacity(compact.len());
    let mut rest = &compact[..];
    while let Some(c) = rest.chars().next() {
        let word = BETWEEN.iter().find_map(|word| rest.strip_prefix(word)).filter(|behind| {
            out.ends_with(|c: char| c.is_ascii_digit())
                && (behind.is_empty() || behind.starts_with(|c: char| c.is_ascii_digit()))
        });
        rest = if let Some(behind) = word {
            behind
        } else {
            out.push(one_form(c));
            &rest[c.len_utf8()..]
        };
    }
    *compact = out;
}

const SMALL: &str = "ァィゥェォッャュョヮヵヶ";
const LARGE: &str = "アイウエオツヤユヨワカケ";
const OLD: &str = "髙﨑邊邉齋齊斉濵濱國廣澤櫻嶋德惠眞榮龍瀧實圓藏條縣與萬冨";
const NEW: &str = "高崎辺辺斎斎斎浜浜国広沢桜島徳恵真栄竜滝実円蔵条県与万富";

/// Small kana as large ones, and old forms of kanji in names and places as new ones.
fn one_form(c: char) -> char {
    let other = |from: &str, to: &str| from.chars().position(|old| old == c).and_then(|place| to.chars().nth(place));
    match c {
        '\u{30A1}'..='\u{30F6}' => other(SMALL, LARGE).unwrap_or(c),
        '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' => other(OLD, NEW).unwrap_or(c),
        _ => c,
    }
}

/// A telephone number with the country's code, as it is written in Japan.
pub(super) fn telephone(plain: &str, compact: &str) -> Option<String> {
    let digits = compact.strip_prefix("+81").filter(|_| plain.starts_with('+'))?;
    let digits = digits.strip_prefix('0').unwrap_or(digits);
    let is_one = (9..=10).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_one.then(|| format!("0{digits}"))
}

/// The one longest code of digits inside other text, without its leading zeros. Hyphens can be between its digits.
pub(super) fn inner(plain: &str) -> Option<Decimal> {
    const SHORTEST: usize = 4;
    const LONGEST: usize = 30;
    let (mut best, mut best_len, mut is_one) = (0_u128, 0, false);
    let mut chars = plain.chars();
    while let Some(c) = chars.next() {
        let Some(first) = c.to_digit(10) else { continue };
        let (mut value, mut len) = (u128::from(first), 1);
        loop {
            let mut behind = chars.clone();
            let next = match behind.next() {
                Some(c) if is_separator(c) && !c.is_whitespace() => behind.next(),
                next => next,
            };
            let Some(digit) = next.and_then(|c| c.to_digit(10)) else { break };
            chars = behind;
            value = if len < LONGEST { value * 10 + u128::from(digit) } else { value };
            len += 1;
        }
        (best, best_len, is_one) = match len.cmp(&best_len) {
            std::cmp::Ordering::Greater => (value, len, true),
            std::cmp::Ordering::Equal => (best, best_len, false),
            std::cmp::Ordering::Less => (best, best_len, is_one),
        };
    }
    (is_one && (SHORTEST..=LONGEST).contains(&best_len)).then(|| Decimal::new(false, best, 0))
}

/// The words of a text in one order; `None` if there is one word.
pub(super) fn sorted_words(plain: &str) -> Option<String> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '、' | '/' | '|' | '・');
    let words = plain.split(is_between).filter(|word| !word.is_empty());
    let mut words: Vec<String> = words
        .map(|word| {
            let mut one = String::new();
            crate::written::text::compact(word, &mut one);
            compact(&mut one);
            one
        })
        .collect();
    if words.len() < 2 {
        return None;
    }
    words.sort_unstable();
    Some(words.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kanji_numbers_are_written_with_digits() {
        for (kanji, expected) in [
            ("昭和五十五年四月三日", "昭和55年4月3日"),
            ("二三番", "23番"),
            ("百二十", "120"),
            ("一〇二", "102"),
            ("十", "10"),
            ("3百万円", "3百万円"),
            ("十一二", "十一二"),
            ("東京", "東京"),
        ] {
            let mut plain = kanji.to_owned();
            digits(&mut plain);
            assert_eq!(plain, expected, "{kanji}");
        }
    }

    #[test]
    fn other_forms_of_kanji_kana_and_addresses_are_one() {
        for (text, expected) in [
            ("髙﨑", "高崎"),
            ("渡邊齋", "渡辺斎"),
            ("ショウワ", "シヨウワ"),
            ("山田太郎様", "山田太郎"),
            ("様", "様"),
            ("本町1丁目2番3号", "本町123"),
            ("本町1丁目2番地ノ3", "本町123"),
            ("2番地", "2"),
            ("番町", "番町"),
            ("3号館", "3号館"),
        ] {
            let mut one = text.to_owned();
            compact(&mut one);
            assert_eq!(one, expected, "{text}");
        }
        for (from, to) in [(SMALL, LARGE), (OLD, NEW)] {
            assert_eq!(from.chars().count(), to.chars().count());
            assert!(to.chars().all(|c| one_form(c) == c));
        }
    }

    #[test]
    fn the_one_longest_code_in_a_text_is_found() {
        let of = |text: &str| inner(text).and_then(Decimal::integer);
        assert_eq!(of("p0012345678"), Some(12_345_678));
        assert_eq!(of("https://example.jp/p/12345678?v=2"), Some(12_345_678));
        assert_eq!(of("年金番号 1234-567890 確認 3/4"), Some(1_234_567_890));
        assert_eq!((of("r-00017"), of("abc"), of("a12"), of("1234 と 5678")), (Some(17), None, None, None));
        assert_eq!(of(&"9".repeat(31)), None);
    }

    #[test]
    fn telephones_and_words_in_another_order_are_one() {
        assert_eq!(telephone("+81-90-1234-5678", "+819012345678").as_deref(), Some("09012345678"));
        assert_eq!(telephone("+81", "+81"), None);
        assert_eq!(sorted_words("太郎 山田"), sorted_words("山田　太郎"));
        assert_eq!(sorted_words("3;1,2"), sorted_words("1/2/3"));
        assert_eq!(sorted_words("山田"), None);
        assert_ne!(sorted_words("1 23"), sorted_words("12 3"));
    }
}
