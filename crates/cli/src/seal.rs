//! How the tool encrypts a new key file.

use std::path::{Path, PathBuf};

use clap::Args;
use fugo_keystore::{Key, KeyFile, KeyFileError, Recipient, Seal, Use, read_passphrase};

use crate::{
    failure::{Failure, Result},
    notice, passphrase,
    unlock::not_taken,
};

/// How the new key file is encrypted. Without these options the tool asks for a new passphrase on the terminal,
/// twice.
#[derive(Args, Debug)]
pub(crate) struct SealArgs {
    /// A file whose first line is the new passphrase; only its owner may have access to it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["recipient", "plaintext"])]
    passphrase_file: Option<PathBuf>,
    /// An age recipient (age1...) whose identity will open the file; may be given several times
    #[arg(long, value_name = "RECIPIENT", conflicts_with = "plaintext")]
    recipient: Vec<String>,
    /// Do not encrypt the file; for test keys only
    #[arg(long)]
    plaintext: bool,
}

impl SealArgs {
    /// Whether the key will be written without encryption.
    pub(crate) fn is_plaintext(&self) -> bool {
        self.plaintext
    }

    /// The encryption of a key that will be written to `out`. If the file could not be written, it fails before it
    /// asks for a passphrase.
    pub(crate) fn seal(&self, out: &Path, usage: Use) -> Result<Seal> {
        if out.symlink_metadata().is_ok() {
            return Err(not_made(out, &KeyFileError::Exists));
        }
        match (self.plaintext, usage) {
            (true, Use::Production) => return Err(not_made(out, &KeyFileError::PlaintextProduction)),
            (true, Use::Test) => return Ok(Seal::plaintext()),
            (false, _) => {}
        }
        if !self.recipient.is_empty() {
            let recipients: Vec<Recipient> =
                self.recipient.iter().map(|text| text.parse()).collect::<Result<_, _>>().map_err(|error| {
                    Failure::new(error, "give the public key that age-keygen prints, not the identity")
                })?;
            return Seal::recipients(recipients).map_err(|error| Failure::new(error, "give --recipient"));
        }
        let passphrase = match &self.passphrase_file {
            Some(path) => read_passphrase(path).map_err(|error| not_taken(path, &error))?,
            None => passphrase::ask_new(
                |prompt| passphrase::ask(prompt, "give --passphrase-file or --recipient"),
                &out.display().to_string(),
            )?,
        };
        Seal::passphrase(passphrase).map_err(|error| Failure::new(error, "choose several random words"))
    }
}

/// Writes the key file, and warns if it is not encrypted.
pub(crate) fn create(file: &KeyFile, out: &Path, seal: &Seal) -> Result<()> {
    file.create(out, seal).map_err(|error| not_made(out, &error))?;
    if seal.is_plaintext() {
        notice::warn(format_args!(
            "{} IS NOT ENCRYPTED: anyone who reads it can derive and invert its symbols. Use it for tests only.",
            out.display()
        ));
    } else if file.usage() == Use::Production && matches!(file.key(), Key::Root(_)) {
        notice::say("keep a copy in another place: without the root key no symbol can be derived again");
    }
    Ok(())
}

/// A key file that cannot be written.
pub(crate) fn not_made(out: &Path, error: &KeyFileError) -> Failure {
    if let KeyFileError::Io(error) = error {
        return Failure::io("write", out, error);
    }
    let remedy = match error {
        KeyFileError::Exists => "choose another path, or move the old key file away yourself",
        KeyFileError::PlaintextProduction => "leave out --plaintext, or use a test key",
        _ => "check the options",
    };
    Failure::new(format_args!("cannot make {}: {error}", out.display()), remedy)
}
