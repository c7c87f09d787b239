//! Parsers and writers that are private otherwise, for the fuzz targets in `fuzz/` (feature `fuzzing`). No program is
//! built with them, and they decide nothing themselves.

use zeroize::Zeroizing;

use crate::{KeyFileError, Share, SigningKeyFile, VerifyingKeyFile, age_header::AgeHeader};

/// The recipients and the binary logarithm of the work factor that the header of an age file shows.
pub fn age_header(bytes: &[u8]) -> (usize, Option<u8>) {
    let header = AgeHeader::read(bytes);
    (header.recipients, header.scrypt_work)
}

/// Reads the file of a public key.
pub fn public_key(text: &[u8]) -> Result<VerifyingKeyFile, KeyFileError> {
    VerifyingKeyFile::parse(text)
}

/// The lines inside the file of a share.
pub fn share_text(share: &Share) -> Zeroizing<String> {
    share.text()
}

/// The lines inside the file of a signing key.
pub fn signing_text(key: &SigningKeyFile) -> Zeroizing<String> {
    key.text()
}
