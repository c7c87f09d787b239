//! fugo's key files: one key in each, encrypted with [age](https://age-encryption.org/v1), checked by its tag.
//!
//! # What is guaranteed
//! 1. A key that is loaded has the tag its file says; a line that is unknown or missing is refused.
//! 2. A new key file is readable by its owner only, is whole or absent, and never replaces another file.
//! 3. A key in plaintext is a test key: one that says `use: production` is refused, and so is a file that
//!    others can read.
//! 4. A test key is opened only where the caller asks for test keys ([`Unlock::with_test_keys`]). A production key is
//!    neither made nor opened if its bytes are published or show a pattern, or if a passphrase locks it with little work.
//! 5. A path that names no regular file is refused at once; a FIFO is not waited for.
//! 6. No error, and no `Debug`, holds a byte of a key, a passphrase or an identity.
//!
//! # What is not
//! 1. Buffers of this crate are wiped; what `age`, the allocator and the kernel copied is out of reach.
//! 2. On systems without Unix permissions, who can read a file is not checked.
//! 3. A key file does not say who made it: its passphrase or its recipients' identities open it, no more.
//! 4. The tag is computed from the key alone. It does not bind kind, purpose, scope, epoch and use: whoever can write a
//!    key file can write another label into it. [`Registry::verify`] holds a label against what was recorded.
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
mod key_file;
mod new_file;
mod plaintext;
mod registry;
mod seal;
mod secret_file;
mod unlock;
mod weak;

pub use key_file::{Key, KeyFile, KeyFileError, TestKeys, Use};
pub use plaintext::PlaintextError;
pub use registry::{Recorded, Registry, RegistryError};
pub use seal::{Recipient, RecipientError, Seal, SealError};
pub use secret_file::{SecretFileError, open_regular, read_passphrase};
pub use unlock::{Lock, SealedKeyFile, Unlock};
