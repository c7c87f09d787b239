//! Reads and writes the lines inside a key file.
//!
//! The lines are `fugo-key 1`, `kind: root|scope`, for a scope key `purpose:`, `scope:` and `epoch:`, then `use:`,
//! `tag:` and `key:`. They have this order, and each ends with LF. Every value has one spelling, so a key has one
//! plaintext.

use std::fmt::Write;

use base16ct::HexDisplay;
use fugo::{Epoch, KEY_LEN, KeyTag, Purpose, RootKey, Scope, ScopeId, ScopeKey};
use zeroize::Zeroizing;

use crate::{
    error::PlaintextError,
    key_file::{Key, KeyFile, Use},
};

/// All names, in the order of the lines. The file of a root key has no purpose, scope or epoch.
const SCOPE_NAMES: &[&str] = &["fugo-key", "kind", "purpose", "scope", "epoch", "use", "tag", "key"];
const ROOT_NAMES: &[&str] = &["fugo-key", "kind", "use", "tag", "key"];
/// How the files of all kinds of keys begin, and what they hold.
const KINDS: &[(&str, &str)] = &[
    ("fugo-key", "a root key or a scope key"),
    ("fugo-signing-key", "the private key that signs deliveries"),
    ("fugo-public-key", "the public key that verifies deliveries"),
    ("fugo-ledger-key", "the key of ledgers"),
    ("age-encryption.org/v1", "an encrypted file, which may hold a secret key"),
    ("-----BEGIN", "an encrypted file, which may hold a secret key"),
];
/// More than the longest plaintext, so that the string never reallocates and leaves a copy.
const CAPACITY: usize = 512;

impl KeyFile {
    /// Reads the plaintext of a key file, the text inside the encryption.
    ///
    /// The tag is computed again and compared. Unknown lines, missing lines, another order and other spellings of a
    /// value are refused.
    pub fn parse_plaintext(text: &[u8]) -> Result<Self, PlaintextError> {
        parse(text)
    }
}

/// Reads the lines, computes the tag again and compares it.
fn parse(text: &[u8]) -> Result<KeyFile, PlaintextError> {
    let mut lines = Lines::of(text, SCOPE_NAMES);
    lines.value("fugo-key", " ", "1", |value| (value == "1").then_some(()))?;
    let is_root = lines.value("kind", ": ", "root or scope", |value| match value {
        "root" => Some(true),
        "scope" => Some(false),
        _ => None,
    })?;
    let scope = if is_root {
        lines.names = ROOT_NAMES;
        None
    } else {
        Some(scope(&mut lines)?)
    };
    let usage = lines.value("use", ": ", "production or test", Use::from_name)?;
    let tag: KeyTag = lines.value("tag", ": ", "8 characters of 0-9 and a-f", |value| value.parse().ok())?;
    let tag_line = lines.number();
    let bytes = lines.value("key", ": ", "64 characters of 0-9 and a-f", key_bytes)?;
    lines.end()?;
    let file = match scope {
        None => KeyFile::root(RootKey::from_bytes(&bytes), usage),
        Some(scope) => KeyFile::scope(ScopeKey::from_bytes(&scope, &bytes), usage),
    };
    if file.tag() == tag { Ok(file) } else { Err(PlaintextError::TagMismatch { line: tag_line }) }
}

fn scope(lines: &mut Lines<'_>) -> Result<Scope, PlaintextError> {
    let names = "agency, insurers, eligibility, network, research, registry or portal";
    let purpose: Purpose = lines.value("purpose", ": ", names, |value| value.parse().ok())?;
    let allowed = "1 to 40 of a-z, 0-9 and hyphen, neither first nor last a hyphen; `all` for insurers and eligibility";
    let id: ScopeId = lines.value("scope", ": ", allowed, |value| {
        // An id that does not fit the purpose is an error of this line.
        value.parse().ok().filter(|id| Scope::new(purpose, *id, Epoch::FIRST).is_ok())
    })?;
    lines.value("epoch", ": ", "1 to 4294967295, without leading zero", |value| {
        Scope::new(purpose, id, value.parse().ok()?).ok()
    })
}

pub(crate) fn key_bytes(hex: &str) -> Option<Zeroizing<[u8; KEY_LEN]>> {
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    let decoded = base16ct::lower::decode(hex, &mut *bytes).ok()?;
    (decoded.len() == KEY_LEN).then_some(bytes)
}

/// The rest of the text, and the number of the line before it.
pub(crate) struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
    names: &'static [&'static str],
}

