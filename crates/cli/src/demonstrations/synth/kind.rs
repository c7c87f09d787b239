//! The fixed words of the truth file: the damage of a row, and the outcome that `fugo convert` must have.
//!
//! | kind | strict | lenient | lenient, lost zeros restored |
//! |---|---|---|---|
//! | `grouped`, `grouped-look-alike`, `grouped-wide-space` | `non-digit` | `ok` | `ok` |
//! | `full-width`, `spaces-around`, `invisible` | `non-digit` | `ok` | `ok` |
//! | `quoted` | `ok` | `ok` | `ok` |
//! | `misgrouped` | `non-digit` | `grouping` | `grouping` |
//! | `lost-zeros` | `length` | `length` | `ok` with 9 to 11 digits left, else `length` |
//! | `scientific` | `non-digit` | `scientific-notation` | `scientific-notation` |
//! | `digit-wrong`, `digits-swapped` | `check-digit` | `check-digit` | `check-digit` |
//! | `digit-lost` | `length` | `length` | `check-digit`, or `ok` as another number, or `never-issued` |
//! | `digit-added` | `length` | `length` | `length` |
//! | `letter`, `text` | `non-digit` | `character` | `character` |
//! | `empty` | `length` | `empty` | `empty` |
//! | `all-zeros` | `never-issued` | `never-issued` | `never-issued` |
//! | `duplicate-equal` | `equal` | `equal` | `equal` |
//! | `duplicate-conflict` | `differs` | `differs` | `differs` |
//! | `field-missing` | `fields` | `fields` | `fields` |
//! | `kept-number` | `kept-number` | `kept-number` | `kept-number` |
//!
//! This holds for a run that keeps all other columns. If the insurer is not kept, `kept-number` is `ok` and `differs`
//! is `equal`.

/// The damage of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 4-4-4 with one to three of space, `-`, `.`, `_` in each place.
    Grouped,
    /// 4-4-4, with characters that look like a hyphen or a point.
    GroupedLookAlike,
    /// 4-4-4 with U+3000.
    GroupedWideSpace,
    /// Groups of other sizes.
    Misgrouped,
    /// All digits full-width.
    FullWidth,
    /// Spaces before or after the number.
    SpacesAround,
    /// One invisible character at any place. Not in CP932, which has no such character.
    Invisible,
    /// The number in quotes, as CSV allows.
    Quoted,
    /// The leading zeros are lost. Only 9 to 11 digits are restored.
    LostZeros,
    /// The form in which a spreadsheet shows twelve digits.
    Scientific,
    /// One digit is wrong, and the check digit detects it.
    DigitWrong,
    /// Two neighbours are exchanged, and the check digit detects it.
    DigitsSwapped,
    /// Eleven digits. With a zero before them, one in ten passes the check: another person's number.
    DigitLost,
    /// Thirteen digits.
    DigitAdded,
    /// O for 0, or l for 1.
    Letter,
    /// The cell is empty.
    Empty,
    /// A word in place of a number.
    Text,
    /// Twelve zeros.
    AllZeros,
    /// A repetition of another record.
    DuplicateEqual,
    /// A repetition of another record, with another insurer.
    DuplicateConflict,
    /// The row ends before the insurer.
    FieldMissing,
    /// The insurer's cell also holds the number, in groups.
    KeptNumber,
}

impl Kind {
    pub(crate) const ALL: [Self; 22] = [
        Self::Grouped,
        Self::GroupedLookAlike,
        Self::GroupedWideSpace,
        Self::Misgrouped,
        Self::FullWidth,
        Self::SpacesAround,
        Self::Invisible,
        Self::Quoted,
        Self::LostZeros,
        Self::Scientific,
        Self::DigitWrong,
        Self::DigitsSwapped,
        Self::DigitLost,
        Self::DigitAdded,
        Self::Letter,
        Self::Empty,
        Self::Text,
        Self::AllZeros,
        Self::DuplicateEqual,
        Self::DuplicateConflict,
        Self::FieldMissing,
        Self::KeptNumber,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Grouped => "grouped",
            Self::GroupedLookAlike => "grouped-look-alike",
            Self::GroupedWideSpace => "grouped-wide-space",
            Self::Misgrouped => "misgrouped",
            Self::FullWidth => "full-width",
            Self::SpacesAround => "spaces-around",
            Self::Invisible => "invisible",
            Self::Quoted => "quoted",
            Self::LostZeros => "lost-zeros",
            Self::Scientific => "scientific",
            Self::DigitWrong => "digit-wrong",
            Self::DigitsSwapped => "digits-swapped",
            Self::DigitLost => "digit-lost",
            Self::DigitAdded => "digit-added",
            Self::Letter => "letter",
            Self::Empty => "empty",
            Self::Text => "text",
            Self::AllZeros => "all-zeros",
            Self::DuplicateEqual => "duplicate-equal",
            Self::DuplicateConflict => "duplicate-conflict",
            Self::FieldMissing => "field-missing",
            Self::KeptNumber => "kept-number",
        }
    }
}

/// The outcome that a row must have in `fugo convert`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok,
    NonDigit,
    Length,
    CheckDigit,
    NeverIssued,
    Empty,
    ScientificNotation,
    Character,
    Grouping,
    /// The row is equal to the row that it repeats; the duplicates list names both.
    Equal,
    /// The duplicates list has this row and the row that it repeats, and neither is converted.
    Differs,
    /// The record has fewer fields than the header.
    Fields,
    /// A kept cell holds the row's own number; `ok` where the insurer is not kept.
    KeptNumber,
}

impl Outcome {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NonDigit => "non-digit",
            Self::Length => "length",
            Self::CheckDigit => "check-digit",
            Self::NeverIssued => "never-issued",
            Self::Empty => "empty",
            Self::ScientificNotation => "scientific-notation",
            Self::Character => "character",
            Self::Grouping => "grouping",
            Self::Equal => "equal",
            Self::Differs => "differs",
            Self::Fields => "fields",
            Self::KeptNumber => "kept-number",
        }
    }
}

/// The outcome in strict mode, lenient, and lenient with lost zeros restored.
pub(crate) type Expected = [Outcome; MODES.len()];

pub(crate) const MODES: [&str; 3] = ["strict", "lenient", "lenient_zeros"];

/// The same outcome in every mode.
pub(super) fn always(outcome: Outcome) -> Expected {
    [outcome; MODES.len()]
}

/// Refused as a non-digit in strict mode.
pub(super) fn leniently(outcome: Outcome) -> Expected {
    [Outcome::NonDigit, outcome, outcome]
}
