//! How the tool locks a new key file.

use std::path::{Path, PathBuf};

use clap::Args;
use fugo_keystore::{KeyFile, KeyFileError, Recipient, Seal, Use, read_passphrase};

use crate::{
    failure::{Failure, Result},
    notice, passphrase,
    unlock::not_taken,
};

/// What locks the new key file. Without these, a passphrase is asked for on the terminal, twice.
#[derive(Args, Debug)]
pub(crate) struct SealArgs {
    /// A file whose first line is the new passphrase; only its owner may have rights to it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["recipient", "plaintext"])]
    passphrase_file: Option<PathBuf>,
    /// An age recipient (age1...) whose identity opens the file; may be given several times
    #[arg(long, value_name = "RECIPIENT", conflicts_with = "plaintext")]
    recipient: Vec<String>,
    /// Do not lock the file: for test keys only
    #[arg(long)]
    plaintext: bool,
}

impl SealArgs {
    /// Whether the key will not be encrypted.
    pub(crate) fn is_plaintext(&self) -> bool {
        self.plaintext
    }

    /// The lock for a key that goes to `out`. Asks for nothing if the file could not be made.
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
                    Failure::new(error, "give the public key that age-keygen shows, not the identity")
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

/// Writes the key file and says what it holds.
pub(crate) fn create(file: &KeyFile, out: &Path, seal: &Seal) -> Result<()> {
    file.create(out, seal).map_err(|error| not_made(out, &error))?;
    if seal.is_plaintext() {
        notice::warn(format_args!(
            "{} IS NOT ENCRYPTED: whoever reads it can make and invert its symbols. For tests only.",
            out.display()
        ));
    } else if file.usage() == Use::Production {
        notice::say("keep a copy elsewhere: without the root key no symbol can be made again");
    }
    Ok(())
}

/// A key file that is not made.
fn not_made(out: &Path, error: &KeyFileError) -> Failure {
    if let KeyFileError::Io(error) = error {
        return Failure::io("write", out, error);
    }
    let remedy = match error {
        KeyFileError::Exists => "choose another path, or move the old key away yourself",
        KeyFileError::PlaintextProduction => "leave out --plaintext, or make it from a test key",
        _ => "check the options",
    };
    Failure::new(format_args!("cannot make {}: {error}", out.display()), remedy)
}
