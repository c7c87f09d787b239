//! The probe: tries to get the bytes of keys out of a token, as an attacker with this login would.
//!
//! It derives with a text that is the label of no scope, so it never learns a key that is in use.

use cryptoki::{
    mechanism::{Mechanism, MechanismType},
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::Session,
};
use fugo::mac::MAC_LEN;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{
    attributes::{Attributes, gives_value, read},
    failed::failed,
    identity::Identity,
    make::{derive_once, with_mechanism},
    session::{Token, identity, named},
};
use crate::source::{
    error::{SourceError, TokenError},
    token_uri::TokenUri,
};

/// The label of no scope: labels start with the five bytes `fugo` and 1.
const INFO: &[u8] = b"fugo key probe";
const MESSAGE: &[u8] = b"fugo key probe: one message under keys of every length";

/// One way to get bytes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attack {
    /// Read the bytes of the key.
    Read,
    /// MAC with the key. Who may do that with a root key has every scope key.
    Sign,
    /// Derive keys of 1, 2, … 32 bytes with HKDF, and find the key of 32 bytes byte by byte.
    ShortHkdf,
    /// The same with the counter mode of SP 800-108.
    ShortKbkdf,
    /// Derive with `CKM_HKDF_DATA`, which gives the bytes as data.
    HkdfData,
    /// Derive a key that is not sensitive and may leave the token.
    Extractable,
    /// Copy the key with weaker attributes, or weaken a copy.
    Copy,
    /// Make a derived key weaker after it was made.
    Weaken,
    /// Wrap the key with a key of the attacker.
    Wrap,
}

/// How an attack ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It gave what it should not.
    Succeeded,
    /// The token refused.
    Refused,
}

/// What the probe found for one key.
pub struct Probed {
    /// The label of the key.
    pub label: String,
    /// What its id says; `None` if it is not a key of this project.
    pub identity: Option<Identity>,
    /// What the token says of it.
    pub attributes: Attributes,
    /// Each attack and its end.
    pub attacks: Vec<(Attack, Outcome)>,
}

impl Attack {
    /// What the attack does.
    pub fn text(self) -> &'static str {
        match self {
            Self::Read => "read the bytes of the key",
            Self::Sign => "MAC with the key",
            Self::ShortHkdf => "find a derived key from keys of 1 to 32 bytes (CKM_HKDF_DERIVE)",
            Self::ShortKbkdf => "find a derived key from keys of 1 to 32 bytes (CKM_SP800_108_COUNTER_KDF)",
            Self::HkdfData => "derive as data (CKM_HKDF_DATA)",
            Self::Extractable => "derive a key that may leave the token",
            Self::Copy => "copy the key with weaker attributes, or weaken a copy",
            Self::Weaken => "make the attributes of a derived key weaker",
            Self::Wrap => "wrap the key with another key, whose bytes are known",
        }
    }
}

impl Probed {
    /// Whether an attack ended so.
    pub fn succeeded(&self, attack: Attack) -> bool {
        self.attacks.contains(&(attack, Outcome::Succeeded))
    }

    /// Why no mode may be claimed of it by its attributes.
    pub fn faults(&self) -> Vec<String> {
        self.attributes.faults(self.identity.map(|identity| identity.kind))
    }

    /// Whether the bytes of the key, or of a key that it derives, came out.
    pub fn leaks(&self) -> bool {
        self.attacks.iter().any(|(attack, outcome)| *attack != Attack::Sign && *outcome == Outcome::Succeeded)
    }
}

impl Token {
    /// Attacks every secret key that this login sees and the URI fits. What the attacks make lives in the session and
    /// is removed. A URI that names a key, and fits none, is refused.
    pub fn probe(&self, uri: &TokenUri) -> Result<Vec<Probed>, SourceError> {
        let keys = self.session.find_objects(&named(uri)).map_err(failed)?;
        if keys.is_empty() && (uri.object.is_some() || uri.id.is_some()) {
            return Err(TokenError::NoKey.into());
        }
        keys.into_iter().map(|key| self.probe_one(key)).collect()
    }

