use std::ffi::{CStr, c_char};

use fugo::ErrorKind;

/// The status that every call returns: 0 for success, another number for a failure. Each status has one kind, a word
/// that `fugo_status_kind` returns. A number never changes its meaning. Later versions may add numbers.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FugoStatus {
    /// Done.
    Ok = 0,

    // The caller made a mistake.
    /// A required pointer is NULL.
    NullPointer = 1,
    /// A buffer has the wrong length.
    BufferLength = 2,
    /// The number of rows times the length of a row exceeds the address space.
    Overflow = 3,
    /// An output shares bytes with an input or with another output.
    Overlap = 4,
    /// The handle has the wrong type, or this library did not create it.
    WrongHandle = 5,
    /// An argument has a value that is not allowed.
    UnknownValue = 6,
    /// The versions of the header and the library are not compatible.
    VersionMismatch = 7,
    /// The variable for a new handle is not NULL. It may hold a handle, which would never be wiped.
    OccupiedHandle = 8,

    // The library or the system failed.
    /// The library has a bug: it panicked, and the call was stopped. Report it with `at` and `found` of the error.
    Panic = 10,
    /// The system's random generator failed.
    Random = 11,
    /// A failure that has no status of its own in this version.
    Other = 12,

    /// Some rows were refused. The others have their results.
    RowsRefused = 20,

    // Numbers.
    /// A byte is not an ASCII digit.
    NonDigit = 101,
    /// The text has only digits, but the wrong number of them.
    Length = 102,
    /// The last digit is not the check digit of the digits before it.
    CheckDigit = 103,
    /// The number is twelve zeros.
    NeverIssued = 104,

    // Lenient normalisation; texts and files.
    /// The text has only spaces and invisible characters, or the passphrase or identity file is empty.
    Empty = 201,
    /// The text is like 1.23457E+11: digits are lost.
    ScientificNotation = 202,
    /// A character is neither a digit nor an accepted separator.
    Character = 203,
    /// A separator is not between two of the three groups of four digits.
    Grouping = 204,
    /// The text is not UTF-8.
    NotText = 205,

    // Scopes.
    /// The scope is not written purpose/id/epoch.
    ScopeForm = 301,
    /// The scope id has a character or a length that is not allowed.
    ScopeId = 302,
    /// The scope id of insurers and eligibility must be `all`.
    ScopeIdFixed = 303,
    /// The epoch is not 1 to 4294967295.
    EpochZero = 304,
    /// No purpose has this name or number.
    UnknownPurpose = 305,

    // Keys and purposes.
    /// The key or the text has the wrong purpose.
    WrongPurpose = 401,
    /// The insurers' key is not of epoch 1. Eligibility symbols are derived from insurers' symbols of epoch 1 only.
    InsurersEpoch = 402,
    /// An eligibility key alone cannot derive from a number.
    InsurersMissing = 403,
    /// Both keys of a translation are one key.
    SameKey = 404,

    // Text form.
    /// The text is not a complete symbol in lower case with a matching checksum.
    Corrupted = 501,
    /// This version does not know the human-readable part.
    UnknownPart = 502,
    /// The text is of another scope or epoch.
    WrongKey = 503,
    /// The symbol is sixteen zero bytes. They mark a refused row or a failed call and are never a person's symbol.
    NoSymbol = 504,
    /// Nobody in the roster has the symbol.
    UnknownSymbol = 505,

    // Lineage.
    /// A pair has the same number twice.
    SelfPair = 601,
    /// Two pairs have the same new number.
    DuplicateNew = 602,
    /// Two pairs have the same previous number.
    DuplicatePrevious = 603,
    /// A chain of re-issued numbers is a cycle.
    Cycle = 604,

    // The plaintext of a key file.
    /// A line does not belong in a key file of this kind.
    UnknownLine = 701,
    /// A line is missing or out of order.
    MissingLine = 702,
    /// A value does not parse.
    BadValue = 703,
    /// The tag does not match the key.
    TagMismatch = 704,
    /// The file has a root key where a scope key was expected, or the reverse.
    WrongKind = 705,

    // Key files, and the files that unlock them.
    /// The file is not an age file and does not start with `fugo-key 1`.
    NotAKeyFile = 801,
    /// The age file is truncated or altered, or has a later version.
    Damaged = 802,
    /// The file has more than 65536 bytes.
    TooLarge = 803,
    /// The file is locked with a passphrase, and no passphrase was given.
    PassphraseNeeded = 804,
    /// The passphrase does not open the file.
    WrongPassphrase = 805,
    /// The file is locked to recipients, and no identity was given.
    IdentityNeeded = 806,
    /// None of the identities opens the file.
    WrongIdentity = 807,
    /// The file needs more scrypt work than is accepted.
    ExcessiveWork = 808,
    /// The group or others have access to a file that holds a secret.
    OthersCanRead = 809,
    /// A production key is not encrypted.
    PlaintextProduction = 810,
    /// A line of an identity file is not an X25519 identity.
    Identity = 811,
    /// The system could not open or read a file.
    Io = 812,
    /// A passphrase locks a production key with less scrypt work than is accepted.
    InsufficientWork = 813,
    /// The file has more than 64 recipients.
    TooManyRecipients = 814,
    /// The path does not name a regular file.
    NotAFile = 815,
    /// The file holds a test key, and test keys were not allowed.
    TestKey = 816,
    /// Anybody can guess the production key.
    WeakKey = 817,
    /// The file has more than 64 identities.
    TooManyIdentities = 818,
    /// The passphrase has a control character or a byte order mark.
    ControlCharacter = 819,
    /// The file exists already. A key file is never replaced.
    Exists = 820,
    /// The passphrase is empty.
    EmptyPassphrase = 821,
    /// The passphrase has fewer than 12 characters, or fewer than 5 different characters.
    ShortPassphrase = 822,
    /// There is no recipient, so nobody could open the file.
    NoRecipient = 823,
    /// A line is not an X25519 recipient.
    Recipient = 824,
    /// The text is not the address of a key.
    Address = 825,
    /// The program that holds the key gave no answer.
    Program = 826,
    /// The token that holds the key refused, or this library does not know tokens.
    Token = 827,
    /// The module of the token is missing or does not start.
    TokenModule = 828,
    /// Not exactly one token fits the address.
    NoToken = 829,
    /// The token needs a PIN, and the address names no source of it.
    PinNeeded = 830,
    /// The PIN is wrong. The token counts wrong PINs, and locks.
    WrongPin = 831,
    /// The PIN of the token is locked.
    PinLocked = 832,
    /// Not exactly one key of fugo in the token fits the address.
    NoKey = 833,
    /// The session with the token was lost, or the token gives no further one.
    SessionLost = 834,
    /// The token keeps the key, and this call needs its bytes.
    NoBytes = 835,
}

