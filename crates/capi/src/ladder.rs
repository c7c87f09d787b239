use std::ffi::c_char;

use fugo::{KEY_LEN, KeyTag, RootKey, ScopeKey};

use crate::{
    boundary::boundary,
    failure::{Failure, FugoError, OfArgument},
    held::{HeldScopeKey, bytes, held},
    pointers::{Handle, In, Opaque, Out, Slot},
    scope::{self, FUGO_SCOPE_TEXT_SIZE},
    spans::{Span, apart},
    status::FugoStatus,
};

/// The length of a key in bytes.
pub const FUGO_KEY_LEN: usize = 32;
/// The length of a key tag in bytes. The tag identifies the key and is not secret.
pub const FUGO_TAG_LEN: usize = 4;

const _: () = assert!(FUGO_KEY_LEN == KEY_LEN && FUGO_TAG_LEN == KeyTag::LEN);

/// A root key. Whoever has it can derive every symbol of every scope.
pub struct FugoRootKey(pub(crate) RootKey);

/// A scope key: the key of one purpose, scope id and epoch. If it came from a token that keeps it, the handle has no bytes
/// of the key.
pub struct FugoScopeKey(pub(crate) HeldScopeKey);

fn key_bytes(bytes: &[u8]) -> Result<&[u8; KEY_LEN], Failure> {
    bytes.try_into().map_err(|_| Failure::buffer_length(bytes.len()))
}

/// Writes the key tag of the value of a handle.
pub(crate) fn tag<T: Opaque>(
    error: Span,
    key: Handle<T>,
    tag: Out<u8>,
    tag_len: usize,
    of: impl FnOnce(&T) -> KeyTag,
) -> Result<(), Failure> {
    apart(error, &[tag.span(tag_len, 1, 2)?], &[])?;
    let tag = tag.exactly(tag_len, FUGO_TAG_LEN).arg(2);
    let key = key.held().arg(1)?;
    tag?.set(&of(key).to_bytes());
    Ok(())
}

/// Writes the scope of the value of a handle.
pub(crate) fn scope_text<T: Opaque>(
    error: Span,
    key: Handle<T>,
    text: Out<c_char>,
    text_size: usize,
    of: impl FnOnce(&T) -> Result<fugo::Scope, Failure>,
) -> Result<(), Failure> {
    apart(error, &[text.span(text_size, 1, 2)?], &[])?;
    let text = text.at_least(text_size, FUGO_SCOPE_TEXT_SIZE).arg(2);
    let key = key.held().arg(1)?;
    let text = text?;
    text.set(of(key)?.to_string().as_bytes());
    Ok(())
}

/// `*out` := a new root key from the system's random generator. Failure: RANDOM.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_root_key_random(out: Slot<FugoRootKey>, error: Out<FugoError>) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span(1)?], &[])?;
        let out = out.vacant().arg(1)?;
        out.set(FugoRootKey(RootKey::random()?));
        Ok(())
    })
}

/// `*out` := the root key with these bytes; `bytes_len` is FUGO_KEY_LEN. Wipe your own copy.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_root_key_from_bytes(
    bytes: In<u8>,
    bytes_len: usize,
    out: Slot<FugoRootKey>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span(3)?], &[bytes.span(bytes_len, 1, 1)?])?;
        let out = out.vacant().arg(3);
        let bytes = bytes.exactly(bytes_len, FUGO_KEY_LEN).arg(1)?;
        out?.set(FugoRootKey(RootKey::from_bytes(key_bytes(bytes)?)));
        Ok(())
    })
}

/// `tag` := HMAC-SHA-256(key, "fugo" || 0x01 || "tag" || 0x01)[0..4]; `tag_len` is FUGO_TAG_LEN.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_root_key_tag(
    key: Handle<FugoRootKey>,
    tag: Out<u8>,
    tag_len: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| self::tag(error, key, tag, tag_len, |key| key.0.tag()))
}

/// Wipes and frees `*key` and sets it to NULL. Does nothing if `key` or `*key` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_root_key_free(key: Slot<FugoRootKey>) -> FugoStatus {
    boundary(Out::none(), |_| key.free().arg(1))
}

/// `*out` := ScopeKey = HKDF-Expand-SHA-256(PRK = root, info = label of the scope, L = 32), for a scope written
/// `purpose/id/epoch`. Failures: those of `fugo_scope_label`.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_scope_key_derive(
    root: Handle<FugoRootKey>,
    scope: In<c_char>,
    scope_len: usize,
    out: Slot<FugoScopeKey>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span(4)?], &[scope.span(scope_len, 1, 2)?])?;
        let out = out.vacant().arg(4);
        let (root, scope) = (root.held().arg(1)?, scope.bytes(scope_len).arg(2)?);
        out?.set(FugoScopeKey(held(root.0.scope_key(&scope::scope(scope)?))));
        Ok(())
    })
}

/// `*out` := the scope key with these bytes, which were derived elsewhere, for example in an HSM. `bytes_len` is
/// FUGO_KEY_LEN. Wipe your own copy. Failures: those of `fugo_scope_label`.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_scope_key_from_bytes(
    scope: In<c_char>,
    scope_len: usize,
    bytes: In<u8>,
    bytes_len: usize,
    out: Slot<FugoScopeKey>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span(5)?], &[scope.span(scope_len, 1, 1)?, bytes.span(bytes_len, 1, 3)?])?;
        let out = out.vacant().arg(5);
        let (scope, bytes) = (scope.bytes(scope_len).arg(1)?, bytes.exactly(bytes_len, FUGO_KEY_LEN).arg(3)?);
        out?.set(FugoScopeKey(held(ScopeKey::from_bytes(&scope::scope(scope)?, key_bytes(bytes)?))));
        Ok(())
    })
}

/// `tag` := HMAC-SHA-256(key, "fugo" || 0x01 || "tag" || 0x01)[0..4]; `tag_len` is FUGO_TAG_LEN.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_scope_key_tag(
    key: Handle<FugoScopeKey>,
    tag: Out<u8>,
    tag_len: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| self::tag(error, key, tag, tag_len, |key| key.0.tag()))
}

/// `text` := the scope, `purpose/id/epoch`, then NUL up to `text_size`, which is at least FUGO_SCOPE_TEXT_SIZE.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_scope_key_scope(
    key: Handle<FugoScopeKey>,
    text: Out<c_char>,
    text_size: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| scope_text(error, key, text, text_size, |key| Ok(*key.0.scope())))
}

/// `*equal` := 1 if both keys have the same scope and the same bytes, else 0. The bytes are compared in constant time.
/// No function returns the bytes of a key. Failure: NO_BYTES if a token keeps one of the keys.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_scope_key_equal(
    first: Handle<FugoScopeKey>,
    second: Handle<FugoScopeKey>,
    equal: Out<i32>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[equal.span(1, size_of::<i32>(), 3)?], &[])?;
        let equal = equal.place(0).arg(3);
        let (first, second) = (first.held().arg(1)?, second.held().arg(2)?);
        let equal = equal?;
        equal.set((bytes(&first.0)? == bytes(&second.0)?).into());
        Ok(())
    })
}

/// Wipes and frees `*key` and sets it to NULL. Does nothing if `key` or `*key` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_scope_key_free(key: Slot<FugoScopeKey>) -> FugoStatus {
    boundary(Out::none(), |_| key.free().arg(1))
}
