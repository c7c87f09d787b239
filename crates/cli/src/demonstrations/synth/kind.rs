//! The closed vocabulary of the truth file: what was done to a row, and what `fugo convert` must make of it.
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
//! For a run that keeps all other columns. Without the insurer, `kept-number` is `ok` and `differs` is `equal`.

/// What was done to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 4-4-4 with one to three of space, `-`, `.`, `_` in each place.
    Grouped,
    /// 4-4-4 with characters that look like a hyphen or a point.
    GroupedLookAlike,
    /// 4-4-4 with U+3000.
    GroupedWideSpace,
    /// Groups of other sizes.
    Misgrouped,
    /// All digits full-width.
    FullWidth,
    /// Spaces before or behind.
    SpacesAround,
    /// One invisible character somewhere. Not in CP932, which has none.
    Invisible,
    /// The number in quotes, as CSV allows.
    Quoted,
    /// The leading zeros are gone. Only 9 to 11 digits are restored.
    LostZeros,
    /// What a spreadsheet shows of twelve digits.
    Scientific,
    /// One digit is another, and the check digit tells.
    DigitWrong,
    /// Two neighbours changed places, and the check digit tells.
    DigitsSwapped,
    /// Eleven digits. Padding makes twelve, which pass the check one time in ten: another person's number.
    DigitLost,
    /// Thirteen digits.
    DigitAdded,
    /// O for 0, or l for 1.
    Letter,
    /// Nothing.
    Empty,
    /// A word in place of a number.
    Text,
    /// Twelve zeros.
    AllZeros,
    /// The row of another record again.
    DuplicateEqual,
    /// The row of another record again, with another insurer.
    DuplicateConflict,
    /// The row ends before the insurer.
    FieldMissing,
    /// The grouped number stands in the insurer's cell too.
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

/// What `fugo convert` must make of a row.
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
    /// Collapses into the row that it repeats; the duplicates list names both.
    Equal,
    /// Stands in the duplicates list, and so does the row that it repeats: neither is converted.
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

/// The same in every mode.
pub(super) fn always(outcome: Outcome) -> Expected {
    [outcome; MODES.len()]
}

/// Refused as a non-digit in strict mode.
pub(super) fn leniently(outcome: Outcome) -> Expected {
    [Outcome::NonDigit, outcome, outcome]
}
