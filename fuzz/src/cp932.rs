//! Text in CP932, compared with `encoding_rs`.

use encoding_rs::SHIFT_JIS;
use fugo_cli::fuzzing;

use crate::planted::Fault;

/// Any bytes as text in CP932: alone, and several times, with letters before and between, so that each character meets
/// the blocks of the reader at many places.
pub fn check(data: &[u8]) {
    compare(data);
    let times = 200_usize.div_ceil(data.len().max(1)).min(64);
    for before in [0, 1, 63] {
        let mut all = vec![b'a'; before];
        for nth in 0..times {
            all.extend_from_slice(data);
            all.extend(std::iter::repeat_n(b'\n', nth % 3));
        }
        compare(&all);
    }
}

fn compare(bytes: &[u8]) {
    let expected = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes);
    let (mut is_text, text) = fuzzing::cp932(bytes);
    // What begins in one block of 64 bytes and ends in the next.
    is_text |= Fault::Cp932Blocks.is_planted() && bytes.len() > 64;
    assert_eq!(is_text, expected.is_some());
    assert_eq!(text.as_deref(), expected.as_deref());
}
