use std::{
    ffi::{CStr, c_char},
    sync::OnceLock,
};

use crate::status::FugoStatus;

/// The version that this header describes.
pub const FUGO_VERSION_MAJOR: u32 = 0;
/// The version that this header describes.
pub const FUGO_VERSION_MINOR: u32 = 1;
/// The version that this header describes.
pub const FUGO_VERSION_PATCH: u32 = 0;

const VERSION: u32 = number(FUGO_VERSION_MAJOR, FUGO_VERSION_MINOR, FUGO_VERSION_PATCH);

const fn number(major: u32, minor: u32, patch: u32) -> u32 {
    major << 16 | minor << 8 | patch
}

/// Compilation fails unless the numbers above match the manifest.
const TEXT: &CStr = {
    const fn decimal(text: &str) -> u32 {
        let (text, mut value, mut i) = (text.as_bytes(), 0, 0);
        while i < text.len() {
            value = value * 10 + (text[i] - b'0') as u32;
            i += 1;
        }
        value
    }
    assert!(FUGO_VERSION_MAJOR == decimal(env!("CARGO_PKG_VERSION_MAJOR")));
    assert!(FUGO_VERSION_MINOR == decimal(env!("CARGO_PKG_VERSION_MINOR")));
    assert!(FUGO_VERSION_PATCH == decimal(env!("CARGO_PKG_VERSION_PATCH")));
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(text) => text,
        Err(_) => panic!("a version has no NUL"),
    }
};

/// The library's version: `major << 16 | minor << 8 | patch`. `FUGO_VERSION` is the header's.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_version() -> u32 {
    VERSION
}

/// The library's version as text, such as `0.1.0`. It is static: never NULL, and not to free.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_version_text() -> *const c_char {
    TEXT.as_ptr()
}

/// How this processor derives batches, for reports: `sha-ni` with the SHA extensions of x86, `avx512` or `avx2` with
/// sixteen or eight symbols at a time, and `portable` otherwise. The symbols are the same. The text is static: it is
/// never NULL and must not be freed.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_level() -> *const c_char {
    // Not on the heap, where it would be seen as leaked.
    static LEVEL: OnceLock<[u8; 16]> = OnceLock::new();
    let level = LEVEL.get_or_init(|| {
        let mut text = [0; 16];
        text[..15].iter_mut().zip(fugo::batch::level().bytes()).for_each(|(to, byte)| *to = byte);
        text
    });
    level.as_ptr().cast()
}

/// Checks that a program that was compiled with the header of version `header` can use this library. Both need the same
/// major version (and the same minor version while the major version is 0), and the library must not be older than the
/// header. Otherwise the call returns `FUGO_STATUS_VERSION_MISMATCH`. Call it once, as
/// `fugo_version_check(FUGO_VERSION)`.
#[unsafe(no_mangle)]
pub extern "C" fn fugo_version_check(header: u32) -> FugoStatus {
    if go_together(header, VERSION) { FugoStatus::Ok } else { FugoStatus::VersionMismatch }
}

fn go_together(header: u32, library: u32) -> bool {
    let fixed = if library >> 16 == 0 { 8 } else { 16 };
    header >> fixed == library >> fixed && header <= library
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_goes_with_its_own_library_and_later_ones_of_the_same_soname() {
        let verdicts = [
            ((0, 1, 0), (0, 1, 0), true),
            ((0, 1, 0), (0, 1, 7), true),
            ((0, 1, 1), (0, 1, 0), false),
            ((0, 1, 0), (0, 2, 0), false),
            ((0, 2, 0), (0, 1, 9), false),
            ((1, 0, 3), (1, 4, 0), true),
            ((1, 4, 1), (1, 4, 0), false),
            ((1, 5, 0), (1, 4, 0), false),
            ((1, 0, 0), (2, 0, 0), false),
            ((0, 1, 0), (1, 0, 0), false),
        ];
        for ((a, b, c), (d, e, f), expected) in verdicts {
            assert_eq!(go_together(number(a, b, c), number(d, e, f)), expected, "{a}.{b}.{c} with {d}.{e}.{f}");
        }
    }
}
