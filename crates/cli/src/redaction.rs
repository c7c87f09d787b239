//! What an error must not repeat: a number or a secret that stood where a name was expected.

/// Replaces numbers (twelve digits, together or in groups of four, and 9 to 11 that may have lost zeros), identities and
/// keys in hexadecimal. Bounds that our own messages name stay.
pub(crate) fn redact(text: &str) -> String {
    const BOUNDS: [&str; 2] = ["4294967295", "99999999999"];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let hex = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_hexdigit()).len();
        let number = number_len(rest);
        let taken = if rest.starts_with("AGE-SECRET-KEY-") {
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len())
        } else if hex >= 64 {
            hex
        } else if number > 0 && !BOUNDS.contains(&&rest[..number]) {
            number
        } else {
            // The rest of a run is no number of its own.
            let run = rest.len() - rest.trim_start_matches(char::is_numeric).len();
            let run = run.max(c.len_utf8());
            out.push_str(&rest[..run]);
            rest = &rest[run..];
            continue;
        };
        out.push_str("[not shown]");
        rest = &rest[taken..];
    }
    out
}

/// Length in bytes of the number that `text` starts with; 0 if it starts with none.
fn number_len(text: &str) -> usize {
    let (mut groups, mut at) = (Vec::new(), 0);
    loop {
        let run = &text[at..];
        let len = run.len() - run.trim_start_matches(char::is_numeric).len();
        if len == 0 {
            break;
        }
        groups.push((run[..len].chars().count(), at + len));
        at += len;
        match text[at..].chars().next() {
            Some(c @ (' ' | '-' | '.' | '_')) if groups.len() < 3 => at += c.len_utf8(),
            _ => break,
        }
    }
    match groups[..] {
        [(4, _), (4, _), (4, end)] | [(9..=12, end), ..] => end,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn numbers_and_secrets_are_not_repeated() {
        for secret in [
            "123456789018",
            "1234-5678-9018",
            "1234 5678 9018",
            "１２３４５６７８９０１８",
            "12345678901",
            "AGE-SECRET-KEY-1QQ",
        ] {
            assert_eq!(redact(&format!("cannot read {secret}: no such file")), "cannot read [not shown]: no such file");
        }
        assert_eq!(redact(&format!("'{}'", "0f".repeat(32))), "'[not shown]'");
    }

    #[test]
    fn dates_counts_and_bounds_stay() {
        for text in [
            "roster-20261122-0930.csv",
            "record 12, line 13, byte 1048576",
            "1 to 4294967295",
            "tag 7c2cb2a1",
            "20261122093011",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
