//! Removes from a message what it must not repeat: numbers and secrets that were given where a name was expected, and
//! control characters.

use fugo::{
    Scope,
    find::{Candidate, Shape, candidates},
};

/// Replaces the text that is removed.
const NOT_SHOWN: &str = "[not shown]";

/// Limits that the tool's own messages name.
const BOUNDS: [&str; 3] = ["4294967295", "10000000000", "99999999999"];

/// Words before a count or an offset in the tool's own messages. A count may have as many digits as a number without
/// its leading zeros.
const COUNTED: [&str; 6] = ["byte ", "record ", "line ", "offset ", "first ", "serial "];

/// Words after a count.
const COUNTS: [&str; 7] = [" rows", " lines", " records", " bytes", " numbers", " people", " of "];

/// A name from outside the tool, for a terminal or a list: redacted, on one line, without control characters.
pub(crate) fn shown(name: impl std::fmt::Display) -> String {
    escape(&redact(&name.to_string()), "")
}

/// Replaces numbers in every form that normalisation reads, with any check digit; numbers of payment cards; runs of 9
/// to 11 digits, which may be numbers without their leading zeros; age identities; shares of a root key; keys in
/// hexadecimal; and PINs in a URI (RFC 7512, `pin-value`). Times of 14 digits, limits and positions in a file stay.
pub(crate) fn redact(text: &str) -> String {
    let mut secret: Vec<_> = candidates(text).filter(|found| is_redacted(text, found)).map(|c| c.range()).collect();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let length_of = |taken: fn(char) -> bool| rest.find(|c| !taken(c)).unwrap_or(rest.len());
        let starts = |word: &&str| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if let Some(name) = PIN.iter().find(|name| starts(name)) {
            let value = &rest[name.len()..];
            let end = value.find(|c: char| c == '&' || c.is_whitespace()).unwrap_or(value.len());
            let end = value[..end].trim_end_matches([':', '\'', '"', '`']).len();
            at += name.len();
            if end > 0 {
                secret.push(at..at + end);
            }
            at += end;
            continue;
        }
        let hex = length_of(|c| c.is_ascii_hexdigit());
        let named = SECRETS.iter().any(starts);
        let taken = if named { length_of(|c| c.is_ascii_alphanumeric() || c == '-') } else { hex };
        if named || taken >= 64 {
            secret.push(at..at + taken);
        }
        at += taken.max(c.len_utf8());
    }
    secret.sort_by_key(|range| range.start);
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for range in secret {
        if range.start >= at {
            out.push_str(&text[at..range.start]);
            out.push_str(NOT_SHOWN);
        }
        at = at.max(range.end);
    }
    out.push_str(&text[at..]);
    out
}

/// How identities of age and shares of root keys begin.
const SECRETS: [&str; 3] = ["AGE-SECRET-KEY-", "fugoshare1", "testshare1"];
/// A PIN follows.
const PIN: [&str; 2] = ["pin-value=", "pin%2Dvalue="];

fn is_redacted(text: &str, found: &Candidate<'_>) -> bool {
    let (before, digits, behind) = (&text[..found.range().start], &text[found.range()], &text[found.range().end..]);
    let is_count =
        COUNTED.iter().any(|word| before.ends_with(word)) || COUNTS.iter().any(|word| behind.starts_with(word));
    let is_known = is_count || BOUNDS.contains(&digits) || is_serial_of_delivery(before);
    !(found.shape() == Shape::Short && is_known || is_within_key_id(before, digits, behind))
}

/// Whether the text ends with the beginning of the name of a delivery: the purpose, the scope id and the epoch, before
/// the serial. Serials such as 2026112901 are as long as a number without its leading zeros.
fn is_serial_of_delivery(before: &str) -> bool {
    let name = before.rsplit(['/', ' ', '`', '\'']).next().and_then(|name| name.strip_suffix('-'));
    let parts = name.and_then(|name| name.split_once('-').zip(name.rsplit_once('-')));
    parts.is_some_and(|((purpose, id_and_epoch), (_, epoch))| {
        let id = id_and_epoch.strip_suffix(epoch).and_then(|id| id.strip_suffix('-')).unwrap_or_default();
        format!("{purpose}/{id}/{epoch}").parse::<Scope>().is_ok()
    })
}

/// Words before the id of a key in the tool's own messages.
const KEY_IDS: [&str; 3] = ["key-id ", "by the key ", "key given is "];

/// Whether the digits are within the id of a key: 32 hexadecimal digits, letters among them.
fn is_within_key_id(before: &str, digits: &str, behind: &str) -> bool {
    let is_hex = |c: &char| matches!(c, '0'..='9' | 'a'..='f');
    let around = [before.chars().rev().take_while(is_hex).count(), behind.chars().take_while(is_hex).count()];
    let letters = before.chars().rev().take_while(is_hex).chain(behind.chars().take_while(is_hex));
    let has_letters = letters.filter(char::is_ascii_alphabetic).count() > 0;
    let words = &before[..before.len() - around[0]];
    has_letters
        && KEY_IDS.iter().any(|word| words.ends_with(word))
        && digits.chars().all(|c| c.is_ascii_digit())
        && around[0] + digits.len() + around[1] == 32
}

