//! Keys that sign deliveries (Ed25519, RFC 8032): the private key in a key file, the public key in a file of text.
//!
//! The lines of the private key are `fugo-signing-key 1`, `use:`, `key-id:` and `key:` (the 32 bytes of RFC 8032's
//! private key). Those of the public key are `fugo-public-key 1`, `use:`, `key-id:` and `key:`.

use std::{fmt, io, path::Path};

use base16ct::HexDisplay;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use fugo::KEY_LEN;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    error::{KeyFileError, PlaintextError},
    four_lines::{KeyId, check, lines, text},
    key_file::{TestKeys, Use},
    new_file,
    seal::{Seal, create},
    secret_file::{open_regular, read_bounded},
    unlock::{Content, SealedKeyFile, Unlock},
};

const PRIVATE_NAMES: &[&str] = &["fugo-signing-key", "use", "key-id", "key"];
const PUBLIC_NAMES: &[&str] = &["fugo-public-key", "use", "key-id", "key"];

/// The number of bytes of a signature.
pub const SIGNATURE_LEN: usize = ed25519_dalek::SIGNATURE_LENGTH;
/// A signature of RFC 8032.
pub type Signature = [u8; SIGNATURE_LEN];

/// A private key that signs deliveries, and its use. It is wiped on drop. `Debug` prints only the type.
pub struct SigningKeyFile {
    pub(crate) key: SigningKey,
    pub(crate) usage: Use,
}

impl SigningKeyFile {
    /// A new key from the system's random generator.
    pub fn random(usage: Use) -> io::Result<Self> {
        let mut seed = Zeroizing::new([0; KEY_LEN]);
        getrandom::fill(&mut *seed).map_err(io::Error::other)?;
        Ok(Self { key: SigningKey::from_bytes(&seed), usage })
    }

    /// Opens a key file that was read.
    pub fn unlock(file: &SealedKeyFile, unlock: &Unlock) -> Result<Self, KeyFileError> {
        file.unlock_as(unlock)
    }

    /// The use of the key.
    pub fn usage(&self) -> Use {
        self.usage
    }

    /// The public key.
    pub fn public(&self) -> VerifyingKeyFile {
        VerifyingKeyFile { key: self.key.verifying_key(), usage: self.usage }
    }

    /// Signs a message. The signature is the same every time.
    pub fn sign(&self, message: &[u8]) -> Signature {
        self.key.sign(message).to_bytes()
    }

    /// Writes a new key file that only its owner can read. An existing file is never replaced.
    pub fn create(&self, path: &Path, seal: &Seal) -> Result<(), KeyFileError> {
        create(self, path, seal, &self.text())
    }

    pub(crate) fn text(&self) -> Zeroizing<String> {
        text(PRIVATE_NAMES[0], self.usage, self.public().id(), self.key.as_bytes())
    }
}

impl Content for SigningKeyFile {
    fn parse(text: &[u8]) -> Result<Self, PlaintextError> {
        let lines = lines(text, PRIVATE_NAMES)?;
        let file = Self { key: SigningKey::from_bytes(&lines.key), usage: lines.usage };
        lines.check_id(file.public().id())?;
        Ok(file)
    }

    fn usage(&self) -> Use {
        self.usage
    }

    fn check(&self, test_keys: TestKeys) -> Result<(), KeyFileError> {
        check(self.usage, self.key.as_bytes(), test_keys)
    }
}

impl fmt::Debug for SigningKeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeyFile(..)")
    }
}

/// A public key that verifies deliveries, and its use. It is not secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKeyFile {
    pub(crate) key: VerifyingKey,
    usage: Use,
}

impl VerifyingKeyFile {
    /// Reads the file of a public key.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let file = open_regular(path)?.ok_or(KeyFileError::NotAFile)?;
        Self::parse(&read_bounded(file)?.ok_or(KeyFileError::TooLarge)?)
    }

    pub(crate) fn parse(text: &[u8]) -> Result<Self, KeyFileError> {
        let lines = lines(text, PUBLIC_NAMES)?;
        let invalid = PlaintextError::BadValue { line: lines.last, name: "key", allowed: "a public key of Ed25519" };
        let key = VerifyingKey::from_bytes(&lines.key).ok().filter(|key| !key.is_weak()).ok_or(invalid)?;
        let file = Self { key, usage: lines.usage };
        lines.check_id(file.id())?;
        Ok(file)
    }

    /// Writes a new file that everybody may read. An existing file is never replaced.
    pub fn create(&self, path: &Path) -> Result<(), KeyFileError> {
        new_file::create(path, self.to_string().as_bytes(), 0o644)
    }

    /// The name of the key.
    pub fn id(&self) -> KeyId {
        KeyId::of_digest(&Sha256::digest(self.key.as_bytes()).into())
    }

    /// The use of the key.
    pub fn usage(&self) -> Use {
        self.usage
    }

    /// Whether the private key made this signature of the message. Signatures with a second form are refused.
    pub fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        self.key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
    }
}

