//! `Attributes`: what a token says of a key, and what of it the token enforces when it is tried.

use std::fmt;

use cryptoki::{
    error::RvError,
    mechanism::{Mechanism, MechanismType},
    object::{Attribute, AttributeType, ObjectHandle},
    session::Session,
};

use super::{
    failed::{code, failed},
    make::{Uses, derive_once},
    session::{Token, TokenKey},
};
use crate::source::error::{SourceError, TokenError};

/// The attributes of a key that is true or false, and their names.
const ASKED: [(AttributeType, &str); 15] = [
    (AttributeType::Sensitive, "SENSITIVE"),
    (AttributeType::Extractable, "EXTRACTABLE"),
    (AttributeType::AlwaysSensitive, "ALWAYS_SENSITIVE"),
    (AttributeType::NeverExtractable, "NEVER_EXTRACTABLE"),
    (AttributeType::Local, "LOCAL"),
    (AttributeType::Sign, "SIGN"),
    (AttributeType::Derive, "DERIVE"),
    (AttributeType::Verify, "VERIFY"),
    (AttributeType::Encrypt, "ENCRYPT"),
    (AttributeType::Decrypt, "DECRYPT"),
    (AttributeType::Wrap, "WRAP"),
    (AttributeType::Unwrap, "UNWRAP"),
    (AttributeType::Private, "PRIVATE"),
    (AttributeType::Copyable, "COPYABLE"),
    (AttributeType::Modifiable, "MODIFIABLE"),
];

/// Whether the token keeps to an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforced {
    /// It was tried, and the token refused.
    Yes,
    /// It was tried, and the token did what the attribute forbids.
    No,
    /// It was not tried: the token's word is all there is.
    Promised,
}

/// What a token says of a key.
pub struct Attributes {
    /// Name, value (`None` if the token does not say), and whether the token keeps to it.
    pub values: Vec<(&'static str, Option<bool>, Enforced)>,
    /// `ALLOWED_MECHANISMS`, in words; `None` if the token does not say.
    pub allowed: Option<(Vec<String>, Enforced)>,
}

impl Attributes {
    /// The value of an attribute.
    pub fn value(&self, name: &str) -> Option<bool> {
        self.values.iter().find(|(known, ..)| *known == name).and_then(|(_, value, _)| *value)
    }

    /// Whether something was tried that an attribute forbids, and worked.
    pub fn is_false(&self) -> bool {
        let allowed = self.allowed.as_ref().map(|(_, enforced)| *enforced);
        self.values.iter().map(|(.., enforced)| *enforced).chain(allowed).any(|enforced| enforced == Enforced::No)
    }
}

impl fmt::Display for Enforced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yes => "enforced: it was tried and refused",
            Self::No => "NOT ENFORCED: it was tried, and the token did it",
            Self::Promised => "the token says so",
        })
    }
}

impl Token {
    /// Reads every attribute back. Tries what can be tried without a trace: reading the value, and uses and mechanisms
    /// that the attributes forbid.
    pub fn attributes(&self, key: &TokenKey<'_>) -> Attributes {
        let mut values: Vec<_> = ASKED
            .iter()
            .map(|(attribute, name)| (*name, read(&self.session, key.handle, *attribute), Enforced::Promised))
            .collect();
        let mut tried = |name: &str, forbids: bool, worked: bool| {
            for (known, value, enforced) in &mut values {
                if *known == name && *value == Some(forbids) {
                    *enforced = if worked { Enforced::No } else { Enforced::Yes };
                }
            }
        };
        let is_read = gives_value(&self.session, key.handle);
        tried("SENSITIVE", true, is_read);
        tried("SIGN", false, self.session.sign(&Mechanism::Sha256Hmac, key.handle, b"fugo").is_ok());
        tried("DERIVE", false, self.derives(key.handle));
        let allowed = allowed(&self.session, key.handle).map(|list| {
            let signs = self.session.sign(&Mechanism::Sha512Hmac, key.handle, b"fugo").is_ok();
            let enforced = match read(&self.session, key.handle, AttributeType::Sign) {
                Some(true) if !list.is_empty() && !list.contains(&MechanismType::SHA512_HMAC) => {
                    if signs {
                        Enforced::No
                    } else {
                        Enforced::Yes
                    }
                }
                _ => Enforced::Promised,
            };
            (list.iter().map(ToString::to_string).collect(), enforced)
        });
        Attributes { values, allowed }
    }

