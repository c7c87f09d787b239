use std::ffi::{CStr, c_char};

use fugo::ErrorKind;

/// What every call returns: 0, or why it failed. One number for each word of the library's closed vocabularies, which
/// `fugo_status_kind` gives. A number never changes its meaning; later versions may have more of them.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FugoStatus {
    /// Done.
    Ok = 0,

    // The call itself is at fault.
    /// A required pointer is NULL.
    NullPointer = 1,
    /// A buffer has the wrong length.
    BufferLength = 2,
    /// The number of rows times their length is more than there are addresses.
    Overflow = 3,
    /// An output shares bytes with an input or with another output.
    Overlap = 4,
    /// A handle of another type, or none of this library's.
    WrongHandle = 5,
    /// An argument has none of the values that it may have.
    UnknownValue = 6,
    /// Header and library are not of versions that go together.
    VersionMismatch = 7,
    /// The variable for a new handle is not NULL: it may hold one, which would never be wiped.
    OccupiedHandle = 8,

    // The library or the system is at fault.
    /// A fault in the library was stopped. Report it with `at` and `found` of the error.
    Panic = 10,
    /// The system gave no random bytes.
    Random = 11,
    /// A failure for which this version has no status of its own.
    Other = 12,

    /// Some rows were refused; the others are done.
    RowsRefused = 20,

    // Numbers.
    /// A byte is no ASCII digit.
    NonDigit = 101,
    /// Digits only, but not as many as there must be.
    Length = 102,
    /// The last digit is not the check digit of those before it.
    CheckDigit = 103,
    /// Twelve zeros.
    NeverIssued = 104,

    // Lenient normalisation, and texts and files in general.
    /// Nothing but spaces and invisibles; a passphrase or identity file with nothing in it.
    Empty = 201,
    /// 1.23457E+11: digits are lost.
    ScientificNotation = 202,
    /// A character that is neither a digit nor an accepted separator.
    Character = 203,
    /// Separators elsewhere than between three groups of four digits.
    Grouping = 204,
    /// Not UTF-8.
    NotText = 205,

    // Scopes.
    /// Not written purpose/id/epoch.
    ScopeForm = 301,
    /// The id breaks its alphabet or length.
    ScopeId = 302,
    /// Insurers and eligibility have the one id `all`.
    ScopeIdFixed = 303,
    /// An epoch is 1 to 4294967295.
    EpochZero = 304,
    /// No purpose of that name or number.
    UnknownPurpose = 305,

    // Keys and purposes.
    /// A key or text of another purpose than the one that is needed.
    WrongPurpose = 401,
    /// Eligibility symbols start from the insurers' epoch 1 only.
    InsurersEpoch = 402,
    /// An eligibility key alone cannot start from a number.
    InsurersMissing = 403,

    // Text form.
    /// Not a whole symbol in lower case with a matching checksum.
    Corrupted = 501,
    /// A human-readable part that this version does not know.
    UnknownPart = 502,
    /// The text is of another scope or epoch.
    WrongKey = 503,
    /// Sixteen zero bytes, which stand for a refused row or a failed call and are nobody's symbol.
    NoSymbol = 504,

    // Lineage.
    /// A pair names one number twice.
    SelfPair = 601,
    /// A new number stands in two pairs.
    DuplicateNew = 602,
    /// A previous number stands in two pairs.
    DuplicatePrevious = 603,
    /// A chain of re-issued numbers comes back to where it began.
    Cycle = 604,

    // What is inside a key file.
    /// A line that such a file does not have.
    UnknownLine = 701,
    /// A line is missing or out of order.
    MissingLine = 702,
    /// A value that does not parse.
    BadValue = 703,
    /// The tag is not that of the key.
    TagMismatch = 704,
    /// A root key where a scope's was asked for, or the reverse.
    WrongKind = 705,

    // Key files, and the files that unlock them.
    /// Neither an age file nor `fugo-key 1`.
    NotAKeyFile = 801,
    /// Cut, altered, or of a later version.
    Damaged = 802,
    /// More than 65536 bytes.
    TooLarge = 803,
    /// Locked with a passphrase, and none was given.
    PassphraseNeeded = 804,
    /// The passphrase does not open the file.
    WrongPassphrase = 805,
    /// Locked to recipients, and no identity was given.
    IdentityNeeded = 806,
    /// No identity given opens the file.
    WrongIdentity = 807,
    /// The file asks for more work than is accepted.
    ExcessiveWork = 808,
    /// Group or others have a right to a file that holds a secret.
    OthersCanRead = 809,
    /// A production key without encryption.
    PlaintextProduction = 810,
    /// A line of an identity file is no X25519 identity.
    Identity = 811,
    /// The system could not open or read a file.
    Io = 812,
    /// A production key that a passphrase locks with less work than is accepted.
    InsufficientWork = 813,
    /// More recipients than are tried.
    TooManyRecipients = 814,
    /// A path that names no regular file.
    NotAFile = 815,
    /// A test key where test keys were not asked for.
    TestKey = 816,
    /// A production key that anybody can guess.
    WeakKey = 817,
    /// More identities than are tried.
    TooManyIdentities = 818,
    /// A passphrase with a control character or a byte order mark.
    ControlCharacter = 819,
    /// A file is there already; a key file is never replaced.
    Exists = 820,
    /// A passphrase of no characters.
    EmptyPassphrase = 821,
    /// A passphrase of fewer than 12 characters, or of fewer than 5 different ones.
    ShortPassphrase = 822,
    /// No recipient: nobody could open the file.
    NoRecipient = 823,
    /// A line that is no X25519 recipient.
    Recipient = 824,
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
        (S::Overflow, c"overflow", c"The number of rows times their length is more than there are addresses."),
        (S::Overlap, c"overlap", c"An output shares bytes with an input or with another output."),
        (S::WrongHandle, c"wrong-handle", c"A handle is of another type than is needed, or none of this library's."),
        (S::UnknownValue, c"unknown-value", c"An argument has none of the values that it may have."),
        (S::VersionMismatch, c"version-mismatch", c"The header and the library are not of versions that go together."),
        (
            S::OccupiedHandle,
            c"occupied-handle",
            c"The variable for a new handle is not NULL: free the handle in it first, or set the variable to NULL.",
        ),
        (S::Panic, c"panic", c"A fault in the library was stopped; please report it."),
        (S::Random, c"random", c"The operating system's random generator failed."),
        (S::Other, c"other", c"A failure for which this version has no status of its own."),
        (S::RowsRefused, c"rows-refused", c"Some rows were refused, and have zeros for a result; the others are done."),
        (S::NonDigit, c"non-digit", c"A byte is no ASCII digit; a MyNumber is twelve ASCII digits, a body eleven."),
        (S::Length, c"length", c"The number of digits is wrong; a MyNumber has exactly twelve, a body eleven."),
        (S::CheckDigit, c"check-digit", c"The check digit does not match the eleven digits before it."),
        (S::NeverIssued, c"never-issued", c"Twelve zeros are never issued."),
        (S::Empty, c"empty", c"The value or the file is empty."),
        (
            S::ScientificNotation,
            c"scientific-notation",
            c"The value is in scientific notation, which has lost digits; export the column as text.",
        ),
        (S::Character, c"character", c"A character is neither a digit nor an accepted separator."),
        (
            S::Grouping,
            c"grouping",
            c"Separators are accepted only between three groups of four digits, one to three in each place.",
        ),
        (S::NotText, c"not-text", c"The text is not UTF-8."),
        (S::ScopeForm, c"scope-form", c"A scope is written purpose/id/epoch, such as agency/nta/1."),
        (
            S::ScopeId,
            c"scope-id",
            c"A scope id is 1 to 40 of a-z, 0-9 and hyphen, and neither starts nor ends with a hyphen.",
        ),
        (S::ScopeIdFixed, c"scope-id-fixed", c"The purposes insurers and eligibility have the one scope id `all`."),
        (S::EpochZero, c"epoch-zero", c"An epoch is 1 to 4294967295; 0 is refused."),
        (
            S::UnknownPurpose,
            c"unknown-purpose",
            c"A purpose is agency, insurers, eligibility, network, research, registry or portal (1 to 7).",
        ),
        (S::WrongPurpose, c"wrong-purpose", c"The key or the text is of another purpose than the one that is needed."),
        (
            S::InsurersEpoch,
            c"insurers-epoch",
            c"The insurers' key is of a later epoch; eligibility symbols start from insurers' epoch 1 only.",
        ),
        (
            S::InsurersMissing,
            c"insurers-missing",
            c"An eligibility key needs the insurers' key of epoch 1 beside it to start from a number.",
        ),
        (
            S::Corrupted,
            c"corrupted",
            c"The text is corrupted: it is not a whole symbol in lower case with a matching checksum.",
        ),
        (
            S::UnknownPart,
            c"unknown-part",
            c"The text is of another kind or version than kikan, hokensha, shikaku, chiiki, kenkyu, toroku and portal.",
        ),
        (S::WrongKey, c"wrong-key", c"The symbol is of another key (scope or epoch) than the one that was expected."),
        (
            S::NoSymbol,
            c"no-symbol",
            c"Sixteen zero bytes are no symbol: they stand for a refused row or a failed call.",
        ),
        (S::SelfPair, c"self-pair", c"A pair names one number as new and previous."),
        (
            S::DuplicateNew,
            c"duplicate-new",
            c"A pair repeats a new number; each number stands at most once in each column.",
        ),
        (
            S::DuplicatePrevious,
            c"duplicate-previous",
            c"A pair repeats a previous number; each number stands at most once in each column.",
        ),
        (S::Cycle, c"cycle", c"Some chain of re-issued numbers has no first number: it goes round in a circle."),
        (S::UnknownLine, c"unknown-line", c"A line is no line of this kind of key file."),
        (S::MissingLine, c"missing-line", c"A line of the key file is missing or out of order."),
        (S::BadValue, c"bad-value", c"A value in the key file does not parse, or no line feed ends its line."),
        (S::TagMismatch, c"tag-mismatch", c"The tag is not that of the key; the file was altered or mistyped."),
        (S::WrongKind, c"wrong-kind", c"The key file holds a root key where a scope's was asked for, or the reverse."),
        (
            S::NotAKeyFile,
            c"not-a-key-file",
            c"This is no key file: it starts neither as an age file nor with `fugo-key 1`.",
        ),
        (S::Damaged, c"damaged", c"The age file is damaged, or of a version later than 1."),
        (S::TooLarge, c"too-large", c"The file is too large: at most 65536 bytes are read."),
        (S::PassphraseNeeded, c"passphrase-needed", c"The key file is locked with a passphrase, and none was given."),
        (S::WrongPassphrase, c"wrong-passphrase", c"The passphrase does not open the key file."),
        (S::IdentityNeeded, c"identity-needed", c"The key file is locked to recipients, and no identity was given."),
        (S::WrongIdentity, c"wrong-identity", c"None of the identities given opens the key file."),
        (
            S::ExcessiveWork,
            c"excessive-work",
            c"The key file asks for more scrypt work than 2^20; no more is accepted.",
        ),
        (
            S::OthersCanRead,
            c"others-can-read",
            c"Others can read the file, which holds a secret; only its owner may (chmod 600).",
        ),
        (
            S::PlaintextProduction,
            c"plaintext-production",
            c"A production key is never kept in plaintext; plaintext key files say `use: test`.",
        ),
        (
            S::Identity,
            c"identity",
            c"A line is no X25519 identity; one starts with AGE-SECRET-KEY-1 and is not itself encrypted.",
        ),
        (S::Io, c"io", c"The system could not open or read the file."),
        (
            S::InsufficientWork,
            c"insufficient-work",
            c"The key file takes less scrypt work than 2^17, the least for a production key.",
        ),
        (S::TooManyRecipients, c"too-many-recipients", c"The key file has too many recipients: at most 64 are tried."),
        (S::NotAFile, c"not-a-file", c"The path names no regular file."),
        (S::TestKey, c"test-key", c"The file holds a test key (`use: test`), and test keys were not asked for."),
        (S::WeakKey, c"weak-key", c"The production key is published or shows a pattern, or derives from such a root."),
        (S::TooManyIdentities, c"too-many-identities", c"The file holds too many identities: at most 64 are tried."),
        (S::ControlCharacter, c"control-character", c"The passphrase holds a control character or a byte order mark."),
        (S::Exists, c"exists", c"The file exists; a key file is never replaced."),
        (S::EmptyPassphrase, c"empty-passphrase", c"An empty passphrase locks nothing."),
        (
            S::ShortPassphrase,
            c"short-passphrase",
            c"The passphrase is too short: it has at least 12 characters, and at least 5 different ones.",
        ),
        (S::NoRecipient, c"no-recipient", c"A key file needs at least one recipient."),
        (S::Recipient, c"recipient", c"A recipient is an X25519 public key of age, age1 and 58 more characters."),
    ]
};

impl FugoStatus {
    fn row(number: i32) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.0 as i32 == number)
    }

    /// The status of a kind of the libraries; none for those that no call of this library meets.
    pub(crate) fn of_kind(kind: ErrorKind) -> Option<Self> {
        ROWS.iter().find(|row| row.1.to_bytes() == kind.as_str().as_bytes()).map(|row| row.0)
    }
}

/// One English sentence about a status, for people. Static: never NULL, never freed. It takes any number; one that is
/// no status has a sentence that says so.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_status_message(status: i32) -> *const c_char {
    FugoStatus::row(status).map_or(c"This number is no status of this version.", |row| row.2).as_ptr()
}

/// The word of a status, for programs and logs: `ok`, `non-digit`, `check-digit` and so on, the same in every binding
/// of the library and in its test vectors. Static: never NULL, never freed. A number that is no status has `unknown`.
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
    fn every_kind_has_a_status_but_those_of_columns_registries_and_rows_of_files() {
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
