//! Does each error give its kind, its place and what was found, as every binding reports them?

use fugo::{
    BodyError, ErrorKind, Found, KeyTag, KeyTagError, LineageError, MyNumberError, Place, Purpose, PurposeError,
    ScopeError,
    normalize::{Changes, LostZeros, NormalizeError, normalize},
    text::TextError,
};

/// What an error reports of itself.
macro_rules! reports {
    ($error:expr) => {{
        let error = $error;
        (error.kind().as_str(), error.place(), error.found())
    }};
}

#[test]
fn every_error_reports_its_kind_its_place_and_what_was_found() {
    let tag = |byte| KeyTag::from_bytes([byte; 4]);
    let (expected, found) = (Purpose::Agency, Purpose::Portal);
    let table = [
        (reports!(MyNumberError::NonDigit { offset: 3 }), ("non-digit", Some(Place::Offset(3)), None)),
        (reports!(MyNumberError::Length { found: 11 }), ("length", None, Some(Found::Length(11)))),
        (reports!(MyNumberError::CheckDigit), ("check-digit", None, None)),
        (reports!(MyNumberError::NeverIssued), ("never-issued", None, None)),
        (reports!(BodyError::NonDigit { offset: 4 }), ("non-digit", Some(Place::Offset(4)), None)),
        (reports!(BodyError::Length { found: 12 }), ("length", None, Some(Found::Length(12)))),
        (reports!(NormalizeError::Empty), ("empty", None, None)),
        (reports!(NormalizeError::ScientificNotation), ("scientific-notation", None, None)),
        (reports!(NormalizeError::Character { offset: 5 }), ("character", Some(Place::Offset(5)), None)),
        (reports!(NormalizeError::Grouping), ("grouping", None, None)),
        (reports!(NormalizeError::Length { found: 8 }), ("length", None, Some(Found::Length(8)))),
        (reports!(LineageError::SelfPair { pair: 6 }), ("self-pair", Some(Place::Pair(6)), None)),
        (reports!(LineageError::DuplicateNew { pair: 7 }), ("duplicate-new", Some(Place::Pair(7)), None)),
        (reports!(LineageError::DuplicatePrevious { pair: 8 }), ("duplicate-previous", Some(Place::Pair(8)), None)),
        (reports!(LineageError::Cycle), ("cycle", None, None)),
        (reports!(TextError::Corrupted), ("corrupted", None, None)),
        (reports!(TextError::UnknownPart), ("unknown-part", None, None)),
        (
            reports!(TextError::WrongPurpose { expected, found }),
            ("wrong-purpose", None, Some(Found::Purpose { expected, found })),
        ),
        (
            reports!(TextError::WrongKey { expected: tag(1), found: tag(2) }),
            ("wrong-key", None, Some(Found::Tag { expected: tag(1), found: tag(2) })),
        ),
        (
            reports!(PurposeError::WrongPurpose { expected, found }),
            ("wrong-purpose", None, Some(Found::Purpose { expected, found })),
        ),
        (reports!(PurposeError::InsurersEpoch { found: 9 }), ("insurers-epoch", None, Some(Found::Epoch(9)))),
        (reports!(PurposeError::InsurersMissing), ("insurers-missing", None, None)),
        (reports!(PurposeError::SameKey), ("same-key", None, None)),
        (reports!(ScopeError::Id), ("scope-id", None, None)),
        (reports!(KeyTagError), ("key-tag", None, None)),
    ];
    for (reported, right) in table {
        assert_eq!(reported, right);
    }
}

#[cfg(feature = "std")]
#[test]
fn a_failure_of_the_random_generator_has_a_kind_alone() {
    assert_eq!(reports!(fugo::RandomError), ("random", None, None));
}

#[test]
fn a_kind_is_compared_with_its_word_and_written_as_it() {
    assert_eq!(ErrorKind::Grouping, "grouping");
    assert_ne!(ErrorKind::Grouping, "length");
    assert_eq!(ErrorKind::Grouping.to_string(), "grouping");
}

#[test]
fn only_what_was_twelve_ascii_digits_has_no_changes() {
    let changes = |text: &str| normalize(text, LostZeros::Restore).expect("twelve digits").changes();
    assert!(Changes::default().is_empty() && changes("123456789018").is_empty());
    for text in [" 123456789018", "1234-5678-9018", "１２３４５６７８９０１８", "12345678901", "1234\u{200B}56789018"]
    {
        assert!(!changes(text).is_empty(), "{text}");
    }
}

#[test]
fn a_key_tag_is_its_four_bytes() {
    let tag: KeyTag = "0a1b2c3d".parse().expect("a tag");
    assert_eq!((tag.to_bytes(), tag.to_string().as_str()), ([0x0a, 0x1b, 0x2c, 0x3d], "0a1b2c3d"));
    assert_eq!(KeyTag::from_bytes(tag.to_bytes()), tag);
    for text in ["", "0a1b2c", "0a1b2c3", "0a1b2c3d4", "0a1b2c3d4e", "0A1B2C3D", "0a1b2c3g"] {
        assert_eq!(text.parse::<KeyTag>(), Err(KeyTagError), "{text:?}");
    }
}
