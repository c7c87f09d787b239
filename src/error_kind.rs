//! The kinds of errors, and the public details of an error. The tool and every binding use them.

use core::fmt;

use crate::{key::KeyTag, scope::Purpose};

macro_rules! kinds {
    ($($kind:ident = $word:literal,)*) => {
        /// The kind of an error, as one word of a closed vocabulary. The words are the same in every language, in the
        /// test vectors and in files of rejects.
        ///
        /// A word never changes its meaning. Later versions may add words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $(#[doc = concat!("`", $word, "`")] $kind,)*
        }

        impl ErrorKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The word: lower-case ASCII letters and hyphens.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)*
                }
            }
        }
    };
}

kinds! {
    // Numbers.
    NonDigit = "non-digit",
    Length = "length",
    CheckDigit = "check-digit",
    NeverIssued = "never-issued",
    // Lenient normalisation, and text in general.
    Empty = "empty",
    ScientificNotation = "scientific-notation",
    Character = "character",
    Grouping = "grouping",
    NotText = "not-text",
    // Scopes and key tags.
    ScopeForm = "scope-form",
    ScopeId = "scope-id",
    ScopeIdFixed = "scope-id-fixed",
    EpochZero = "epoch-zero",
    UnknownPurpose = "unknown-purpose",
    KeyTag = "key-tag",
    // Keys.
    WrongPurpose = "wrong-purpose",
    InsurersEpoch = "insurers-epoch",
    InsurersMissing = "insurers-missing",
    SameKey = "same-key",
    KeyLength = "key-length",
    Random = "random",
    // Symbols and their text form.
    Corrupted = "corrupted",
    UnknownPart = "unknown-part",
    WrongKey = "wrong-key",
    SymbolLength = "symbol-length",
    NoSymbol = "no-symbol",
    UnknownSymbol = "unknown-symbol",
    // Lineage.
    SelfPair = "self-pair",
    DuplicateNew = "duplicate-new",
    DuplicatePrevious = "duplicate-previous",
    Cycle = "cycle",
    // The text inside a key file.
    UnknownLine = "unknown-line",
    MissingLine = "missing-line",
    BadValue = "bad-value",
    TagMismatch = "tag-mismatch",
    WrongKind = "wrong-kind",
    // Key files, and the files that unlock them.
    NotAKeyFile = "not-a-key-file",
    Damaged = "damaged",
    TooLarge = "too-large",
    PassphraseNeeded = "passphrase-needed",
    WrongPassphrase = "wrong-passphrase",
    IdentityNeeded = "identity-needed",
    WrongIdentity = "wrong-identity",
    ExcessiveWork = "excessive-work",
    InsufficientWork = "insufficient-work",
    TooManyRecipients = "too-many-recipients",
    NotAFile = "not-a-file",
    TestKey = "test-key",
    WeakKey = "weak-key",
    OthersCanRead = "others-can-read",
    PlaintextProduction = "plaintext-production",
    Exists = "exists",
    Io = "io",
    Identity = "identity",
    TooManyIdentities = "too-many-identities",
    ControlCharacter = "control-character",
    EmptyPassphrase = "empty-passphrase",
    ShortPassphrase = "short-passphrase",
    NoRecipient = "no-recipient",
    Recipient = "recipient",
    // Sources of keys: their addresses, programs and tokens.
    Address = "address",
    Program = "program",
    Token = "token",
    TokenModule = "token-module",
    NoToken = "no-token",
    PinNeeded = "pin-needed",
    WrongPin = "wrong-pin",
    PinLocked = "pin-locked",
    NoKey = "no-key",
    SessionLost = "session-lost",
    NoBytes = "no-bytes",
    // The registry of scopes.
    TagClash = "tag-clash",
    OtherRoot = "other-root",
    Line = "line",
    NotRecorded = "not-recorded",
    DanglingLink = "dangling-link",
    OtherNames = "other-names",
    DateOrder = "date-order",
    OtherDates = "other-dates",
    Untimely = "untimely",
    Destroyed = "destroyed",
    // Shares of a root key.
    Threshold = "threshold",
    TooFewShares = "too-few-shares",
    SpoiltShare = "spoilt-share",
    OtherSet = "other-set",
    ShareTwice = "share-twice",
    SharesDisagree = "shares-disagree",
    // Columns.
    Negative = "negative",
    ColumnType = "column-type",
    LostZeros = "lost-zeros",
    DictionaryKey = "dictionary-key",
    BinaryLength = "binary-length",
    TextLength = "text-length",
    Metadata = "metadata",
    Untagged = "untagged",
    Nulls = "nulls",
    NotContiguous = "not-contiguous",
    // Rows of files.
    Encoding = "encoding",
    Fields = "fields",
    Quote = "quote",
    BlankLine = "blank-line",
    Null = "null",
    KeptNumber = "kept-number",
    KeptOtherNumber = "kept-other-number",
    KeptSymbol = "kept-symbol",
    // Internal errors.
    Internal = "internal",
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl PartialEq<&str> for ErrorKind {
    fn eq(&self, word: &&str) -> bool {
        self.as_str() == *word
    }
}

/// The place of an error in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// UTF-8 byte offset in the text, from 0.
    Offset(usize),
    /// Line of the file, from 1.
    Line(usize),
    /// Index of the pair of a lineage, from 0.
    Pair(usize),
}

/// The value that was found, where it is not secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A length: the digits of a number, or the bytes of a symbol.
    Length(usize),
    /// Too many rows.
    Rows {
        /// Rows found.
        found: usize,
        /// The largest number of rows that is allowed.
        most: usize,
    },
    /// A wrong purpose.
    Purpose {
        /// The purpose that was expected.
        expected: Purpose,
        /// The purpose found.
        found: Purpose,
    },
    /// An epoch.
    Epoch(u32),
    /// A wrong key.
    Tag {
        /// The tag that was expected.
        expected: KeyTag,
        /// The tag found.
        found: KeyTag,
    },
    /// The binary logarithm of scrypt's work factor.
    Work(u8),
    /// The operating system's error number, if there is one.
    SystemError(Option<i32>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_word_of_its_own_of_letters_and_hyphens() {
        for (at, kind) in ErrorKind::ALL.iter().enumerate() {
            let word = kind.as_str();
            assert!(word.bytes().all(|c| c.is_ascii_lowercase() || c == b'-'), "{word}");
            assert!(ErrorKind::ALL[..at].iter().all(|other| other.as_str() != word), "{word} twice");
        }
    }
}
