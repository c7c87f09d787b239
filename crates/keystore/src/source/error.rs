//! The reasons why a source does not give a key or a symbol.

use std::{io, path::PathBuf};

use fugo::{ErrorKind, Found, KeyTag, Place, PurposeError, Scope};

use super::address::AddressError;
use crate::{error::KeyFileError, key_file::Use, secret_file::SecretFileError};

/// The reason why a source does not give a key or a symbol. It never holds a byte of a key, a PIN, or an answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The text is not the address of a key.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The key file is not opened.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// The program gives no answer.
    #[error("{}: {error}", path.display())]
    Program {
        /// The program.
        path: PathBuf,
        /// The reason.
        error: ProgramError,
    },
    /// The token does not do what was asked for.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The key has another tag than the address expects.
    #[error("the tag of the key is {found}, and {expected} was expected: this is another key, or the answer is wrong")]
    WrongTag {
        /// The tag in the address.
        expected: KeyTag,
        /// The tag of the key.
        found: KeyTag,
    },
    /// The key belongs to another scope than the address expects.
    #[error("the key is that of {found}, and {expected} was expected")]
    WrongScope {
        /// The scope in the address.
        expected: Scope,
        /// The scope of the key.
        found: Scope,
    },
    /// A key with another use than the address expects.
    #[error("this is a {found} key, and a {expected} key was expected")]
    WrongUse {
        /// The use in the address.
        expected: Use,
        /// The use of the key.
        found: Use,
    },
    /// The file or the descriptor with the PIN.
    #[error("the PIN cannot be read: {error}")]
    PinFile {
        /// The reason.
        error: SecretFileError,
    },
    /// A key file with a root key.
    #[error("this is a root key; symbols are derived with scope keys")]
    IsRoot,
    /// A root key, and nothing says which scope's key is asked for.
    #[error(
        "this source holds a root key; say which scope's key is derived from it, such as \
     agency/nta/1=7c2cb2a1@ before the address"
    )]
    ScopeMissing,
    /// A key that its holder does not show, where bytes are needed.
    #[error("the token does not give the bytes of this key; {needs}")]
    NoBytes {
        /// What the caller needs.
        needs: &'static str,
    },
    /// The key of another purpose.
    #[error(transparent)]
    Purpose(#[from] PurposeError),
    /// A source that this build does not have.
    #[error("this build does not know PKCS#11 tokens")]
    NoTokens,
}

/// The reason why a program gives no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramError {
    /// The path does not name a regular file.
    #[error("this is not a regular file")]
    NotAFile,
    /// The group or others can write the program.
    #[error("others can write the program; only its owner may (chmod go-w)")]
    OthersCanWrite,
    /// Another user owns the program.
    #[error("another user owns the program; its owner must be root or the user who runs it")]
    OtherOwner,
    /// The system did not start it.
    #[error("the program was not started: {0}")]
    NotStarted(io::ErrorKind),
    /// Its output was not read.
    #[error("the output of the program was not read: {0}")]
    NotRead(io::ErrorKind),
    /// It did not end in time.
    #[error("the program did not end and close its output within {seconds} seconds, and was killed")]
    TimeLimit {
        /// The time that it had.
        seconds: u64,
    },
    /// A signal stopped this process while the program ran.
    #[error("a signal stopped the run, and the program was killed")]
    Stopped,
    /// Two answers to one message differ.
    #[error("the program gave two answers to one message: do not use its key")]
    Differs,
    /// It ended with an error.
    #[error("the program ended with status {code}; run it by hand to see what it writes to standard error")]
    Status {
        /// The status.
        code: i32,
    },
    /// A signal ended it.
    #[error("a signal ended the program")]
    Signal,
    /// It wrote more or fewer bytes.
    #[error("the program did not write exactly 32 bytes to standard output")]
    Length,
}

