//! Where a PIN comes from: a file that only its owner can read, an open file descriptor, or the caller.

use std::{fs::File, path::Path};

use secrecy::{ExposeSecret, SecretString};

use crate::{
    secret_file::{SecretFileError, first_line, read_passphrase, read_to_line_end},
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
        // An empty PIN is not tried: the token would count it.
        None => ask(uri).filter(|pin| !pin.expose_secret().is_empty()).ok_or(TokenError::PinNeeded.into()),
    }
}

/// What the descriptor gives, up to the first line end or the end.
fn from_descriptor(number: u32) -> Result<SecretString, SecretFileError> {
    let file = File::open(Path::new("/dev/fd").join(number.to_string()))?;
    first_line(&read_to_line_end(file)?.ok_or(SecretFileError::TooLarge)?)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_pin_that_is_typed_empty_is_not_given_to_the_token() {
        let uri = TokenUri::default();
        for (typed, given) in [(None, false), (Some(""), false), (Some("1"), true)] {
            let pin = pin(&uri, &mut |_| typed.map(SecretString::from));
            assert_eq!(pin.is_ok(), given, "{typed:?}");
            let is_needed = matches!(pin, Err(SourceError::Token(TokenError::PinNeeded)));
            assert_eq!(is_needed, !given, "{typed:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_descriptor_is_read_to_the_first_line_end_and_not_waited_for() {
        use std::os::fd::AsRawFd;
        let (from, mut to) = std::io::pipe().expect("a pipe");
        to.write_all(b"pin-1\r\nnext").expect("written");
        let uri = TokenUri {
            pin_source: Some(PinSource::Descriptor(from.as_raw_fd().cast_unsigned())),
            ..TokenUri::default()
        };
        // The other end is open, so the end of the pipe does not come.
        assert_eq!(pin(&uri, &mut |_| None).expect("a PIN").expose_secret(), "pin-1");
        drop(to);
    }
}
