//! Parsing, check digits, normalisation.

use std::{
    hash::{BuildHasher, RandomState},
    sync::LazyLock,
};

use fugo::{
    ErrorKind, Found, MyNumber, MyNumberError, Place,
    flat::Unanswered,
    normalize::{LostZeros, NORMALIZE_REVISION, normalize as normalized},
};
use jni::{
    EnvUnowned, jni_mangle,
    objects::{JByteArray, JClass, JString},
    sys::{jboolean, jint, jlong},
};

use crate::{
    arrays::{bytes, fixed, write},
    thrown::{Thrown, native},
};

/// The number of a Java `MyNumber`. Its digits were valid when it was made. If they no longer parse, another thread has
/// closed it.
pub(crate) fn parsed(digits: &[u8; MyNumber::LEN]) -> Result<MyNumber, Thrown> {
    MyNumber::parse(digits).map_err(|_| Thrown::Closed)
}

#[jni_mangle("fugo.Native")]
pub fn parse<'local>(env: EnvUnowned<'local>, _: JClass<'local>, text: JByteArray<'local>) {
    native(env, |env| {
        MyNumber::parse(&*bytes(env, &text)?)?;
        Ok(())
    });
}

#[jni_mangle("fugo.Native")]
pub fn check_digit<'local>(env: EnvUnowned<'local>, _: JClass<'local>, body: JByteArray<'local>) -> jint {
    native(env, |env| Ok(jint::from(MyNumber::check_digit(&*bytes(env, &body)?)?)))
}

/// SipHash with a random key of this process, so that a hash code reveals nothing about a number outside the process.
#[jni_mangle("fugo.Native")]
pub fn hash<'local>(env: EnvUnowned<'local>, _: JClass<'local>, digits: JByteArray<'local>) -> jint {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    native(env, |env| {
        let digits = fixed::<{ MyNumber::LEN }>(env, &digits)?;
        Ok(KEY.hash_one(digits.as_slice()) as jint)
    })
}

/// Writes the twelve digits to `digits` and returns the names of the changes, separated by commas.
#[jni_mangle("fugo.Native")]
pub fn normalize<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    text: JByteArray<'local>,
    restore: jboolean,
    digits: JByteArray<'local>,
) -> JString<'local> {
    native(env, |env| {
        let text = bytes(env, &text)?;
        let text = str::from_utf8(&text).map_err(|_| Thrown::Argument("the text is not UTF-8".into()))?;
        let lost_zeros = if restore { LostZeros::Restore } else { LostZeros::Refuse };
        let normalized = normalized(text, lost_zeros)?;
        write(env, &digits, 0, normalized.expose_digits())?;
        let names: Vec<&str> = normalized.changes().names().collect();
        Ok(JString::from_str(env, names.join(","))?)
    })
}

#[jni_mangle("fugo.Native")]
pub fn normalize_revision<'local>(env: EnvUnowned<'local>, _: JClass<'local>) -> jint {
    native(env, |_| Ok(NORMALIZE_REVISION as jint))
}

/// The kinds of a refused row. The index is the code that a batch returns. The last two are of the rows of a translation.
const KINDS: [ErrorKind; 6] = [
    ErrorKind::NonDigit,
    ErrorKind::Length,
    ErrorKind::CheckDigit,
    ErrorKind::NeverIssued,
    ErrorKind::NoSymbol,
    ErrorKind::UnknownSymbol,
];

fn code(kind: ErrorKind) -> jint {
    KINDS.iter().position(|known| *known == kind).expect("the list has every kind") as jint
}

/// The code of an asked row without an answer, and −1.
pub(crate) fn unanswered(reason: Unanswered) -> [jint; 2] {
    [code(reason.kind()), -1]
}

/// The code, and the offset, the length or −1.
pub(crate) fn coded(error: MyNumberError) -> [jint; 2] {
    let number = match (error.place(), error.found()) {
        (Some(Place::Offset(number)), None) | (None, Some(Found::Length(number))) => number as jint,
        (None, None) => -1,
        told => unreachable!("no code has these details: {told:?}"),
    };
    [code(error.kind()), number]
}

/// The code and the details of a text as high and low half; −1 if the text is a valid number.
#[jni_mangle("fugo.Native")]
pub fn fault<'local>(env: EnvUnowned<'local>, _: JClass<'local>, text: JByteArray<'local>) -> jlong {
    native(env, |env| {
        Ok(MyNumber::parse(&*bytes(env, &text)?).map_or_else(
            |error| {
                let [code, number] = coded(error);
                jlong::from(code) << 32 | jlong::from(number as u32)
            },
            |_| -1,
        ))
    })
}

fn kind_of(code: jint) -> ErrorKind {
    KINDS[usize::try_from(code).expect("a code is not negative")]
}

/// The kind for a code.
#[jni_mangle("fugo.Native")]
pub fn kind<'local>(env: EnvUnowned<'local>, _: JClass<'local>, code: jint) -> JString<'local> {
    native(env, |env| Ok(JString::from_str(env, kind_of(code).as_str())?))
}

/// The message for a code and its details.
#[jni_mangle("fugo.Native")]
pub fn message<'local>(env: EnvUnowned<'local>, _: JClass<'local>, code: jint, number: jint) -> JString<'local> {
    native(env, |env| Ok(JString::from_str(env, message_of(kind_of(code), number))?))
}

/// The inverse of [`coded`] and [`unanswered`].
fn message_of(kind: ErrorKind, number: jint) -> String {
    let number = usize::try_from(number).unwrap_or_default();
    match kind {
        ErrorKind::NonDigit => MyNumberError::NonDigit { offset: number }.to_string(),
        ErrorKind::Length => MyNumberError::Length { found: number }.to_string(),
        ErrorKind::CheckDigit => MyNumberError::CheckDigit.to_string(),
        ErrorKind::NeverIssued => MyNumberError::NeverIssued.to_string(),
        ErrorKind::NoSymbol => Unanswered::NoSymbol.to_string(),
        ErrorKind::UnknownSymbol => Unanswered::UnknownSymbol.to_string(),
        kind => unreachable!("{kind} is not in the list"),
    }
}
