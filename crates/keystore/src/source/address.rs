//! `KeyAddress`: where a key is. The tool and every binding read the same text.

use std::{
    ffi::OsStr,
    fmt,
    path::{Path, PathBuf},
};

use fugo::{ErrorKind, Found, KeyTag, Place, Scope};

use super::{program::Program, token_uri::TokenUri};
use crate::key_file::Use;

/// Where a key is: a file, a program or an object of a PKCS#11 token.
///
/// ```text
/// keys/nta.key                                              a key file
/// exec:/usr/local/lib/fugo/kms-mac KEY-ID                   a program that MACs with a root key
/// pkcs11:token=fugo;object=agency-nta-1?module-path=/usr/lib/softhsm/libsofthsm2.so
/// agency/nta/1=7c2cb2a1@exec:/usr/local/lib/fugo/kms-mac    the key of this scope, from the root behind the `@`
/// ```
///
/// The part before `@` says which key is expected: its scope and its tag, and `test:` first if it is a test key. It is
/// refused if another key is found. A program, and a root key in a token, need it where the key of a scope is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAddress {
    /// Which key is expected.
    pub expected: Option<Expected>,
    /// Who holds it, or its root key.
    pub holder: Holder,
}

/// Which key an address expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Its scope.
    pub scope: Scope,
    /// Its tag.
    pub tag: KeyTag,
    /// Its use.
    pub usage: Use,
}

/// Who holds a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A key file.
    File(PathBuf),
    /// A program.
    Program(Program),
    /// A PKCS#11 token.
    Token(TokenUri),
}

const KINDS: [&str; 2] = ["exec:", "pkcs11:"];

impl KeyAddress {
    /// Reads an address. A text that neither starts with `exec:` or `pkcs11:` nor has one of them after an `@` is the
    /// path of a key file; so `./exec:a` is a path.
    pub fn parse(text: &OsStr) -> Result<Self, AddressError> {
        let Some(known) = text.to_str() else {
            return Ok(Self { expected: None, holder: Holder::File(text.into()) });
        };
        let split = if KINDS.iter().any(|kind| known.starts_with(kind)) {
            Some((None, known))
        } else {
            let first = KINDS.iter().filter_map(|kind| known.find(&format!("@{kind}"))).min();
            first.map(|at| (Some(&known[..at]), &known[at + 1..]))
        };
        let Some((expected, holder)) = split else {
            return Ok(Self { expected: None, holder: Holder::File(text.into()) });
        };
        let holder = match holder.strip_prefix("exec:") {
            Some(words) => Holder::Program(Program::parse(words)?),
            None => Holder::Token(TokenUri::parse(holder)?),
        };
        Ok(Self { expected: expected.map(Expected::parse).transpose()?, holder })
    }

    /// The files that are read to reach the key: the key file, the program, the module, the file of the PIN.
    pub fn files(&self) -> Vec<&Path> {
        match &self.holder {
            Holder::File(path) => vec![path],
            Holder::Program(program) => vec![program.path()],
            Holder::Token(uri) => uri.files().collect(),
        }
    }
}

impl Expected {
    fn parse(text: &str) -> Result<Self, AddressError> {
        let (usage, text) = match text.strip_prefix("test:") {
            Some(text) => (Use::Test, text),
            None => (Use::Production, text),
        };
        let (scope, tag) = text.split_once('=').ok_or(AddressError::Expected)?;
        let (scope, tag) = (scope.parse(), tag.parse());
        let (Ok(scope), Ok(tag)) = (scope, tag) else { return Err(AddressError::Expected) };
        Ok(Self { scope, tag, usage })
    }
}

impl fmt::Display for KeyAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Expected { scope, tag, usage }) = &self.expected {
            let test = if *usage == Use::Test { "test:" } else { "" };
            write!(f, "{test}{scope}={tag}@")?;
        }
        match &self.holder {
            Holder::File(path) => path.display().fmt(f),
            Holder::Program(program) => program.fmt(f),
            Holder::Token(uri) => uri.fmt(f),
        }
    }
}

/// Decodes `%41` as A. `None` unless two hexadecimal digits follow each `%`.
pub(super) fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            (digit()? * 16 + digit()?) as u8
        } else {
            byte
        });
    }
    Some(bytes)
}

/// Writes bytes so that [`percent_decoded`] reads them. `raw` says which bytes need no `%`.
pub(super) fn percent_encode(f: &mut fmt::Formatter<'_>, bytes: &[u8], raw: fn(u8) -> bool) -> fmt::Result {
    bytes
        .iter()
        .try_for_each(|byte| if raw(*byte) { write!(f, "{}", char::from(*byte)) } else { write!(f, "%{byte:02X}") })
}

