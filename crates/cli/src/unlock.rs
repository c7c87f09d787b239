//! How the tool opens key files: with a passphrase file, an identity file, or a passphrase from the terminal.

use std::{
    mem,
    path::{Path, PathBuf},
};

use clap::Args;
use fugo_keystore::{
    KeyFile, KeyFileError, LedgerKeyFile, PlaintextError, SealedKeyFile, SecretFileError, Share, SigningKeyFile,
    TestKeys, Unlock, read_passphrase,
};
use secrecy::SecretString;

use crate::{
    failure::{Failure, Result},
    passphrase,
};

/// How the key files of a command are opened. Without these options the tool asks for a passphrase on the terminal.
#[derive(Args, Debug)]
pub(crate) struct UnlockArgs {
    /// A file whose first line is the passphrase of the key file; only its owner may have access to it. May be given
    /// several times: each passphrase is tried on each key file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Vec<PathBuf>,
    /// An age identity file that opens the key file; only its owner may have access to it. May be given several times
    #[arg(long, value_name = "FILE")]
    identity: Vec<PathBuf>,
}

impl UnlockArgs {
    /// The files that are read. No output may overwrite them.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.passphrase_file.iter().chain(&self.identity)
    }

    /// Reads the named files.
    pub(crate) fn opener(&self, test_keys: TestKeys) -> Result<Opener> {
        let instead = "give --passphrase-file with a file that only you can read";
        Opener::new(&self.passphrase_file, &self.identity, test_keys, instead)
    }
}

/// How the root key is opened in a command that also encrypts a new key.
#[derive(Args, Debug)]
pub(crate) struct RootUnlockArgs {
    /// A file whose first line is the passphrase of the root key; only its owner may have access to it
    #[arg(long, value_name = "FILE")]
    root_passphrase_file: Option<PathBuf>,
    /// An age identity file that opens the root key or a share of it; only its owner may have access to it
    #[arg(long, value_name = "FILE")]
    root_identity: Vec<PathBuf>,
}

impl RootUnlockArgs {
    /// Reads the named files.
    pub(crate) fn opener(&self) -> Result<Opener> {
        Opener::new(
            self.root_passphrase_file.as_slice(),
            &self.root_identity,
            // A key that is derived from a test key is a test key too.
            TestKeys::Allow,
            "give --root-passphrase-file with a file that only you can read",
        )
    }
}

/// Opens key files one after the other. Tries a passphrase that was typed for one file on the next, before it asks
/// for another.
pub(crate) struct Opener {
    unlock: Unlock,
    test_keys: TestKeys,
    /// The remedy if there is no terminal; `None` if passphrases were given, so that the tool does not ask.
    instead: Option<&'static str>,
}

impl Opener {
    fn new(
        passphrases: &[PathBuf],
        identities: &[PathBuf],
        test_keys: TestKeys,
        instead: &'static str,
    ) -> Result<Self> {
        let mut unlock = nothing(test_keys);
        for path in passphrases {
            unlock = unlock.with_passphrase(read_passphrase(path).map_err(|error| not_taken(path, &error))?);
        }
        for path in identities {
            unlock = unlock.with_identity_file(path).map_err(|error| not_taken(path, &error))?;
        }
        Ok(Self { unlock, test_keys, instead: passphrases.is_empty().then_some(instead) })
    }

    /// Opens one key file.
    pub(crate) fn open(&mut self, path: &Path) -> Result<KeyFile> {
        self.open_asking(path, passphrase::ask, SealedKeyFile::unlock)
    }

    /// Opens the file of a key that signs deliveries.
    pub(crate) fn open_signing(&mut self, path: &Path) -> Result<SigningKeyFile> {
        self.open_asking(path, passphrase::ask, SigningKeyFile::unlock)
    }

    /// Opens the file of a share of a root key.
    pub(crate) fn open_share(&mut self, path: &Path) -> Result<Share> {
        self.open_asking(path, passphrase::ask, Share::unlock)
    }

    /// Opens the file of a ledger's key.
    pub(crate) fn open_ledger(&mut self, path: &Path) -> Result<LedgerKeyFile> {
        self.open_asking(path, passphrase::ask, LedgerKeyFile::unlock)
    }