impl<'a> Lines<'a> {
    /// The lines of a text that has lines of these names.
    pub(crate) fn of(text: &'a [u8], names: &'static [&'static str]) -> Self {
        Self { rest: text, number: 0, names }
    }

    /// The number of the last line read.
    pub(crate) fn number(&self) -> usize {
        self.number
    }

    /// The value of the next line, which must have this name.
    pub(crate) fn value<T>(
        &mut self,
        name: &'static str,
        separator: &str,
        allowed: &'static str,
        parse: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, PlaintextError> {
        self.number += 1;
        let line = self.number;
        if self.rest.is_empty() {
            return Err(PlaintextError::MissingLine { line, expected: name });
        }
        let (text, rest) = match self.rest.iter().position(|byte| *byte == b'\n') {
            Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
            None => (self.rest, &[][..]),
        };
        let found = text.split(|byte| matches!(byte, b':' | b' ')).next().unwrap_or_default();
        if found != name.as_bytes() {
            if let Some((_, kind)) = KINDS.iter().find(|(start, _)| line == 1 && start.as_bytes() == found) {
                return Err(PlaintextError::OtherKind { found: kind, expected: name });
            }
            let is_known = self.names.iter().any(|known| known.as_bytes() == found);
            return Err(if is_known {
                PlaintextError::MissingLine { line, expected: name }
            } else {
                PlaintextError::UnknownLine { line, expected: name }
            });
        }
        let is_ended = text.len() < self.rest.len();
        self.rest = rest;
        str::from_utf8(&text[name.len()..])
            .ok()
            .filter(|_| is_ended)
            .and_then(|value| value.strip_prefix(separator))
            .and_then(parse)
            .ok_or(PlaintextError::BadValue { line, name, allowed })
    }

    pub(crate) fn end(&self) -> Result<(), PlaintextError> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(PlaintextError::UnknownLine { line: self.number + 1, expected: "the end of the file" })
    }
}

/// The lines of a key file, the inverse of [`parse`].
pub(crate) fn write(file: &KeyFile) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(CAPACITY));
    let (head, bytes) = match file.key() {
        Key::Root(key) => ("kind: root\n".to_owned(), key.expose_bytes()),
        Key::Scope(key) => {
            let (purpose, id, epoch) = (key.scope().purpose(), key.scope().id(), key.scope().epoch());
            (format!("kind: scope\npurpose: {purpose}\nscope: {id}\nepoch: {epoch}\n"), key.expose_bytes())
        }
    };
    // Writing to a string cannot fail.
    let _ =
        write!(text, "fugo-key 1\n{head}use: {}\ntag: {}\nkey: {:x}\n", file.usage(), file.tag(), HexDisplay(bytes));
    debug_assert!(text.len() <= CAPACITY);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> RootKey {
        let mut bytes = [0; KEY_LEN];
        bytes.iter_mut().zip(0..).for_each(|(byte, i)| *byte = i);
        RootKey::from_bytes(&bytes)
    }

    #[test]
    fn what_is_written_is_read() {
        let longest = format!("eligibility/all/{}", u32::MAX);
        for scope in ["agency/nta/1", "insurers/all/2", &longest] {
            let key = root().scope_key(&scope.parse().expect("a scope"));
            for usage in [Use::Production, Use::Test] {
                let text = write(&KeyFile::scope(key.clone(), usage));
                let file = parse(text.as_bytes()).expect("what was written");
                assert_eq!(file.usage(), usage);
                assert!(matches!(file.key(), Key::Scope(found) if *found == key));
            }
        }
    }

    #[test]
    fn a_second_spelling_is_refused() {
        let text = write(&KeyFile::scope(root().scope_key(&"agency/nta/1".parse().expect("a scope")), Use::Test));
        let refused = |from: &str, to: &str| {
            let other = text.replacen(from, to, 1);
            assert_ne!(other, *text, "the replacement of {from:?} applies");
            parse(other.as_bytes()).expect_err("another spelling").kind()
        };
        assert_eq!(refused("epoch: 1", "epoch: 01"), "bad-value");
        assert_eq!(refused("epoch: 1", "epoch: +1"), "bad-value");
        assert_eq!(refused("epoch: 1", "epoch:1"), "bad-value");
        assert_eq!(refused("key: 753e", "key: 753E"), "bad-value");
        assert_eq!(refused("tag: 7c2c", "tag: 7C2C"), "bad-value");
        assert_eq!(refused("use: test\n", "use: test\r\n"), "bad-value");
        assert_eq!(refused("use: test\n", "use: test \n"), "bad-value");
        assert_eq!(refused("40c0\n", "40c0"), "bad-value");
        assert_eq!(refused("fugo-key 1", "fugo-key: 1"), "bad-value");
        assert_eq!(refused("use: test\n", "use: test\nuse: test\n"), "missing-line");
        assert_eq!(refused("use: test\n", "\nuse: test\n"), "unknown-line");
    }

    #[test]
    fn errors_name_the_line_and_hold_no_value() {
        let text = write(&KeyFile::root(root(), Use::Test));
        let error = parse(text.replace("1e1f\n", "1e10\n").as_bytes()).expect_err("another key");
        assert_eq!(error, PlaintextError::TagMismatch { line: 4 });
        let error = parse(text.replace("1e1f\n", "1e1g\n").as_bytes()).expect_err("no hex");
        assert_eq!(
            error.to_string(),
            "line 5: the value of `key` must be 64 characters of 0-9 and a-f, followed by a line feed"
        );
    }
}