/// The reason why a text is not the address of a key. It never holds a part of the text except a known name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// The part before `@`.
    #[error("before the `@` there must be the scope and the tag of the key, such as agency/nta/1=7c2cb2a1@")]
    Expected,
    /// The words after `exec:`.
    #[error(
        "after `exec:` there must be settings (env=NAME, timeout=SECONDS), then the absolute path of a program, then \
     its arguments, each after one space; write a space within a word as %20"
    )]
    Program,
    /// More seconds than a program may have.
    #[error("timeout= must be 1 to 600 seconds")]
    Timeout,
    /// A name that is not one of an environment variable.
    #[error("env= must be the name of an environment variable: letters, digits and `_`")]
    Environment,
    /// A character or a `%` that is not valid.
    #[error("byte {offset}: in a pkcs11: URI this character must be written with `%` and two hexadecimal digits")]
    Character {
        /// The byte offset from the start of `pkcs11:`.
        offset: usize,
    },
    /// The PIN stands in the address.
    #[error("pin-value is refused: the address of a key is not secret; give pin-source=FILE, or type the PIN")]
    PinValue,
    /// An attribute without a value, or with an unknown name.
    #[error(
        "byte {offset}: unknown attribute; token, serial, manufacturer, model, slot-id, object, id, type=secret-key are \
     known before the `?`, and module-path and pin-source after it"
    )]
    Attribute {
        /// The byte offset from the start of `pkcs11:`.
        offset: usize,
    },
    /// An attribute that is there twice.
    #[error("{name} is there twice")]
    Twice {
        /// The name of the attribute.
        name: &'static str,
    },
    /// An attribute with a value that is not valid.
    #[error("the value of {name} must be {allowed}")]
    Value {
        /// The name of the attribute.
        name: &'static str,
        /// The values allowed.
        allowed: &'static str,
    },
    /// An attribute that is needed.
    #[error("{name} is missing")]
    Missing {
        /// The name of the attribute.
        name: &'static str,
    },
}

impl AddressError {
    /// The kind of the error, as one word.
    pub fn kind(self) -> ErrorKind {
        ErrorKind::Address
    }

    /// The offset of a character or an attribute.
    pub fn place(self) -> Option<Place> {
        match self {
            Self::Character { offset } | Self::Attribute { offset } => Some(Place::Offset(offset)),
            _ => None,
        }
    }

    /// Always `None`.
    pub fn found(self) -> Option<Found> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<KeyAddress, AddressError> {
        KeyAddress::parse(OsStr::new(text))
    }

    #[test]
    fn what_names_neither_a_program_nor_a_token_is_a_path() {
        for path in ["nta.key", "./exec:/bin/true", "a@b.key", "keys/agency/nta/1=7c2cb2a1", ""] {
            let address = parsed(path).expect("a path");
            assert_eq!(address, KeyAddress { expected: None, holder: Holder::File(path.into()) });
            assert_eq!((address.to_string(), address.files()), (path.to_owned(), vec![Path::new(path)]));
        }
    }

    #[test]
    fn an_address_is_written_as_it_is_read() {
        for text in [
            "exec:/usr/local/lib/fugo/kms-mac alias/fugo-root",
            "exec:env=HOME env=AWS_PROFILE timeout=5 /opt/a%20b/mac --key x",
            "agency/nta/1=7c2cb2a1@exec:/bin/mac",
            "test:insurers/all/1=00000000@pkcs11:token=fugo;object=root?module-path=/usr/lib/p11.so",
        ] {
            assert_eq!(parsed(text).map(|address| address.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn the_first_kind_in_a_text_is_that_of_the_address() {
        // `@` and the names of kinds may be in a label.
        let uri = "pkcs11:token=fugo;object=a@exec:b?module-path=/usr/lib/p11.so";
        for text in [uri.to_owned(), format!("agency/nta/1=7c2cb2a1@{uri}")] {
            let address = parsed(&text).expect("an address");
            assert!(matches!(address.holder, Holder::Token(_)), "{text}");
        }
        let text = "agency/nta/1=7c2cb2a1@exec:/bin/mac a@pkcs11:b";
        let address = parsed(text).expect("an address");
        assert!(matches!(address.holder, Holder::Program(_)), "{text}");
    }

    #[test]
    fn the_expected_key_must_have_a_scope_and_a_tag() {
        for text in ["", "agency/nta/1", "agency/nta/1=", "agency/nta/0=7c2cb2a1", "agency/nta/1=7C2CB2A1", "=7c2cb2a1"]
        {
            assert_eq!(parsed(&format!("{text}@exec:/bin/mac")), Err(AddressError::Expected), "{text}");
        }
        let address = parsed("test:agency/nta/1=7c2cb2a1@exec:/bin/mac").expect("an address");
        let expected = address.expected.expect("an expected key");
        assert_eq!((expected.scope.to_string(), expected.tag.to_string()), ("agency/nta/1".into(), "7c2cb2a1".into()));
        assert_eq!(expected.usage, Use::Test);
    }
}
