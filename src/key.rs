//! Root keys, scope keys and key tags. Scope keys are derived from the root key, and never the reverse.

use core::{fmt, str::FromStr};

use base16ct::HexDisplay;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    error_kind::{ErrorKind, Found, Place},
    message::Message,
    scope::Scope,
};

/// Length of every key in bytes.
pub const KEY_LEN: usize = 32;

/// The root key: 32 uniformly random bytes, kept in an HSM or in an encrypted file. All scope keys are derived from it.
///
/// Whoever holds it can derive every symbol of every scope. Wiped on drop. Comparison takes constant time. `Debug`
/// prints only the type.
#[derive(Clone)]
pub struct RootKey([u8; KEY_LEN]);

impl RootKey {
    /// Takes 32 uniformly random bytes. The caller wipes its own copy.
    pub fn from_bytes(bytes: &[u8; KEY_LEN]) -> Self {
        Self(*bytes)
    }

    /// Makes a key from the operating system's random generator (feature `std`).
    #[cfg(feature = "std")]
    pub fn random() -> Result<Self, RandomError> {
        let mut key = Self([0; KEY_LEN]);
        getrandom::fill(&mut key.0).map_err(|_| RandomError)?;
        Ok(key)
    }

    /// `ScopeKey := HKDF-Expand-SHA-256(PRK = RootKey, info = Label, L = 32)` (RFC 5869 §2.3), which is a single
    /// `HMAC-SHA-256(RootKey, Label ‖ 0x01)`.
    pub fn scope_key(&self, scope: &Scope) -> ScopeKey {
        ScopeKey { scope: *scope, bytes: *hmac_sha256(&self.0, Message::ScopeKey(scope)) }
    }

    /// `HMAC-SHA-256(RootKey, "fugo" ‖ 0x01 ‖ "tag" ‖ 0x01)[0..4]`.
    pub fn tag(&self) -> KeyTag {
        KeyTag::of(&self.0)
    }

    /// The 32 bytes, for a key file. Only this method exposes them.
    pub fn expose_bytes(&self) -> &[u8; KEY_LEN] {
        &self.0
    }
}

/// The key of one scope: of one purpose, scope id and epoch.
///
/// Whoever holds it can recover the numbers of that scope's symbols: they derive all 10^11 numbers, in hours on one
/// machine. Wiped on drop. Comparison takes constant time. `Debug` prints only the type.
#[derive(Clone)]
pub struct ScopeKey {
    scope: Scope,
    bytes: [u8; KEY_LEN],
}

impl ScopeKey {
    /// Takes a scope and the 32 bytes that [`RootKey::scope_key`] derived for it. The caller wipes its own copy.
    pub fn from_bytes(scope: &Scope, bytes: &[u8; KEY_LEN]) -> Self {
        Self { scope: *scope, bytes: *bytes }
    }

    /// The scope of the key.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// `HMAC-SHA-256(ScopeKey, "fugo" ‖ 0x01 ‖ "tag" ‖ 0x01)[0..4]`.
    pub fn tag(&self) -> KeyTag {
        KeyTag::of(&self.bytes)
    }

    /// The 32 bytes, for a key file. Only this method exposes them.
    pub fn expose_bytes(&self) -> &[u8; KEY_LEN] {
        &self.bytes
    }
}

/// HMAC-SHA-256 (RFC 2104).
fn hmac_sha256(key: &[u8; KEY_LEN], message: Message<'_>) -> Zeroizing<[u8; KEY_LEN]> {
    let mut mac = prepared_hmac(key);
    message.with_bytes(|bytes| mac.update(bytes));
    let mut digest = mac.finalize().into_bytes();
    let mut output = Zeroizing::new([0; KEY_LEN]);
    output.copy_from_slice(&digest);
    digest.as_mut_slice().zeroize();
    crate::stack::wipe();
    output
}

/// The state of HMAC-SHA-256 after its key block. Wiped on drop, by the feature `zeroize` of `hmac` and `sha2`.
fn prepared_hmac(key: &[u8; KEY_LEN]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0; 64]);
    block[..KEY_LEN].copy_from_slice(key);
    Hmac::new((&*block).into())
}

macro_rules! secret {
    ($name:ident, $field:tt) => {
        impl ConstantTimeEq for $name {
            fn ct_eq(&self, other: &Self) -> subtle::Choice {
                self.$field.ct_eq(&other.$field)
            }
        }

        impl Eq for $name {}

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                self.$field.zeroize();
                crate::stack::wipe();
            }
        }

        impl ZeroizeOnDrop for $name {}
    };
}

secret!(RootKey, 0);
secret!(ScopeKey, bytes);