/// The text of the file.
impl fmt::Display for VerifyingKeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (usage, id, key) = (self.usage, self.id(), HexDisplay(self.key.as_bytes()));
        write!(f, "fugo-public-key 1\nuse: {usage}\nkey-id: {id}\nkey: {key:x}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{key_file::KeyFile, plaintext::key_bytes};

    /// RFC 8032, section 7.1, test 2: a key, a message of one byte and its signature.
    const SEED: &str = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    const PUBLIC: &str = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    const SIGNATURE: &str = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

    fn known() -> SigningKeyFile {
        SigningKeyFile { key: SigningKey::from_bytes(&key_bytes(SEED).expect("a seed")), usage: Use::Test }
    }

    #[test]
    fn signatures_are_those_of_the_standard() {
        let key = known();
        assert_eq!(format!("{:x}", HexDisplay(&key.sign(&[0x72]))), SIGNATURE);
        assert!(key.public().to_string().ends_with(&format!("key: {PUBLIC}\n")));
        assert!(key.public().verifies(&[0x72], &key.sign(&[0x72])));
        assert!(!key.public().verifies(&[0x73], &key.sign(&[0x72])));
    }

    #[test]
    fn what_is_written_is_read() {
        let key = known();
        let again = SigningKeyFile::parse(key.text().as_bytes()).expect("a private key");
        assert_eq!(again.public(), key.public());
        let public = key.public().to_string();
        assert_eq!(VerifyingKeyFile::parse(public.as_bytes()).expect("a public key"), key.public());
    }

    #[test]
    fn a_key_that_anybody_can_guess_signs_nothing_in_production_and_a_test_key_is_asked_for() {
        let checked = |seed: [u8; 32], usage, test_keys| {
            let file = SigningKeyFile { key: SigningKey::from_bytes(&seed), usage };
            assert_eq!(format!("{file:?}"), "SigningKeyFile(..)");
            file.check(test_keys).map_err(|error| error.kind().as_str())
        };
        let random = *key_bytes(SEED).expect("a seed");
        assert_eq!(checked([0; 32], Use::Production, TestKeys::Refuse), Err("weak-key"));
        assert_eq!(checked(random, Use::Production, TestKeys::Refuse), Ok(()));
        assert_eq!(checked(random, Use::Test, TestKeys::Refuse), Err("test-key"));
        assert_eq!(checked(random, Use::Test, TestKeys::Allow), Ok(()));
    }

    #[test]
    fn a_key_of_another_kind_is_refused_by_its_kind() {
        let key = known();
        let private = VerifyingKeyFile::parse(key.text().as_bytes()).expect_err("a private key").to_string();
        assert!(private.starts_with("this is the private key that signs deliveries;"), "{private}");
        assert!(private.ends_with("`fugo-public-key` was expected"), "{private}");
        let public = SigningKeyFile::parse(key.public().to_string().as_bytes()).expect_err("a public key").to_string();
        assert!(public.starts_with("this is the public key that verifies deliveries;"), "{public}");
        let sealed = VerifyingKeyFile::parse(b"age-encryption.org/v1\n-> X25519").expect_err("an age file").to_string();
        assert!(sealed.starts_with("this is an encrypted file, which may hold a secret key;"), "{sealed}");
        // Only the first line says which kind of key a file holds.
        let second =
            KeyFile::parse_plaintext(b"fugo-key 1\nfugo-signing-key 1\n").expect_err("no such line").to_string();
        assert!(second.starts_with("line 2 is not valid"), "{second}");
    }

    #[test]
    fn an_altered_key_is_refused() {
        let public = known().public().to_string();
        let refused = |from: &str, to: &str| {
            let other = public.replacen(from, to, 1);
            assert_ne!(other, public, "the replacement of {from:?} applies");
            VerifyingKeyFile::parse(other.as_bytes()).expect_err("another key").kind().as_str()
        };
        assert_eq!(refused(&known().public().id().to_string(), &"0".repeat(32)), "tag-mismatch");
        assert_eq!(refused("key: 3d", "key: 3D"), "bad-value");
        assert_eq!(refused("fugo-public-key 1", "fugo-signing-key 1"), "unknown-line");
        // A point of small order would verify signatures that nobody made.
        assert_eq!(refused(PUBLIC, &"0".repeat(64)), "bad-value");
    }
}
