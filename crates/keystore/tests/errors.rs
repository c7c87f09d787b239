//! What an error says apart from its text: the place, and what was found.

use std::io;

use fugo::{Found, KeyTag, Place};
use fugo_keystore::{
    KeyFileError, PlaintextError, RegistryError, SecretFileError, Use,
    source::{AddressError, SourceError},
};

fn unreadable() -> io::Error {
    io::Error::from_raw_os_error(13)
}

const SYSTEM: Option<Found> = Some(Found::SystemError(Some(13)));

fn tags() -> (KeyTag, KeyTag, Option<Found>) {
    let (expected, found) = (KeyTag::from_bytes([1; 4]), KeyTag::from_bytes([2; 4]));
    (expected, found, Some(Found::Tag { expected, found }))
}

#[test]
fn a_key_file_is_refused_at_a_line_or_for_what_was_found() {
    let value = PlaintextError::BadValue { line: 4, name: "key", allowed: "hexadecimal digits" };
    for (error, line) in [
        (PlaintextError::UnknownLine { line: 2, expected: "use" }, 2),
        (PlaintextError::OtherKind { found: "a share", expected: "fugo-key" }, 1),
        (PlaintextError::MissingLine { line: 3, expected: "tag" }, 3),
        (value, 4),
        (PlaintextError::TagMismatch { line: 5 }, 5),
    ] {
        assert_eq!((error.place(), error.found()), (Some(Place::Line(line)), None));
        let error = KeyFileError::from(error);
        assert_eq!((error.place(), error.found()), (Some(Place::Line(line)), None));
        let error = SourceError::from(error);
        assert_eq!((error.place(), error.found()), (Some(Place::Line(line)), None));
    }
    for (error, found) in [
        (KeyFileError::ExcessiveWork { found: 30 }, Some(Found::Work(30))),
        (KeyFileError::InsufficientWork { found: 10 }, Some(Found::Work(10))),
        (KeyFileError::Io(unreadable()), SYSTEM),
        (KeyFileError::Damaged, None),
    ] {
        assert_eq!((error.place(), error.found()), (None, found));
    }
}

#[test]
fn a_secret_a_registry_and_an_address_are_refused_at_a_place_or_for_what_was_found() {
    let (recorded, found, both) = tags();
    let scope = "agency/nta/1".parse().expect("a scope");
    let line = Some(Place::Line(7));
    for (said, expected) in [
        (SecretFileError::Identity { line: 7 }, (line, None)),
        (SecretFileError::Io(unreadable()), (None, SYSTEM)),
        (SecretFileError::Empty, (None, None)),
    ] {
        assert_eq!((said.place(), said.found()), expected);
        let said = SourceError::PinFile { error: said };
        assert_eq!((said.place(), said.found()), expected);
    }
    for (said, expected) in [
        (RegistryError::Line { line: 7 }, (line, None)),
        (RegistryError::OtherRoot { scope, recorded, found }, (None, both)),
        (RegistryError::Io(unreadable()), (None, SYSTEM)),
        (RegistryError::TooLarge, (None, None)),
    ] {
        assert_eq!((said.place(), said.found()), expected);
    }
    for (said, place) in [
        (AddressError::Character { offset: 9 }, Some(Place::Offset(9))),
        (AddressError::Attribute { offset: 8 }, Some(Place::Offset(8))),
        (AddressError::Twice { name: "token" }, None),
    ] {
        assert_eq!((said.place(), said.found()), (place, None));
        let said = SourceError::from(said);
        assert_eq!((said.place(), said.found()), (place, None));
    }
    let said = SourceError::WrongTag { expected: recorded, found };
    assert_eq!((said.place(), said.found()), (None, both));
    let said = SourceError::WrongUse { expected: Use::Production, found: Use::Test };
    assert_eq!((said.place(), said.found()), (None, None));
}

#[cfg(feature = "shares")]
#[test]
fn shares_are_refused_for_what_the_joined_key_says() {
    use fugo_keystore::ShareError;

    let said = ShareError::from(KeyFileError::from(PlaintextError::TagMismatch { line: 5 }));
    assert_eq!((said.place(), said.found()), (Some(Place::Line(5)), None));
    let said = ShareError::from(KeyFileError::Io(unreadable()));
    assert_eq!((said.place(), said.found()), (None, SYSTEM));
    assert_eq!((ShareError::Threshold.place(), ShareError::Threshold.found()), (None, None));
}