type Row = (FugoStatus, &'static CStr, &'static CStr);

/// Status, kind, message.
const ROWS: &[Row] = {
    use FugoStatus as S;
    &[
        (S::Ok, c"ok", c"Done."),
        (
            S::NullPointer,
            c"null-pointer",
            c"A required pointer is NULL; the error's `at` is the argument, counted from 1.",
        ),
        (
            S::BufferLength,
            c"buffer-length",
            c"A buffer has the wrong length; the error's `at` is the argument, counted from 1.",
        ),
        (S::Overflow, c"overflow", c"The number of rows times the length of a row exceeds the address space."),
        (S::Overlap, c"overlap", c"An output shares bytes with an input or with another output."),
        (S::WrongHandle, c"wrong-handle", c"The handle has the wrong type, or this library did not create it."),
        (S::UnknownValue, c"unknown-value", c"An argument has a value that is not allowed."),
        (S::VersionMismatch, c"version-mismatch", c"The versions of the header and the library are not compatible."),
        (
            S::OccupiedHandle,
            c"occupied-handle",
            c"The variable for a new handle is not NULL. Free the handle in it first, or set the variable to NULL.",
        ),
        (S::Panic, c"panic", c"The library has a bug, and the call was stopped. Please report it."),
        (S::Random, c"random", c"The operating system's random generator failed."),
        (S::Other, c"other", c"The call failed for a reason that has no status of its own in this version."),
        (
            S::RowsRefused,
            c"rows-refused",
            c"Some rows were refused. Their results are zeros. The other rows have their results.",
        ),
        (
            S::NonDigit,
            c"non-digit",
            c"A byte is not an ASCII digit. A MyNumber has twelve ASCII digits, a body eleven.",
        ),
        (S::Length, c"length", c"The number of digits is wrong. A MyNumber has twelve digits, a body eleven."),
        (S::CheckDigit, c"check-digit", c"The check digit does not match the eleven digits before it."),
        (S::NeverIssued, c"never-issued", c"The number is twelve zeros, which is never issued."),
        (S::Empty, c"empty", c"The value or the file is empty."),
        (
            S::ScientificNotation,
            c"scientific-notation",
            c"The value is in scientific notation and has lost digits. Export the column as text.",
        ),
        (S::Character, c"character", c"A character is neither a digit nor an accepted separator."),
        (
            S::Grouping,
            c"grouping",
            c"A separator is in the wrong place. One to three are accepted between groups of four digits.",
        ),
        (S::NotText, c"not-text", c"The text is not UTF-8."),
        (S::ScopeForm, c"scope-form", c"The scope is not written purpose/id/epoch, such as agency/nta/1."),
        (
            S::ScopeId,
            c"scope-id",
            c"The scope id is not valid. It has 1 to 40 of a-z, 0-9 and hyphen, and no hyphen at the start or end.",
        ),
        (S::ScopeIdFixed, c"scope-id-fixed", c"The scope id of the purposes insurers and eligibility must be `all`."),
        (S::EpochZero, c"epoch-zero", c"The epoch is not valid. It must be 1 to 4294967295."),
        (
            S::UnknownPurpose,
            c"unknown-purpose",
            c"The purpose is not agency, insurers, eligibility, network, research, registry or portal (1 to 7).",
        ),
        (S::WrongPurpose, c"wrong-purpose", c"The key or the text has the wrong purpose."),
        (
            S::InsurersEpoch,
            c"insurers-epoch",
            c"The insurers' key is not of epoch 1. Eligibility symbols need the insurers' key of epoch 1.",
        ),
        (
            S::InsurersMissing,
            c"insurers-missing",
            c"An eligibility key alone cannot derive from a number: it also needs the insurers' key of epoch 1.",
        ),
        (
            S::SameKey,
            c"same-key",
            c"Both keys have the same tag. A translation needs the keys of two scopes, or of two epochs of one scope.",
        ),
        (
            S::Corrupted,
            c"corrupted",
            c"The text is corrupted: it is not a complete symbol in lower case with a matching checksum.",
        ),
        (
            S::UnknownPart,
            c"unknown-part",
            c"The text does not start with kikan, hokensha, shikaku, chiiki, kenkyu, toroku or portal and version 1.",
        ),
        (S::WrongKey, c"wrong-key", c"The symbol belongs to another key (another scope or epoch) than expected."),
        (S::NoSymbol, c"no-symbol", c"The symbol is sixteen zero bytes, which mark a refused row or a failed call."),
        (S::UnknownSymbol, c"unknown-symbol", c"Nobody in the roster has this symbol."),
        (S::SelfPair, c"self-pair", c"A pair has the same number as new and previous number."),
        (S::DuplicateNew, c"duplicate-new", c"A pair repeats a new number. A new number may be in one pair only."),
        (
            S::DuplicatePrevious,
            c"duplicate-previous",
            c"A pair repeats a previous number. A previous number may be in one pair only.",
        ),
        (S::Cycle, c"cycle", c"A chain of re-issued numbers is a cycle and has no first number."),
        (S::UnknownLine, c"unknown-line", c"A line does not belong in a key file of this kind."),
        (S::MissingLine, c"missing-line", c"A line of the key file is missing or out of order."),
        (S::BadValue, c"bad-value", c"A value in the key file does not parse, or no line feed ends its line."),
        (S::TagMismatch, c"tag-mismatch", c"The tag does not match the key. The file was altered or mistyped."),
        (S::WrongKind, c"wrong-kind", c"The key file has a root key where a scope key was expected, or the reverse."),
        (
            S::NotAKeyFile,
            c"not-a-key-file",
            c"The file is not a key file: it is not an age file and does not start with `fugo-key 1`.",
        ),
        (S::Damaged, c"damaged", c"The age file is damaged, or its version is later than 1."),
        (S::TooLarge, c"too-large", c"The file is too large. It may have at most 65536 bytes."),
        (
            S::PassphraseNeeded,
            c"passphrase-needed",
            c"The key file is locked with a passphrase, and no passphrase was given.",
        ),
        (S::WrongPassphrase, c"wrong-passphrase", c"The passphrase does not open the key file."),
        (S::IdentityNeeded, c"identity-needed", c"The key file is locked to recipients, and no identity was given."),
        (S::WrongIdentity, c"wrong-identity", c"None of the identities opens the key file."),
        (
            S::ExcessiveWork,
            c"excessive-work",
            c"The key file needs more scrypt work than 2^20, the most that is accepted.",
        ),
        (
            S::OthersCanRead,
            c"others-can-read",
            c"Others can read the file, which holds a secret. Only its owner may have access (chmod 600).",
        ),
        (
            S::PlaintextProduction,
            c"plaintext-production",
            c"A production key is in plaintext. Only test keys (`use: test`) may be in plaintext.",
        ),
        (
            S::Identity,
            c"identity",
            c"A line is not an X25519 identity. One starts with AGE-SECRET-KEY-1 and is not encrypted.",
        ),
        (S::Io, c"io", c"The system could not open or read the file."),
        (
            S::InsufficientWork,
            c"insufficient-work",
            c"The key file needs less scrypt work than 2^17, the least for a production key.",
        ),
        (
            S::TooManyRecipients,
            c"too-many-recipients",
            c"The key file has too many recipients. It may have at most 64.",
        ),
        (S::NotAFile, c"not-a-file", c"The path does not name a regular file."),
        (S::TestKey, c"test-key", c"The file holds a test key (`use: test`), and test keys were not allowed."),
        (
            S::WeakKey,
            c"weak-key",
            c"The production key is published or has a pattern, or it derives from such a root key.",
        ),
        (S::TooManyIdentities, c"too-many-identities", c"The file has too many identities. It may have at most 64."),
        (S::ControlCharacter, c"control-character", c"The passphrase has a control character or a byte order mark."),
        (S::Exists, c"exists", c"The file exists already. A key file is never replaced."),
        (S::EmptyPassphrase, c"empty-passphrase", c"The passphrase is empty."),
        (
            S::ShortPassphrase,
            c"short-passphrase",
            c"The passphrase is too short. It needs at least 12 characters, and at least 5 different ones.",
        ),
        (S::NoRecipient, c"no-recipient", c"A key file needs at least one recipient."),
        (S::Recipient, c"recipient", c"A line is not an X25519 recipient. One is `age1` and 58 more characters."),
        (
            S::Address,
            c"address",
            c"The text is not the address of a key, or it does not say which scope's key is expected.",
        ),
        (S::Program, c"program", c"The program that holds the key did not give exactly 32 bytes in time."),
        (S::Token, c"token", c"The token does not give this key, or this library does not know tokens."),
        (
            S::TokenModule,
            c"token-module",
            c"The module of the token is missing, is not a PKCS#11 module, or does not start.",
        ),
        (S::NoToken, c"no-token", c"No token fits the address, or several do."),
        (S::PinNeeded, c"pin-needed", c"The token needs a PIN, and the address has no pin-source."),
        (S::WrongPin, c"wrong-pin", c"The PIN is wrong. The token counts wrong PINs, and locks."),
        (S::PinLocked, c"pin-locked", c"The PIN of the token is locked. Its security officer can set a new one."),
        (S::NoKey, c"no-key", c"No key in the token fits the address, or several do, or fugo did not make it."),
        (S::SessionLost, c"session-lost", c"The session with the token was lost, or the token gives no further one."),
        (S::NoBytes, c"no-bytes", c"The token keeps the key, and this call needs its bytes."),
    ]
};

