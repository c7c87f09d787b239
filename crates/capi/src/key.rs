use std::ffi::c_char;

use crate::{
    boundary::boundary,
    failure::{FugoError, OfArgument},
    held::HeldKey,
    ladder::{self, FugoScopeKey},
    pointers::{Handle, Out, Slot},
    spans::apart,
    status::FugoStatus,
};

/// A key ready to derive symbols: its HMAC states are prepared once. If a token keeps the key, the token derives each
/// symbol, and any call that derives can also fail with SESSION_LOST or TOKEN.
pub struct FugoKey(pub(crate) HeldKey);

/// `*out` := a key that derives symbols of `key`'s scope from numbers, for any purpose but eligibility. `key` may be
/// freed afterwards. Failure: INSURERS_MISSING for an eligibility key.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_new(key: Handle<FugoScopeKey>, out: Slot<FugoKey>, error: Out<FugoError>) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span(2)?], &[])?;
        let out = out.vacant().arg(2);
        let key = &key.held().arg(1)?.0;
        let key = HeldKey::new(key)?;
        out?.set(FugoKey(key));
        Ok(())
    })
}

/// `*out` := a key that derives eligibility symbols from numbers, through the insurers' symbol. It also derives from
/// insurers' symbols. It needs both scope keys; the insurers' key must be of epoch 1. Both may be freed afterwards.
/// Failures: WRONG_PURPOSE, INSURERS_EPOCH.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_eligibility(
    insurers: Handle<FugoScopeKey>,
    eligibility: Handle<FugoScopeKey>,
    out: Slot<FugoKey>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span(3)?], &[])?;
        let out = out.vacant().arg(3);
        let (insurers, key) = (&insurers.held().arg(1)?.0, &eligibility.held().arg(2)?.0);
        let key = HeldKey::eligibility(insurers, key)?;
        out?.set(FugoKey(key));
        Ok(())
    })
}

/// `*out` := the issuer's key, which derives eligibility symbols from insurers' symbols only, never from numbers. It
/// needs the scope key of eligibility, which may be freed afterwards. Failure: WRONG_PURPOSE.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_issuer(
    eligibility: Handle<FugoScopeKey>,
    out: Slot<FugoKey>,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span(2)?], &[])?;
        let out = out.vacant().arg(2);
        let key = &eligibility.held().arg(1)?.0;
        let key = HeldKey::issuer(key)?;
        out?.set(FugoKey(key));
        Ok(())
    })
}

/// `tag` := the key tag in the text form of this key's symbols. `tag_len` is FUGO_TAG_LEN.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_tag(
    key: Handle<FugoKey>,
    tag: Out<u8>,
    tag_len: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| ladder::tag(error, key, tag, tag_len, |key| key.0.tag()))
}

/// `text` := the scope of the symbols, then NUL up to `text_size`, which is at least FUGO_SCOPE_TEXT_SIZE.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_scope(
    key: Handle<FugoKey>,
    text: Out<c_char>,
    text_size: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| ladder::scope_text(error, key, text, text_size, |key| Ok(*key.0.scope())))
}

/// Wipes and frees `*key` and sets it to NULL. Does nothing if `key` or `*key` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_key_free(key: Slot<FugoKey>) -> FugoStatus {
    boundary(Out::none(), |_| key.free().arg(1))
}