/// Escapes control characters, and those that change the direction of text. The characters in `kept` stay.
pub(crate) fn escape(text: &str, kept: &str) -> String {
    let plain =
        |c: char| if changes_terminal(c) && !kept.contains(c) { c.escape_default().to_string() } else { c.into() };
    text.chars().map(plain).collect()
}

/// C0, C1, the line and paragraph separators, and the marks, embeddings, overrides and isolates of direction.
fn changes_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200E}' | '\u{200F}' | '\u{61C}')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{redact, shown};

    #[test]
    fn numbers_and_secrets_are_not_repeated() {
        for secret in [
            "123456789018",
            "1234-5678-9018",
            "1234 5678 9018",
            "1234  5678  9018",
            "1234\u{3000}5678\u{3000}9018",
            "1234\u{2010}5678\u{2015}9018",
            "1234ー5678ー9018",
            "1234.5678_9018",
            "12\u{200B}3456789018",
            "１２３４５６７８９０１８",
            "１２３４－５６７８－９０１８",
            "123456789012",
            "4111-1111-1111-1111",
            "12345678901",
            "123456789",
            "AGE-SECRET-KEY-1QQ",
            "age-secret-key-1qq",
            "fugoshare1qyps",
            "TESTSHARE1QYPS",
        ] {
            assert_eq!(redact(&format!("cannot read {secret}: no such file")), "cannot read [not shown]: no such file");
        }
        assert_eq!(redact(&format!("'{}'", "0f".repeat(32))), "'[not shown]'");
        for (text, shown) in [
            ("cannot read pkcs11:token=a?pin-value=SECRET: no", "cannot read pkcs11:token=a?pin-value=[not shown]: no"),
            ("PKCS11:?PIN-VALUE=1%32;3&module-path=/a", "PKCS11:?PIN-VALUE=[not shown]&module-path=/a"),
            ("pkcs11:a?b?pin%2dvalue=ab?c", "pkcs11:a?b?pin%2dvalue=[not shown]"),
            ("`pkcs11:?pin-value=a:b` is", "`pkcs11:?pin-value=[not shown]` is"),
            ("pin-value=", "pin-value="),
        ] {
            assert_eq!(redact(text), shown);
        }
    }

    #[test]
    fn dates_counts_and_bounds_stay() {
        for text in [
            "roster-20261122-0930.csv",
            "roster-20261122-093011.csv",
            "2026-11-22 09:30:11",
            "record 12, line 13, byte 1048576",
            "record 1234567890, line 1234567891, byte 98765432101",
            "1 to 4294967295",
            "1 to 99999999999",
            "tag 7c2cb2a1",
            "20261122093011",
            "1,234,567,890 rows",
            "\"band N\" (2 to 10000000000)",
            "recorded serial 2026112901",
            "outbox/agency-nta-1-2026112901: agency/nta/1",
            "wrote agency-nta-mof-2-2026112901.tar.age",
            "key-id 03b96e4df123456789c9b63a5654143c",
            "key-id 03b96e4df123456789018ca56541430e",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn what_only_looks_like_a_delivery_or_a_key_is_not_repeated() {
        for (text, shown) in [
            ("agency-nta-1-123456789018", "agency-nta-1-[not shown]"),
            ("roster-1-2026112901.csv", "roster-1-[not shown].csv"),
            ("agency-2026112901.csv", "agency-[not shown].csv"),
            ("2026112901.csv", "[not shown].csv"),
            // One digit more or less, and where no id of a key is.
            ("key-id 03b96e4df123456789c9b63a5654143c0", "key-id 03b96e4df[not shown]c9b63a5654143c0"),
            ("key-id 03b96e4df123456789c9b63a5654143", "key-id 03b96e4df[not shown]c9b63a5654143"),
            ("`03b96e4df123456789c9b63a5654143c`", "`03b96e4df[not shown]c9b63a5654143c`"),
        ] {
            assert_eq!(redact(text), shown);
        }
    }

    #[test]
    fn a_name_cannot_move_the_cursor_or_begin_a_line_or_turn_the_text() {
        assert_eq!(shown("a\nfugo: done\u{1B}[2K\r"), r"a\nfugo: done\u{1b}[2K\r");
        assert_eq!(shown("a\u{202E}vsc\u{2066}.\u{9B}1m"), r"a\u{202e}vsc\u{2066}.\u{9b}1m");
        assert_eq!(shown("名簿 1.csv"), "名簿 1.csv");
    }
}
