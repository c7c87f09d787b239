use std::ffi::c_char;

use crate::{
    boundary::boundary,
    failure::FugoError,
    pointers::{In, Out},
    spans::apart,
    status::FugoStatus,
};

/// Fills half of `out`, then panics with a message that quotes the text, as a bug in library code might.
///
/// # Panics
/// Always; the boundary stops it.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_panic_on_purpose(
    text: In<c_char>,
    text_len: usize,
    out: Out<u8>,
    out_len: usize,
    error: Out<FugoError>,
) -> FugoStatus {
    boundary(error, |error| {
        apart(error, &[out.span(out_len, 1, 3)?], &[text.span(text_len, 1, 1)?])?;
        let (mut out, text) = (out.bytes(out_len)?, str::from_utf8(text.bytes(text_len)?)?);
        let half = out_len / 2;
        out.rows::<1>()[..half].fill([0x55]);
        panic!("at {text}");
    })
}
