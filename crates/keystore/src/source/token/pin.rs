//! Where a PIN comes from: a file that only its owner can read, an open file descriptor, or the caller.

use std::{fs::File, path::Path};

use secrecy::SecretString;

use crate::{
    secret_file::{SecretFileError, first_line, read_bounded, read_passphrase},
    source::{
        error::{SourceError, TokenError},
        open::AskPin,
        token_uri::{PinSource, TokenUri},
    },
};

/// The PIN for this URI.
pub(super) fn pin(uri: &TokenUri, ask: AskPin<'_>) -> Result<SecretString, SourceError> {
    let refused = |error| SourceError::PinFile { error };
    match &uri.pin_source {
        Some(PinSource::File(path)) => read_passphrase(path).map_err(refused),
        Some(PinSource::Descriptor(number)) => from_descriptor(*number).map_err(refused),
        None => ask(uri).ok_or(TokenError::PinNeeded.into()),
    }
}

/// What the descriptor gives, up to the first line end or the end.
fn from_descriptor(number: u32) -> Result<SecretString, SecretFileError> {
    let file = File::open(Path::new("/dev/fd").join(number.to_string()))?;
    first_line(&read_bounded(file)?.ok_or(SecretFileError::TooLarge)?)
}