    fn probe_one(&self, key: ObjectHandle) -> Result<Probed, SourceError> {
        let session = &self.session;
        let labels = session.get_attributes(key, &[AttributeType::Label]).map_err(failed)?;
        let label = labels.into_iter().find_map(|attribute| match attribute {
            Attribute::Label(label) => Some(String::from_utf8_lossy(&label).into_owned()),
            _ => None,
        });
        let tried = |attack: Attack| {
            let succeeded = match attack {
                Attack::Read => gives_value(session, key),
                Attack::Sign => session.sign(&Mechanism::Sha256Hmac, key, MESSAGE).is_ok(),
                Attack::ShortHkdf => short(session, key, MechanismType::HKDF_DERIVE),
                Attack::ShortKbkdf => short(session, key, MechanismType::SP800_108_COUNTER_KDF),
                Attack::HkdfData => as_data(session, key),
                Attack::Extractable => extractable(session, key),
                Attack::Copy => copied(session, key),
                Attack::Weaken => weakened(session, key),
                Attack::Wrap => is_wrapped(session, key),
            };
            (attack, if succeeded { Outcome::Succeeded } else { Outcome::Refused })
        };
        let attacks = [
            Attack::Read,
            Attack::Sign,
            Attack::ShortHkdf,
            Attack::ShortKbkdf,
            Attack::HkdfData,
            Attack::Extractable,
            Attack::Copy,
            Attack::Weaken,
            Attack::Wrap,
        ];
        Ok(Probed {
            label: label.unwrap_or_default(),
            identity: identity(session, key)?,
            attributes: self.attributes_of(key),
            attacks: attacks.into_iter().map(tried).collect(),
        })
    }
}

/// The lengths of HKDF and of this layout of SP 800-108 are not in the message, so a key of n bytes is the start of the
/// key of 32 bytes. Each byte is found among 256.
fn short(session: &Session, key: ObjectHandle, mechanism: MechanismType) -> bool {
    let mut found = Zeroizing::new(Vec::with_capacity(MAC_LEN));
    for length in 1..=MAC_LEN {
        let Ok(derived) = derive_once(session, key, mechanism, INFO, length as u64) else { return false };
        let signed = session.sign(&Mechanism::Sha256Hmac, derived, MESSAGE);
        let _ = session.destroy_object(derived);
        let Ok(signed) = signed else { return false };
        found.push(0);
        let next = (0..=u8::MAX).find(|byte| {
            found[length - 1] = *byte;
            hmac(&found) == signed[..]
        });
        match next {
            Some(byte) => found[length - 1] = byte,
            None => return false,
        }
    }
    true
}

/// HMAC-SHA-256 of the message under a key of any length.
fn hmac(key: &[u8]) -> [u8; MAC_LEN] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("a key of any length"));
    mac.update(MESSAGE);
    mac.finalize().into_bytes().into()
}

fn as_data(session: &Session, key: ObjectHandle) -> bool {
    let template = [
        Attribute::Class(ObjectClass::DATA),
        Attribute::Token(false),
        Attribute::Private(false),
        Attribute::ValueLen((MAC_LEN as u64).into()),
    ];
    let derived = with_mechanism(MechanismType::HKDF_DATA, INFO, |mechanism| {
        // Some tokens want the length, others do not know it for data.
        session.derive_key(mechanism, key, &template).or_else(|_| session.derive_key(mechanism, key, &template[..3]))
    });
    taken(session, derived.ok())
}

fn extractable(session: &Session, key: ObjectHandle) -> bool {
    let template = |sensitive: bool| {
        [
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::GENERIC_SECRET),
            Attribute::Token(false),
            Attribute::Sensitive(sensitive),
            Attribute::Extractable(true),
            Attribute::ValueLen((MAC_LEN as u64).into()),
        ]
    };
    MECHANISMS.into_iter().any(|mechanism| {
        [false, true].into_iter().any(|sensitive| {
            let template = template(sensitive);
            let derived = with_mechanism(mechanism, INFO, |mechanism| session.derive_key(mechanism, key, &template));
            taken(session, derived.ok())
        })
    })
}

