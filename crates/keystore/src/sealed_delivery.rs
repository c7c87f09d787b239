//! Encrypts deliveries to recipients with age, and opens them with identities. The files can have any length.

use std::{
    fmt,
    io::{self, BufRead, Read, Write},
    path::Path,
    str::FromStr,
};

use age::{DecryptError, Decryptor, Encryptor, stream::StreamWriter, tag, x25519};

use crate::secret_file::{SecretFileError, read_identities};

/// A public key of age to which a delivery can be sealed.
#[derive(Clone)]
pub struct DeliveryRecipient(Kind);

#[derive(Clone)]
enum Kind {
    X25519(x25519::Recipient),
    /// P-256, for keys in hardware. This crate cannot open files for them.
    Tagged(tag::Recipient),
}

impl FromStr for DeliveryRecipient {
    type Err = DeliveryRecipientError;

    fn from_str(text: &str) -> Result<Self, DeliveryRecipientError> {
        // Bech32 is in one case, and QR codes show the upper one.
        let name = text.to_ascii_lowercase();
        // Their names begin like each other, so the longest is first.
        if ["age1tagpq1", "age1pq1", "age1mlkem"].iter().any(|prefix| name.starts_with(prefix)) {
            return Err(DeliveryRecipientError::PostQuantum);
        }
        if name.starts_with("age1tag1") {
            return text.parse().map(|key| Self(Kind::Tagged(key))).map_err(|_| DeliveryRecipientError::Unknown);
        }
        if let Ok(key) = text.parse() {
            return Ok(Self(Kind::X25519(key)));
        }
        // The Bech32 alphabet has no `1`, so a second one ends the name of a plugin.
        let is_plugin = name.strip_prefix("age1").is_some_and(|rest| rest.contains('1'));
        Err(match &*name {
            _ if name.starts_with("ssh-") => DeliveryRecipientError::Ssh,
            _ if is_plugin => DeliveryRecipientError::Plugin,
            _ => DeliveryRecipientError::Unknown,
        })
    }
}

impl fmt::Display for DeliveryRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::X25519(key) => key.fmt(f),
            Kind::Tagged(key) => key.fmt(f),
        }
    }
}

impl fmt::Debug for DeliveryRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeliveryRecipient({self})")
    }
}

/// Why a text is not a recipient of a delivery. The error does not repeat it, because it may be an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryRecipientError {
    /// A kind with a post-quantum key.
    #[error("post-quantum recipients (age1tagpq1…, age1pq1…) are not supported; allowed are age1… and age1tag1…")]
    PostQuantum,
    /// A kind that needs a plugin.
    #[error("recipients of plugins (age1NAME1…) are not supported; allowed are age1… and age1tag1…")]
    Plugin,
    /// A public key of SSH.
    #[error("SSH keys are not supported; allowed are age1… and age1tag1…")]
    Ssh,
    /// Anything else.
    #[error("this is not a recipient; allowed are age1… (X25519) and age1tag1… (P-256), each complete and in one case")]
    Unknown,
}

/// Encrypts what is written to it. Without [`Self::finish`] the file is not complete, and nobody can read its end.
pub struct SealingWriter<W: Write>(StreamWriter<W>);

impl<W: Write> SealingWriter<W> {
    /// Begins an age file for these recipients; there must be one at least.
    pub fn new(recipients: &[DeliveryRecipient], to: W) -> io::Result<Self> {
        let recipients = recipients.iter().map(|recipient| match &recipient.0 {
            Kind::X25519(key) => key as &dyn age::Recipient,
            Kind::Tagged(key) => key,
        });
        let encryptor = Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
        encryptor.wrap_output(to).map(Self)
    }

    /// Writes the end of the file.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for SealingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The X25519 identities of an age identity file. They are wiped on drop. `Debug` prints only the type.
pub struct Identities(Vec<x25519::Identity>);

impl Identities {
    /// Reads an identity file, which only its owner may read.
    pub fn read(path: &Path) -> Result<Self, SecretFileError> {
        read_identities(path).map(Self)
    }