    /// Whether any derivation from the key works. The derived key lives for a moment.
    fn derives(&self, key: ObjectHandle) -> bool {
        [MechanismType::HKDF_DERIVE, MechanismType::SP800_108_COUNTER_KDF].iter().any(|mechanism| {
            let derived = derive_once(&self.session, key, *mechanism, b"fugo", 32);
            derived.is_ok_and(|derived| self.session.destroy_object(derived).is_ok())
        })
    }
}

/// Refuses a new key that is not as it was asked for, and removes it. `inside` says that the token made its bytes.
pub(super) fn check(session: &Session, key: ObjectHandle, uses: &Uses, inside: bool) -> Result<(), SourceError> {
    let signs = matches!(uses, Uses::Sign);
    let mut wanted = vec![
        (AttributeType::Sensitive, "CKA_SENSITIVE", true),
        (AttributeType::Extractable, "CKA_EXTRACTABLE", false),
        (AttributeType::Sign, "CKA_SIGN", signs),
        (AttributeType::Derive, "CKA_DERIVE", !signs),
        (AttributeType::Wrap, "CKA_WRAP", false),
        (AttributeType::Encrypt, "CKA_ENCRYPT", false),
        (AttributeType::Decrypt, "CKA_DECRYPT", false),
        (AttributeType::Unwrap, "CKA_UNWRAP", false),
    ];
    if inside {
        // Not CKA_LOCAL: NSS forgets it when it stores a key. `fugo key inspect` shows it.
        wanted.extend([
            (AttributeType::AlwaysSensitive, "CKA_ALWAYS_SENSITIVE", true),
            (AttributeType::NeverExtractable, "CKA_NEVER_EXTRACTABLE", true),
        ]);
    }
    for (attribute, name, wanted) in wanted {
        let found = read(session, key, attribute);
        // A token that does not know an attribute of use does not allow the use.
        if found.unwrap_or(false) != wanted {
            session.destroy_object(key).map_err(failed)?;
            return Err(TokenError::Attribute { attribute: name, found: !wanted }.into());
        }
    }
    if gives_value(session, key) {
        session.destroy_object(key).map_err(failed)?;
        return Err(TokenError::Attribute { attribute: "CKA_SENSITIVE", found: false }.into());
    }
    Ok(())
}

/// Whether the token gives the bytes of a key. They are wiped at once.
pub(super) fn gives_value(session: &Session, key: ObjectHandle) -> bool {
    session.get_attributes(key, &[AttributeType::Value]).is_ok_and(|found| {
        found.into_iter().any(|attribute| match attribute {
            Attribute::Value(mut bytes) => {
                let is_there = !bytes.is_empty();
                zeroize::Zeroize::zeroize(&mut bytes);
                is_there
            }
            _ => false,
        })
    })
}

/// One attribute that is true or false. Each is read alone, because one that a token does not know fails a whole call.
pub(super) fn read(session: &Session, key: ObjectHandle, attribute: AttributeType) -> Option<bool> {
    let found = session.get_attributes(key, &[attribute]).ok()?;
    found.into_iter().find_map(|attribute| match attribute {
        Attribute::Sensitive(value)
        | Attribute::Extractable(value)
        | Attribute::AlwaysSensitive(value)
        | Attribute::NeverExtractable(value)
        | Attribute::Local(value)
        | Attribute::Sign(value)
        | Attribute::Derive(value)
        | Attribute::Verify(value)
        | Attribute::Encrypt(value)
        | Attribute::Decrypt(value)
        | Attribute::Wrap(value)
        | Attribute::Unwrap(value)
        | Attribute::Private(value)
        | Attribute::Copyable(value)
        | Attribute::Modifiable(value)
        | Attribute::Destroyable(value) => Some(value),
        _ => None,
    })
}

fn allowed(session: &Session, key: ObjectHandle) -> Option<Vec<MechanismType>> {
    let found = session.get_attributes(key, &[AttributeType::AllowedMechanisms]).ok()?;
    found.into_iter().find_map(|attribute| match attribute {
        Attribute::AllowedMechanisms(list) => Some(list),
        _ => None,
    })
}

/// Whether a token refuses a template because it does not know one of its attributes.
pub(super) fn is_of_template(error: &cryptoki::error::Error) -> bool {
    matches!(
        code(error),
        Some(
            RvError::AttributeTypeInvalid
                | RvError::AttributeValueInvalid
                | RvError::AttributeReadOnly
                | RvError::TemplateInconsistent
                | RvError::GeneralError
        )
    )
}