impl FugoStatus {
    fn row(number: i32) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.0 as i32 == number)
    }

    /// The status of an error kind of the Rust libraries. None if no call of this library can fail with it.
    pub(crate) fn of_kind(kind: ErrorKind) -> Option<Self> {
        ROWS.iter().find(|row| row.1.to_bytes() == kind.as_str().as_bytes()).map(|row| row.0)
    }
}

/// The message of a status, in English, for people. It is static: never NULL, and not to free. Any number may be
/// given; for a number that is not a status, the message says so.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_status_message(status: i32) -> *const c_char {
    FugoStatus::row(status).map_or(c"The number is not a status of this version.", |row| row.2).as_ptr()
}

/// The kind of a status, for programs and logs: `ok`, `non-digit`, `check-digit` and so on. The words are the same in
/// every binding and in the test vectors. The text is static: never NULL, and not to free. For a number that is not a
/// status it is `unknown`.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_status_kind(status: i32) -> *const c_char {
    FugoStatus::row(status).map_or(c"unknown", |row| row.1).as_ptr()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_status_has_one_row_with_a_word_and_a_sentence_of_its_own() {
        let source = include_str!("status.rs");
        let variants =
            source.lines().filter(|line| line.starts_with("    ") && line.contains(" = ") && line.ends_with(','));
        let numbers: Vec<i32> = variants
            .filter_map(|line| line.trim_end_matches(',').split_once(" = ").and_then(|(_, number)| number.parse().ok()))
            .collect();
        assert_eq!(numbers.len(), ROWS.len());
        assert_eq!(numbers, ROWS.iter().map(|row| row.0 as i32).collect::<Vec<_>>());
        assert_eq!(ROWS.iter().map(|row| row.1).collect::<BTreeSet<_>>().len(), ROWS.len());
        assert_eq!(ROWS.iter().map(|row| row.2).collect::<BTreeSet<_>>().len(), ROWS.len());
        assert!(ROWS.iter().all(|row| row.2.to_bytes().ends_with(b".")));
    }

    #[test]
    fn every_kind_has_a_status_but_those_of_columns_registries_shares_and_rows_of_files() {
        use ErrorKind as K;
        let not_met = [
            K::KeyTag,
            K::KeyLength,
            K::SymbolLength,
            K::TagClash,
            K::OtherRoot,
            K::Line,
            K::NotRecorded,
            K::DanglingLink,
            K::OtherNames,
            K::DateOrder,
            K::OtherDates,
            K::Untimely,
            K::Destroyed,
            K::Threshold,
            K::TooFewShares,
            K::SpoiltShare,
            K::OtherSet,
            K::ShareTwice,
            K::SharesDisagree,
            K::Negative,
            K::ColumnType,
            K::LostZeros,
            K::DictionaryKey,
            K::BinaryLength,
            K::TextLength,
            K::Metadata,
            K::Untagged,
            K::Nulls,
            K::NotContiguous,
            K::Encoding,
            K::Fields,
            K::Quote,
            K::BlankLine,
            K::Null,
            K::KeptNumber,
            K::KeptOtherNumber,
            K::KeptSymbol,
            K::Internal,
        ];
        for kind in K::ALL {
            assert_eq!(FugoStatus::of_kind(*kind).is_none(), not_met.contains(kind), "{kind}");
        }
    }
}