const MECHANISMS: [MechanismType; 2] = [MechanismType::HKDF_DERIVE, MechanismType::SP800_108_COUNTER_KDF];

fn copied(session: &Session, key: ObjectHandle) -> bool {
    let not_stored = Attribute::Token(false);
    let weaker = [
        vec![not_stored.clone(), Attribute::Sensitive(false), Attribute::Extractable(true)],
        vec![not_stored.clone(), Attribute::Extractable(true)],
        vec![not_stored],
    ];
    weaker.iter().any(|weaker| session.copy_object(key, weaker).is_ok_and(|copy| is_weakened(session, copy)))
}

/// A derived key is made weaker, never the key itself.
fn weakened(session: &Session, key: ObjectHandle) -> bool {
    let derive = |mechanism| derive_once(session, key, mechanism, INFO, MAC_LEN as u64).ok();
    MECHANISMS.into_iter().find_map(derive).is_some_and(|derived| is_weakened(session, derived))
}

/// Whether a new object gets weaker, so that its bytes come out. It is removed.
fn is_weakened(session: &Session, object: ObjectHandle) -> bool {
    let _ = session.update_attributes(object, &[Attribute::Extractable(true)]);
    let _ = session.update_attributes(object, &[Attribute::Sensitive(false)]);
    let is_weaker = read(session, object, AttributeType::Extractable) == Some(true);
    taken(session, Some(object)) || is_weaker
}

/// Whether the bytes of a new object come out. It is removed.
fn taken(session: &Session, object: Option<ObjectHandle>) -> bool {
    let Some(object) = object else { return false };
    let is_out = gives_value(session, object) || is_wrapped(session, object);
    let _ = session.destroy_object(object);
    is_out
}

/// Whether the token wraps an object with a key of the attacker: an AES key with known bytes, or one that the token made,
/// which may leave it; or a public key of RSA. What it gives is wiped.
fn is_wrapped(session: &Session, object: ObjectHandle) -> bool {
    let of_aes = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::Token(false),
        Attribute::Sensitive(false),
        Attribute::Extractable(true),
        Attribute::Wrap(true),
    ];
    let bytes = [Attribute::Value(vec![0x5a; 32])];
    let length = [Attribute::ValueLen(32_u64.into())];
    let aes = session
        .create_object(&[&of_aes[..], &bytes].concat())
        .or_else(|_| session.generate_key(&Mechanism::AesKeyGen, &[&of_aes[..], &length].concat()));
    // Nobody has the private key: a token that wraps with this one wraps with every other one.
    let rsa = session.create_object(&[
        Attribute::Class(ObjectClass::PUBLIC_KEY),
        Attribute::KeyType(KeyType::RSA),
        Attribute::Token(false),
        Attribute::Wrap(true),
        Attribute::Modulus(vec![0xc1; 256]),
        Attribute::PublicExponent(vec![1, 0, 1]),
    ]);
    let by_aes = [
        Mechanism::AesKeyWrap,
        Mechanism::AesKeyWrapPad,
        Mechanism::AesCbcPad([0; 16]),
        Mechanism::AesCbc([0; 16]),
        Mechanism::AesEcb,
    ];
    let by_rsa = [Mechanism::RsaPkcs];
    [(aes, &by_aes[..]), (rsa, &by_rsa[..])].into_iter().any(|(wrapping, mechanisms)| {
        let Ok(wrapping) = wrapping else { return false };
        let gives = mechanisms.iter().any(|mechanism| {
            let wrapped = session.wrap_key(mechanism, wrapping, object).map(Zeroizing::new);
            wrapped.is_ok_and(|bytes| !bytes.is_empty())
        });
        let _ = session.destroy_object(wrapping);
        gives
    })
}