/// The reason why a token does not do what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The module is not there, or is not a PKCS#11 module.
    #[error("the module {} is missing, or is not a PKCS#11 module", module.display())]
    Module {
        /// The path of the module.
        module: PathBuf,
    },
    /// Somebody else can replace the module, whose code runs in this process.
    #[error(
        "the module {} can be written by others than its owner, or another user than root and you owns it (chmod go-w, \
         chown)",
        module.display()
    )]
    ModuleOfOthers {
        /// The path of the module.
        module: PathBuf,
    },
    /// The module does not start.
    #[error("the module does not start ({code}); check its configuration and who may read it")]
    NotStarted {
        /// The code of PKCS#11.
        code: String,
    },
    /// No token has what the URI says.
    #[error("no token has the label, serial number or slot of the URI; the module has {found} tokens")]
    NoToken {
        /// How many tokens there are.
        found: usize,
    },
    /// Several tokens have what the URI says.
    #[error("{found} tokens fit the URI; add their serial number or slot")]
    SeveralTokens {
        /// How many tokens fit.
        found: usize,
    },
    /// The PIN is not given.
    #[error("the token needs a PIN, and none was given")]
    PinNeeded,
    /// The PIN is wrong.
    #[error("the PIN is wrong{}", if *.last { "; ONE MORE wrong PIN locks the token" } else if *.low { "; the token counts wrong PINs" } else { "" })]
    WrongPin {
        /// The token says that wrong PINs were given.
        low: bool,
        /// The token says that one try is left.
        last: bool,
    },
    /// The PIN is locked.
    #[error("the PIN of the token is locked; its security officer can set a new one")]
    PinLocked,
    /// The token has no PIN of a user yet.
    #[error("the token has no PIN of a user yet; its security officer sets one")]
    PinNotSet,
    /// The PIN is refused for its form, or has expired.
    #[error("the token refuses the PIN for its length, its characters or its age")]
    PinRefused,
    /// No key fits the URI.
    #[error("no secret key of the token fits the URI; check object and id, and that this PIN may see it")]
    NoKey,
    /// Several keys fit the URI.
    #[error("{found} keys of the token fit the URI; exactly one must: add id, or destroy the others")]
    SeveralKeys {
        /// How many keys fit.
        found: usize,
    },
    /// A key with this label exists.
    #[error("the token has a key with this label already; a key is never replaced")]
    Exists,
    /// The system's random generator fails.
    #[error("the operating system's random generator failed")]
    NoRandom,
    /// The key was not made by this project.
    #[error("the id of the key does not say what it is; `fugo key new --in`, `derive` and `import` make keys that do")]
    UnknownKey,
    /// A key of another kind.
    #[error("this is a {found} key, and a {expected} key was expected")]
    OtherKind {
        /// The kind that was expected.
        expected: &'static str,
        /// The kind of the key.
        found: &'static str,
    },
    /// The token has no such mechanism.
    #[error("the token does not have the mechanism {mechanism}")]
    NoMechanism {
        /// The name in PKCS#11.
        mechanism: &'static str,
    },
    /// The key may not be used so.
    #[error("the token does not allow this use of the key ({code})")]
    NotPermitted {
        /// The code of PKCS#11.
        code: String,
    },
    /// The session or the token is gone.
    #[error("the session with the token was lost ({code})")]
    SessionLost {
        /// The code of PKCS#11.
        code: String,
    },
    /// The token gives no further session.
    #[error("the token gives no further session; end other programs that use it")]
    NoSession,
    /// An attribute that was read back is not the one that was asked for.
    #[error("the token made a key with {attribute} = {found}; the key was removed")]
    Attribute {
        /// The name in PKCS#11.
        attribute: &'static str,
        /// What the token says.
        found: bool,
    },
    /// The label or the id that was read back is not the one that was asked for.
    #[error("the token made a key with another {attribute} than was asked for; the key was removed")]
    Name {
        /// The name in PKCS#11.
        attribute: &'static str,
    },
    /// A new key ended with the session that made it.
    #[error("the token made a key and does not have it after the session: it did not store the key")]
    NotStored,
    /// A new key that does not count, and may still be in the token.
    #[error("{cause}; a key was made and may still be in the token, with id={id}")]
    Left {
        /// Why it does not count.
        cause: String,
        /// Its id, as in a URI.
        id: String,
    },
    /// Two MACs of one message under one key.
    #[error("the token gave two answers to one question: do not rely on it")]
    Differs,
    /// The key says that it is never destroyed.
    #[error("the token does not destroy this key: it was made with CKA_DESTROYABLE = false")]
    NotDestroyable,
    /// The key is there after its destruction.
    #[error("the token says that it destroyed the key, and still has it: do not rely on this token")]
    NotDestroyed,
    /// An answer of another length.
    #[error("the answer of the token does not have 32 bytes")]
    Length,
    /// Anything else.
    #[error("the token refuses ({code})")]
    Refused {
        /// The code of PKCS#11, and the function.
        code: String,
    },
}