impl PartialEq for RootKey {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl PartialEq for ScopeKey {
    /// Compares the bytes in constant time. The scope is public.
    fn eq(&self, other: &Self) -> bool {
        self.scope == other.scope && bool::from(self.ct_eq(other))
    }
}

/// The four bytes that identify a key in text forms, files and metadata. The tag is the same for every person of a
/// scope and epoch, so it reveals nothing about a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyTag([u8; KeyTag::LEN]);

impl KeyTag {
    /// Length of a tag in bytes.
    pub const LEN: usize = 4;

    fn of(key: &[u8; KEY_LEN]) -> Self {
        let mac = hmac_sha256(key, Message::Tag);
        Self([mac[0], mac[1], mac[2], mac[3]])
    }

    /// Takes the four bytes.
    pub fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The four bytes.
    pub fn to_bytes(self) -> [u8; Self::LEN] {
        self.0
    }
}

impl fmt::Display for KeyTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", HexDisplay(&self.0))
    }
}

impl fmt::Debug for KeyTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyTag({self})")
    }
}

impl FromStr for KeyTag {
    type Err = KeyTagError;
    fn from_str(text: &str) -> Result<Self, KeyTagError> {
        let mut bytes = [0; Self::LEN];
        match base16ct::lower::decode(text, &mut bytes) {
            Ok(decoded) if decoded.len() == Self::LEN => Ok(Self(bytes)),
            _ => Err(KeyTagError),
        }
    }
}

/// The text is not a key tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key tag is 8 characters of 0-9 and a-f")]
pub struct KeyTagError;

impl KeyTagError {
    /// The kind of the error, as one word.
    pub fn kind(self) -> ErrorKind {
        ErrorKind::KeyTag
    }

    /// Always `None`: the error concerns the whole text.
    pub fn place(self) -> Option<Place> {
        None
    }

    /// Always `None`.
    pub fn found(self) -> Option<Found> {
        None
    }
}

/// The operating system returned no random bytes.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system's random generator failed")]
pub struct RandomError;

#[cfg(feature = "std")]
impl RandomError {
    /// The kind of the error, as one word.
    pub fn kind(self) -> ErrorKind {
        ErrorKind::Random
    }

    /// Always `None`.
    pub fn place(self) -> Option<Place> {
        None
    }

    /// Always `None`.
    pub fn found(self) -> Option<Found> {
        None
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use serde_json::Value;

    use super::*;

    /// The key padded with zeros to 32 bytes, as HMAC pads it (RFC 2104); `None` for a longer key.
    fn padded(key: &[u8]) -> Option<[u8; KEY_LEN]> {
        let mut padded = [0; KEY_LEN];
        padded.get_mut(..key.len())?.copy_from_slice(key);
        Some(padded)
    }

    fn bytes(case: &Value, field: &str) -> Vec<u8> {
        hex::decode(case[field].as_str().expect("hex")).expect("hex")
    }

    #[test]
    fn hmac_gives_every_published_answer_whose_key_fits() {
        let rfc: Value = serde_json::from_str(include_str!("../vectors/published/rfc4231.json")).expect("JSON");
        let wycheproof = include_str!("../vectors/published/wycheproof_hmac_sha256.json");
        let wycheproof: Value = serde_json::from_str(wycheproof).expect("JSON");
        let rfc = rfc["cases"].as_array().expect("cases").iter().map(|case| (case, "data", "mac"));
        let groups = wycheproof["testGroups"].as_array().expect("groups").iter();
        let tests = groups.flat_map(|group| group["tests"].as_array().expect("tests"));
        let (mut right, mut wrong) = (0, 0);
        for (case, message, mac) in rfc.chain(tests.map(|case| (case, "msg", "tag"))) {
            let Some(key) = padded(&bytes(case, "key")) else { continue };
            let (message, mac) = (bytes(case, message), bytes(case, mac));
            let matches = hmac_sha256(&key, Message::Published(&message))[..mac.len()] == mac;
            assert_eq!(matches, case["result"] != "invalid", "{}", case["comment"]);
            *(if matches { &mut right } else { &mut wrong }) += 1;
        }
        assert_eq!((right, wrong), (5 + 60, 108), "five of RFC 4231, the others of Wycheproof");
    }

    #[test]
    fn hmac_of_info_and_a_counter_is_hkdf_expand() {
        let rfc: Value = serde_json::from_str(include_str!("../vectors/published/rfc5869.json")).expect("JSON");
        let cases = rfc["cases"].as_array().expect("cases");
        for case in cases {
            let key = padded(&bytes(case, "prk")).expect("32 bytes");
            let message = [&bytes(case, "info")[..], &[0x01]].concat();
            assert_eq!(hmac_sha256(&key, Message::Published(&message))[..], bytes(case, "okm")[..KEY_LEN]);
        }
        assert_eq!(cases.len(), 3);
    }
}
