//! The text form.

use fugo::{
    KeyTag, SYMBOL_LEN,
    text::{TextEncoder, decode as decoded},
};
use jni::{
    EnvUnowned, jni_mangle,
    objects::{JByteArray, JClass, JString},
    sys::jint,
};

use crate::{
    arrays::{bytes, fixed},
    scopes::{purpose, tag_of},
    thrown::native,
};

#[jni_mangle("fugo.Native")]
pub fn encode<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    code: jint,
    tag: jint,
    symbol: JByteArray<'local>,
) -> JString<'local> {
    native(env, |env| {
        let text = TextEncoder::new(purpose(code), tag_of(tag)).encode(&*fixed(env, &symbol)?);
        Ok(JString::from_str(env, text.as_str())?)
    })
}

/// The sixteen bytes of a text, which must have this purpose and key tag.
#[jni_mangle("fugo.Native")]
pub fn decode<'local>(
    env: EnvUnowned<'local>,
    _: JClass<'local>,
    code: jint,
    tag: jint,
    text: JByteArray<'local>,
) -> JByteArray<'local> {
    native(env, |env| {
        let symbol = TextEncoder::new(purpose(code), tag_of(tag)).decode(&*bytes(env, &text)?)?;
        Ok(env.byte_array_from_slice(&symbol)?)
    })
}

/// The code of the purpose (1 byte), the tag (4) and the symbol (16) of a text.
#[jni_mangle("fugo.Native")]
pub fn decode_any<'local>(env: EnvUnowned<'local>, _: JClass<'local>, text: JByteArray<'local>) -> JByteArray<'local> {
    native(env, |env| {
        let decoded = decoded(&*bytes(env, &text)?)?;
        let mut parts = [0; 1 + KeyTag::LEN + SYMBOL_LEN];
        parts[0] = decoded.purpose.code();
        parts[1..=KeyTag::LEN].copy_from_slice(&decoded.tag.to_bytes());
        parts[1 + KeyTag::LEN..].copy_from_slice(&decoded.symbol);
        Ok(env.byte_array_from_slice(&parts)?)
    })
}