    /// The recipients of these identities.
    pub fn recipients(&self) -> Vec<String> {
        self.0.iter().map(|identity| identity.to_public().to_string()).collect()
    }

    /// Decrypts an age file.
    pub fn open<R: BufRead>(&self, sealed: R) -> Result<impl Read + use<R>, OpenError> {
        let decryptor = Decryptor::new_buffered(sealed).map_err(|_| OpenError::Damaged)?;
        decryptor.decrypt(self.0.iter().map(|identity| identity as _)).map_err(|error| match error {
            DecryptError::NoMatchingKeys | DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
                OpenError::WrongIdentity
            }
            DecryptError::Io(error) => OpenError::Io(error),
            _ => OpenError::Damaged,
        })
    }
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identities(..)")
    }
}

/// Why a sealed file is not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Not an age file, or its header was altered.
    #[error("the file is not an age file, or its header is damaged")]
    Damaged,
    /// It is sealed to other recipients.
    #[error("none of the identities given opens the file")]
    WrongIdentity,
    /// An error of the operating system.
    #[error(transparent)]
    Io(#[from] io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAGGED: &str = "age1tag1qt8lw0ual6avlwmwatk888yqnmdamm7xfd0wak53ut6elz5c4swx2yqdj4e";

    fn error(text: &str) -> DeliveryRecipientError {
        text.parse::<DeliveryRecipient>().expect_err("not a recipient")
    }

    #[test]
    fn each_kind_of_recipient_that_is_not_supported_is_refused_by_its_name() {
        assert_eq!(error("age1tagpq1qqqq"), DeliveryRecipientError::PostQuantum);
        assert_eq!(error("age1pq1qqqq"), DeliveryRecipientError::PostQuantum);
        assert_eq!(error("age1yubikey1qqqq"), DeliveryRecipientError::Plugin);
        assert_eq!(error("ssh-ed25519 AAAA"), DeliveryRecipientError::Ssh);
        assert_eq!(error("AGE-SECRET-KEY-1QQQ"), DeliveryRecipientError::Unknown);
        assert_eq!(error(&TAGGED.replace("qt8", "qt9")), DeliveryRecipientError::Unknown);
        assert_eq!(error("AGE1YUBIKEY1QQQQ"), DeliveryRecipientError::Plugin);
        assert!(!error("AGE-SECRET-KEY-1QQQ").to_string().contains("QQQ"));
    }

    #[test]
    fn a_recipient_is_the_same_in_either_case_and_none_in_both() {
        for text in [TAGGED.to_owned(), x25519::Identity::generate().to_public().to_string()] {
            let upper = text.to_ascii_uppercase();
            assert_eq!(upper.parse::<DeliveryRecipient>().expect("a recipient").to_string(), text);
            assert_eq!(error(&(upper[..20].to_owned() + &text[20..])), DeliveryRecipientError::Unknown);
        }
    }

    #[test]
    fn a_file_for_a_tagged_recipient_and_another_is_opened_by_the_other() {
        let identity = x25519::Identity::generate();
        let recipients = [TAGGED, &identity.to_public().to_string()].map(|text| text.parse().expect("a recipient"));
        let mut writer = SealingWriter::new(&recipients, Vec::new()).expect("begun");
        writer.write_all(b"rows").expect("written");
        let sealed = writer.finish().expect("finished");
        assert!(String::from_utf8_lossy(&sealed).contains("\n-> p256tag "));
        let mut text = String::new();
        let identities = Identities(vec![identity]);
        identities.open(&sealed[..]).expect("opened").read_to_string(&mut text).expect("read");
        assert_eq!(text, "rows");
        let others = Identities(vec![x25519::Identity::generate()]);
        assert!(matches!(others.open(&sealed[..]).err(), Some(OpenError::WrongIdentity)));
        assert_eq!(format!("{others:?}"), "Identities(..)");
    }
}
