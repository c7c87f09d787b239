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
    identity::Kind,
    make::{Uses, derive_once},
    session::{Token, TokenKey},
};
use crate::source::{
    error::{SourceError, TokenError},
    token_uri::TokenUri,
};

/// The attributes of a key that is true or false, and their names.
const ASKED: [(AttributeType, &str); 16] = [
    (AttributeType::Token, "TOKEN"),
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
    /// The id, as in a URI; empty for a key without one.
    pub id: String,
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

    /// Why no mode may be claimed of a key of this kind (`None`: not a key of this project): each attribute that is not as
    /// this project asks for it, and each one that the token does not keep to. Empty if there is no reason.
    pub fn faults(&self, kind: Option<Kind>) -> Vec<String> {
        let says = |name: &str| match self.value(name) {
            Some(value) => format!("{name} is {value}"),
            None => format!("{name} is not said"),
        };
        let mut faults: Vec<String> = [("SENSITIVE", true), ("EXTRACTABLE", false)]
            .into_iter()
            .filter(|(name, wanted)| self.value(name) != Some(*wanted))
            .map(|(name, _)| says(name))
            .collect();
        // A token that does not know an attribute of use does not allow the use.
        let is = |name: &str| self.value(name).unwrap_or(false);
        let (signs, derives) = (is("SIGN"), is("DERIVE"));
        match kind {
            Some(Kind::Scope(_)) if !signs => faults.push(says("SIGN")),
            Some(Kind::Scope(_)) if derives => faults.push(says("DERIVE")),
            Some(Kind::Root) if signs && derives => faults.push("SIGN and DERIVE are true".to_owned()),
            Some(Kind::Root) if !signs && !derives => faults.push("SIGN and DERIVE are false".to_owned()),
            _ => {}
        }
        if kind.is_some() {
            let uses = ["VERIFY", "ENCRYPT", "DECRYPT", "WRAP", "UNWRAP"];
            faults.extend(uses.into_iter().filter(|name| is(name)).map(says));
            faults.extend(["TOKEN", "PRIVATE"].into_iter().filter(|name| !is(name)).map(says));
        }
        let forbidden = self.values.iter().filter(|(.., enforced)| *enforced == Enforced::No).map(|(name, ..)| *name);
        let mechanisms = self.allowed.iter().filter(|(_, enforced)| *enforced == Enforced::No);
        let forbidden = forbidden.chain(mechanisms.map(|_| "ALLOWED_MECHANISMS"));
        faults.extend(forbidden.map(|name| format!("the token does not keep to {name}")));
        faults
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
        self.attributes_of(key.handle)
    }

    pub(super) fn attributes_of(&self, key: ObjectHandle) -> Attributes {
        let mut values: Vec<_> = ASKED
            .iter()
            .map(|(attribute, name)| (*name, read(&self.session, key, *attribute), Enforced::Promised))
            .collect();
        let mut tried = |name: &str, forbids: bool, worked: bool| {
            for (known, value, enforced) in &mut values {
                if *known == name && *value == Some(forbids) {
                    *enforced = if worked { Enforced::No } else { Enforced::Yes };
                }
            }
        };
        let is_read = gives_value(&self.session, key);
        tried("SENSITIVE", true, is_read);
        tried("SIGN", false, self.session.sign(&Mechanism::Sha256Hmac, key, b"fugo").is_ok());
        tried("DERIVE", false, self.derives(key));
        let allowed = allowed(&self.session, key).map(|list| {
            let signs = self.session.sign(&Mechanism::Sha512Hmac, key, b"fugo").is_ok();
            let enforced = match read(&self.session, key, AttributeType::Sign) {
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
        Attributes { id: shown_id(&self.session, key), values, allowed }
    }

    /// Whether any derivation from the key works. The derived key lives for a moment.
    fn derives(&self, key: ObjectHandle) -> bool {
        [MechanismType::HKDF_DERIVE, MechanismType::SP800_108_COUNTER_KDF].iter().any(|mechanism| {
            let derived = derive_once(&self.session, key, *mechanism, b"fugo", 32);
            derived.is_ok_and(|derived| self.session.destroy_object(derived).is_ok())
        })
    }
}

/// Refuses a new key that is not as it was asked for. `uri` has its label and its id; `inside` says that the token made
/// its bytes.
pub(super) fn check(
    session: &Session,
    key: ObjectHandle,
    uri: &TokenUri,
    uses: &Uses,
    inside: bool,
) -> Result<(), SourceError> {
    let signs = matches!(uses, Uses::Sign);
    let mut wanted = vec![
        (AttributeType::Token, "CKA_TOKEN", true),
        (AttributeType::Private, "CKA_PRIVATE", true),
        (AttributeType::Sensitive, "CKA_SENSITIVE", true),
        (AttributeType::Extractable, "CKA_EXTRACTABLE", false),
        (AttributeType::Sign, "CKA_SIGN", signs),
        (AttributeType::Derive, "CKA_DERIVE", !signs),
        (AttributeType::Verify, "CKA_VERIFY", false),
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
            return Err(TokenError::Attribute { attribute: name, found: !wanted }.into());
        }
    }
    let found = session.get_attributes(key, &[AttributeType::Label, AttributeType::Id]).map_err(failed)?;
    let (mut label, mut id) = (None, None);
    for attribute in found {
        match attribute {
            Attribute::Label(found) => label = Some(found),
            Attribute::Id(found) => id = Some(found),
            _ => {}
        }
    }
    if label.as_deref() != uri.object.as_deref().map(str::as_bytes) {
        return Err(TokenError::Name { attribute: "CKA_LABEL" }.into());
    }
    if id != uri.id {
        return Err(TokenError::Name { attribute: "CKA_ID" }.into());
    }
    if gives_value(session, key) {
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
        Attribute::Token(value)
        | Attribute::Sensitive(value)
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

fn shown_id(session: &Session, key: ObjectHandle) -> String {
    let found = session.get_attributes(key, &[AttributeType::Id]).unwrap_or_default();
    let id = found.into_iter().find_map(|attribute| match attribute {
        Attribute::Id(id) => Some(id),
        _ => None,
    });
    TokenUri { id, ..TokenUri::default() }.shown_id().unwrap_or_default()
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
