//! Parsing, check digits, normalisation.

use std::{
    hash::{BuildHasher, RandomState},
    sync::LazyLock,
};

use fugo::{
    ErrorKind, Found, MyNumber, MyNumberError, Place,
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

/// The kinds of a refused row. The index is the code that a batch returns.
const KINDS: [ErrorKind; 4] = [ErrorKind::NonDigit, ErrorKind::Length, ErrorKind::CheckDigit, ErrorKind::NeverIssued];

/// The code, and the offset, the length or −1.
pub(crate) fn coded(error: MyNumberError) -> [jint; 2] {
    let code = KINDS.iter().position(|kind| *kind == error.kind()).expect("the list has every kind") as jint;
    let number = match (error.place(), error.found()) {
        (Some(Place::Offset(number)), None) | (None, Some(Found::Length(number))) => number as jint,
        (None, None) => -1,
        told => unreachable!("no code has these details: {told:?}"),
    };
    [code, number]
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

/// The kind for a code.
#[jni_mangle("fugo.Native")]
pub fn kind<'local>(env: EnvUnowned<'local>, _: JClass<'local>, code: jint) -> JString<'local> {
    native(env, |env| Ok(JString::from_str(env, error(code, -1).kind().as_str())?))
}

/// The message for a code and its details.
#[jni_mangle("fugo.Native")]
pub fn message<'local>(env: EnvUnowned<'local>, _: JClass<'local>, code: jint, number: jint) -> JString<'local> {
    native(env, |env| Ok(JString::from_str(env, error(code, number).to_string())?))
}

/// The inverse of [`coded`].
fn error(code: jint, number: jint) -> MyNumberError {
    let number = usize::try_from(number).unwrap_or_default();
    match KINDS[usize::try_from(code).expect("a code is not negative")] {
        ErrorKind::NonDigit => MyNumberError::NonDigit { offset: number },
        ErrorKind::Length => MyNumberError::Length { found: number },
        ErrorKind::CheckDigit => MyNumberError::CheckDigit,
        ErrorKind::NeverIssued => MyNumberError::NeverIssued,
        kind => unreachable!("{kind} is not in the list"),
    }
}
