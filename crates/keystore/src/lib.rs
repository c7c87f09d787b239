//! fugo's key files: one key per file, encrypted with [age](https://age-encryption.org/v1), and checked by its tag.
//!
//! With the feature `delivery` also the keys that sign deliveries, the encryption of deliveries to recipients,
//! and the keys of ledgers. With the feature `shares` also shares of a root key.
//!
//! # Guarantees
//! 1. A loaded key has the tag that is in its file. Files with unknown or missing lines are refused.
//! 2. Only its owner can read a new key file. It is never incomplete, and it never replaces another file.
//! 3. A key in plaintext is a test key. A plaintext file with `use: production` is refused, and also a plaintext file
//!    that others can read.
//! 4. A test key is opened only if the caller allows test keys ([`Unlock::with_test_keys`]). A production key is
//!    neither written nor opened if its bytes are published or show a pattern. It is not opened if its passphrase needs
//!    too little work.
//! 5. A path to anything except a regular file is refused at once, and a FIFO is not waited for.
//! 6. Errors and `Debug` never show a byte of a key, a passphrase or an identity.
//!
//! # Not guaranteed
//! 1. This crate wipes its own buffers. Copies made by `age`, the allocator and the kernel are not wiped.
//! 2. On systems without Unix permissions, the crate does not check who can read a file.
//! 3. A key file does not prove who made it. Its passphrase or an identity of a recipient only opens it.
//! 4. The tag is computed from the key alone. It does not bind kind, purpose, scope, epoch and use: whoever can write a
//!    key file can write another label into it. [`Registry::verify`] compares a label with the registry.
//!
//! ```
//! use fugo_keystore::{KeyFile, Seal, Unlock, Use};
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("root.key");
//! let root = KeyFile::root(fugo::RootKey::random()?, Use::Test);
//! root.create(&path, &Seal::plaintext())?;
//! let unlock = Unlock::default().with_test_keys();
//! assert_eq!(KeyFile::load(&path, &unlock)?.tag(), root.tag());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod age_header;
mod erase;
mod error;
#[cfg(feature = "delivery")]
mod four_lines;
/// Parsers and writers that are private otherwise.
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod key_file;
#[cfg(feature = "delivery")]
mod ledger_key;
mod new_file;
#[cfg(feature = "delivery")]
mod note;
mod plaintext;
mod registry;
mod seal;
#[cfg(feature = "delivery")]
mod sealed_delivery;
mod secret_file;
#[cfg(feature = "shares")]
mod shares;
#[cfg(feature = "delivery")]
mod signing;
/// Where keys are: files, programs, PKCS#11 tokens.
pub mod source;
mod unlock;
mod weak;

pub use erase::{FileToErase, is_erased};
pub use error::{KeyFileError, PlaintextError};
#[cfg(feature = "delivery")]
pub use four_lines::KeyId;
pub use key_file::{Key, KeyFile, TestKeys, Use};
#[cfg(feature = "delivery")]
pub use ledger_key::{LEDGER_HASH_LEN, LedgerHash, LedgerKeyFile};
#[cfg(feature = "delivery")]
pub use note::{Note, NoteError, NoteSigner};
pub use registry::{
    DateOrderError, Dates, Day, DayError, Recorded, RecordedEpoch, Registry, RegistryError, Scopes, UntimelyError,
};
pub use seal::{Recipient, RecipientError, Seal, SealError};
#[cfg(feature = "delivery")]
pub use sealed_delivery::{DeliveryRecipient, DeliveryRecipientError, Identities, OpenError, SealingWriter};
pub use secret_file::{SecretFileError, open_regular, read_passphrase};
#[cfg(feature = "shares")]
pub use shares::{MAX_SHARES, Share, ShareError};
#[cfg(feature = "delivery")]
pub use signing::{SIGNATURE_LEN, Signature, SigningKeyFile, VerifyingKeyFile};
pub use unlock::{Lock, SealedKeyFile, Unlock};