    fn open_asking<T>(
        &mut self,
        path: &Path,
        ask: impl FnOnce(&str, &str) -> Result<SecretString>,
        open: impl Fn(&SealedKeyFile, &Unlock) -> Result<T, KeyFileError>,
    ) -> Result<T> {
        let refused = |error| not_opened(path, &error);
        let sealed = SealedKeyFile::read(path).map_err(refused)?;
        match (open(&sealed, &self.unlock), self.instead) {
            (Err(KeyFileError::PassphraseNeeded | KeyFileError::WrongPassphrase), Some(instead)) => {
                let typed = ask(&format!("Passphrase of {}: ", path.display()), instead)?;
                let file = open(&sealed, &nothing(self.test_keys).with_passphrase(typed.clone())).map_err(refused)?;
                self.unlock = mem::take(&mut self.unlock).with_passphrase(typed);
                Ok(file)
            }
            (outcome, _) => outcome.map_err(refused),
        }
    }
}

/// Opens key files that are not encrypted.
pub(crate) fn nothing(test_keys: TestKeys) -> Unlock {
    if test_keys == TestKeys::Allow { Unlock::default().with_test_keys() } else { Unlock::default() }
}

pub(crate) fn not_opened(path: &Path, error: &KeyFileError) -> Failure {
    if let KeyFileError::Io(error) = error {
        return Failure::io("read", path, error);
    }
    let remedy = match error {
        KeyFileError::PassphraseNeeded | KeyFileError::WrongPassphrase => {
            "check the passphrase, and that it belongs to this key file"
        }
        KeyFileError::IdentityNeeded => {
            "give --identity (for a root key or a share --root-identity) with the age identity file"
        }
        KeyFileError::WrongIdentity => "give the identity of one of the file's recipients",
        KeyFileError::OthersCanRead => "run chmod 600 on it, and find out whether others have read it",
        KeyFileError::PlaintextProduction => "encrypt it with age, and find out who could have read it",
        KeyFileError::TestKey => "for made-up numbers add --test-keys; for real numbers give a production key",
        KeyFileError::WeakKey => "make a new root key with `fugo key new`, and derive the scope keys from it",
        KeyFileError::InsufficientWork { .. } => "encrypt it again: `age --decrypt FILE | age --passphrase --armor`",
        KeyFileError::TooManyRecipients => "encrypt it again for fewer recipients",
        KeyFileError::NotAFile => "give the path of a regular file; key files are not read from a pipe or a device",
        KeyFileError::NotAKeyFile | KeyFileError::TooLarge => {
            "check the path; `fugo key` makes key files, each kind with its own command"
        }
        KeyFileError::Plaintext(PlaintextError::OtherKind { .. }) => {
            "give a key file of that kind; `fugo key public` prints the public key of a private key that signs"
        }
        _ => "restore the key file from a copy",
    };
    Failure::new(format_args!("cannot open {}: {error}", path.display()), remedy)
}

/// A passphrase file or an identity file that cannot be used.
pub(crate) fn not_taken(path: &Path, error: &SecretFileError) -> Failure {
    if let SecretFileError::Io(error) = error {
        return Failure::io("read", path, error);
    }
    let remedy = match error {
        SecretFileError::OthersCanRead => "run chmod 600 on it, and find out whether others have read it",
        SecretFileError::NotAFile => "give the path of a regular file; pipes and devices are not read",
        SecretFileError::Encrypted => "decrypt it first, into a file that only you can read: age --decrypt FILE",
        _ => "a passphrase file has the passphrase on its first line; age-keygen makes identity files",
    };
    Failure::new(format_args!("cannot use {}: {error}", path.display()), remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_passphrase_is_asked_for_once_and_serves_the_next_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = ["a.key", "b.key"].map(|name| folder.path().join(name));
        for path in &paths {
            let text = "fugo-key 1\nkind: root\nuse: test\ntag: 0e84213a\nkey: 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
            let mut recipient = age::scrypt::Recipient::new("a passphrase typed".into());
            // The least work that age allows: the file is for this test only.
            recipient.set_work_factor(1);
            std::fs::write(path, age::encrypt(&recipient, text.as_bytes()).expect("encrypted")).expect("written");
        }
        let mut asked = Vec::new();
        let instead = "give --passphrase-file with a file that only you can read";
        let mut opener = Opener::new(&[], &[], TestKeys::Allow, instead).expect("nothing to read");
        for path in &paths {
            let typed = |prompt: &str, _: &str| {
                asked.push(prompt.to_owned());
                Ok("a passphrase typed".into())
            };
            let outcome = opener.open_asking(path, typed, SealedKeyFile::unlock);
            assert!(outcome.is_ok());
        }
        assert_eq!(asked, [format!("Passphrase of {}: ", paths[0].display())]);
    }
}
