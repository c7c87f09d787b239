//! `Identity`: what the id of a key in a token says.

use std::fmt;

use fugo::Scope;

use crate::key_file::Use;

/// What a key is, and what it may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// A root key, or the key of a scope.
    pub kind: Kind,
    /// Its use.
    pub usage: Use,
}

/// A root key, or the key of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A root key.
    Root,
    /// The key of this scope.
    Scope(Scope),
}

impl Kind {
    /// `root` or `scope`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Scope(_) => "scope",
        }
    }
}

impl Identity {
    /// The id of a new key. It ends with eight random hexadecimal digits, because NSS replaces a key by a new one with
    /// the same id, without a word. The first of them is a letter: in a URI they follow `%20`, and ten digits in a row
    /// would be taken for a number and not be shown.
    pub(super) fn id(&self) -> Result<Vec<u8>, getrandom::Error> {
        let random = 0xa000_0000 + getrandom::u32()? % 0x6000_0000;
        Ok(format!("{self} {random:08x}").into_bytes())
    }

    /// Reads an id. Every identity has one spelling.
    pub(super) fn of_id(id: &[u8]) -> Option<Self> {
        let (text, random) = str::from_utf8(id).ok()?.rsplit_once(' ')?;
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if random.len() != 8 || !random.bytes().all(is_hex) {
            return None;
        }
        let mut words = text.strip_prefix("fugo 1 ")?.split(' ');
        let (kind, usage) = (words.next()?, Use::from_name(words.next()?)?);
        let kind = match (kind, words.next()) {
            ("root", None) => Kind::Root,
            ("scope", Some(scope)) => Kind::Scope(scope.parse().ok()?),
            _ => return None,
        };
        Some(Self { kind, usage }).filter(|identity| identity.to_string() == text)
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, usage } = self;
        write!(f, "fugo 1 {} {usage}", kind.name())?;
        match kind {
            Kind::Root => Ok(()),
            Kind::Scope(scope) => write!(f, " {scope}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling_and_anything_else_is_not_an_identity() {
        for text in ["fugo 1 root production", "fugo 1 scope test agency/nta/1"] {
            let identity = Identity::of_id(format!("{text} 0123abcd").as_bytes()).expect("an identity");
            assert_eq!(identity.to_string(), text);
            let ids = [identity.id().expect("random"), identity.id().expect("random")];
            assert!(ids.iter().all(|id| id[id.len() - 8].is_ascii_lowercase()));
            assert!(ids[0] != ids[1] && ids.iter().all(|id| Identity::of_id(id) == Some(identity)));
        }
        for text in [
            "",
            "fugo 1 root 0123abcd",
            "fugo 1 root test",
            "fugo 1 root test 0123ABCD",
            "fugo 1 root test 0123abc",
            "fugo 2 root test 0123abcd",
            "fugo 1 root test a 0123abcd",
            "fugo 1 scope test 0123abcd",
            "fugo 1 scope test agency/nta/01 0123abcd",
            "fugo 1 scope test agency/nta/1  0123abcd",
            "fugo 1 root Test 0123abcd",
        ] {
            assert_eq!(Identity::of_id(text.as_bytes()), None, "{text}");
        }
    }
}
