//! Scopes, purposes and tags. They are not secret and have no handles.

use fugo::{Epoch, KeyTag, Purpose, Scope, ScopeError};
use jni::{
    Env, EnvUnowned, jni_mangle,
    objects::{JByteArray, JClass, JString},
    sys::{jint, jlong},
};

use crate::{
    arrays::text,
    thrown::{Thrown, native},
};

/// Parses a scope.
pub(crate) fn parsed(env: &Env<'_>, scope: &JByteArray<'_>) -> Result<Scope, Thrown> {
    Ok(text(env, scope)?.parse::<Scope>()?)
}

/// The purpose with this code.
pub(crate) fn purpose(code: jint) -> Purpose {
    u8::try_from(code).ok().and_then(|code| code.try_into().ok()).expect("a purpose of this version")
}

#[jni_mangle("fugo.Native")]
pub fn parse_scope<'local>(env: EnvUnowned<'local>, _: JClass<'local>, scope: JByteArray<'local>) {
    native(env, |env| parsed(env, &scope).map(|_| ()));
}

#[jni_mangle("fugo.Native")]
pub fn check_scope<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    code: jint,
    id: JByteArray<'local>,
    epoch: jlong,
) {
    native(env, |env| {
        let epoch = u32::try_from(epoch).map_err(|_| ScopeError::Form)?;
        Scope::new(purpose(code), text(env, &id)?.parse()?, Epoch::new(epoch)?)?;
        Ok(())
    });
}

#[jni_mangle("fugo.Native")]
pub fn label<'local>(env: EnvUnowned<'local>, _: JClass<'local>, scope: JByteArray<'local>) -> JByteArray<'local> {
    native(env, |env| {
        let label = parsed(env, &scope)?.label();
        Ok(env.byte_array_from_slice(label.as_bytes())?)
    })
}

/// The code of a purpose's name.
#[jni_mangle("fugo.Native")]
pub fn parse_purpose<'local>(env: EnvUnowned<'local>, _: JClass<'local>, name: JByteArray<'local>) -> jint {
    native(env, |env| Ok(jint::from(text(env, &name)?.parse::<Purpose>()?.code())))
}

/// Every purpose of this version as `code name part symbol`, separated by commas.
#[jni_mangle("fugo.Native")]
pub fn purposes<'local>(env: EnvUnowned<'local>, _: JClass<'local>) -> JString<'local> {
    native(env, |env| {
        let row = |purpose: Purpose| {
            format!("{} {purpose} {} {}", purpose.code(), purpose.text_part(), purpose.symbol_name())
        };
        let rows: Vec<String> = Purpose::all().map(row).collect();
        Ok(JString::from_str(env, rows.join(","))?)
    })
}

/// The four bytes of a tag, big-endian.
#[jni_mangle("fugo.Native")]
pub fn parse_tag<'local>(env: EnvUnowned<'local>, _: JClass<'local>, tag: JByteArray<'local>) -> jint {
    native(env, |env| Ok(tag_number(text(env, &tag)?.parse()?)))
}

pub(crate) fn tag_number(tag: KeyTag) -> jint {
    jint::from_be_bytes(tag.to_bytes())
}

pub(crate) fn tag_of(number: jint) -> KeyTag {
    KeyTag::from_bytes(number.to_be_bytes())
}

/// How this processor derives batches.
#[jni_mangle("fugo.Native")]
pub fn level<'local>(env: EnvUnowned<'local>, _: JClass<'local>) -> JString<'local> {
    native(env, |env| Ok(env.new_string(fugo::batch::level())?))
}

/// The version of this library, which must equal the version of the classes.
#[jni_mangle("fugo.Native")]
pub fn version<'local>(env: EnvUnowned<'local>, _: JClass<'local>) -> JString<'local> {
    native(env, |env| Ok(JString::from_str(env, env!("CARGO_PKG_VERSION"))?))
}