impl TokenError {
    /// The kind of the error, as one word. What an operator repairs in another way has a word of its own.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Module { .. } | Self::ModuleOfOthers { .. } | Self::NotStarted { .. } => ErrorKind::TokenModule,
            Self::NoToken { .. } | Self::SeveralTokens { .. } => ErrorKind::NoToken,
            Self::PinNeeded => ErrorKind::PinNeeded,
            Self::WrongPin { .. } => ErrorKind::WrongPin,
            Self::PinLocked => ErrorKind::PinLocked,
            Self::NoKey | Self::SeveralKeys { .. } | Self::UnknownKey => ErrorKind::NoKey,
            Self::SessionLost { .. } | Self::NoSession => ErrorKind::SessionLost,
            Self::PinNotSet
            | Self::PinRefused
            | Self::Exists
            | Self::NoRandom
            | Self::OtherKind { .. }
            | Self::NoMechanism { .. }
            | Self::NotPermitted { .. }
            | Self::Attribute { .. }
            | Self::Name { .. }
            | Self::NotStored
            | Self::Left { .. }
            | Self::Differs
            | Self::NotDestroyable
            | Self::NotDestroyed
            | Self::Length
            | Self::Refused { .. } => ErrorKind::Token,
        }
    }
}

impl SourceError {
    /// The kind of the error, as one word.
    pub fn kind(&self) -> ErrorKind {
        self.details().0
    }

    /// The place in the address or in the key file.
    pub fn place(&self) -> Option<Place> {
        self.details().1
    }

    /// What was found instead.
    pub fn found(&self) -> Option<Found> {
        self.details().2
    }

    /// Without a wildcard, so that a new variant has to say all three.
    fn details(&self) -> (ErrorKind, Option<Place>, Option<Found>) {
        match self {
            Self::Address(error) => (error.kind(), error.place(), error.found()),
            Self::KeyFile(error) => (error.kind(), error.place(), error.found()),
            Self::Program { .. } => (ErrorKind::Program, None, None),
            Self::Token(error) => (error.kind(), None, None),
            Self::NoBytes { .. } => (ErrorKind::NoBytes, None, None),
            Self::NoTokens => (ErrorKind::Token, None, None),
            Self::WrongTag { expected, found } => {
                (ErrorKind::TagMismatch, None, Some(Found::Tag { expected: *expected, found: *found }))
            }
            Self::WrongScope { .. } => (ErrorKind::WrongKey, None, None),
            Self::WrongUse { found: Use::Test, .. } => (ErrorKind::TestKey, None, None),
            Self::WrongUse { .. } | Self::IsRoot => (ErrorKind::WrongKind, None, None),
            Self::PinFile { error } => (error.kind(), error.place(), error.found()),
            Self::ScopeMissing => (ErrorKind::Address, None, None),
            Self::Purpose(error) => (error.kind(), error.place(), error.found()),
        }
    }
}
