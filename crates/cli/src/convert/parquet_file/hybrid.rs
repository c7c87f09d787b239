//! Small integers in the hybrid of run lengths and packed bits of Parquet (`Encodings.md` of parquet-format, "Run Length
//! Encoding / Bit-Packing Hybrid").

use crate::convert::leb128;

/// Values that are packed together.
const GROUP: usize = 8;

/// The most groups behind one header, so that the header is one byte.
const GROUPS: usize = 63;

/// Appends the values, each below 2^`width`; `width` is at most 32.
///
/// | run | bytes |
/// |---|---|
/// | equal values | LEB128 of count · 2, then the value in ⌈width / 8⌉ bytes |
/// | groups of eight values | LEB128 of groups · 2 + 1, then `width` bits a value, the lowest first |
///
/// The last group is filled up with zeros.
pub(super) fn encode(values: &[u32], width: u32, out: &mut Vec<u8>) {
    let mut rest = values;
    while let Some(first) = rest.first() {
        let run = run(rest);
        if run >= GROUP || run == rest.len() {
            encode_run(*first, run, width, out);
            rest = &rest[run..];
            continue;
        }
        let mut packed = GROUP.min(rest.len());
        while packed < rest.len() && packed < GROUPS * GROUP && !begins_with_run(&rest[packed..]) {
            packed = (packed + GROUP).min(rest.len());
        }
        let (now, behind) = rest.split_at(packed);
        leb128::push(now.len().div_ceil(GROUP) << 1 | 1, out);
        pack(now, width, out);
        rest = behind;
    }
}

/// Appends a value so many times.
pub(super) fn encode_run(value: u32, count: usize, width: u32, out: &mut Vec<u8>) {
    leb128::push(count << 1, out);
    out.extend_from_slice(&value.to_le_bytes()[..width.div_ceil(8) as usize]);
}

/// The number of equal values at the beginning.
#[inline]
fn run(values: &[u32]) -> usize {
    values.iter().take_while(|value| **value == values[0]).count()
}

/// Whether the values begin with equal ones that are shorter as a run.
#[inline]
fn begins_with_run(values: &[u32]) -> bool {
    let begin = &values[..GROUP.min(values.len())];
    begin.iter().all(|value| *value == begin[0])
}

/// Appends `width` bits of each value, and zeros up to a multiple of eight values.
fn pack(values: &[u32], width: u32, out: &mut Vec<u8>) {
    let (mut bits, mut filled) = (0_u64, 0);
    let end = out.len() + values.len().div_ceil(GROUP) * width as usize;
    for value in values {
        bits |= u64::from(*value) << filled;
        filled += width;
        if filled >= 32 {
            out.extend_from_slice(&(bits as u32).to_le_bytes());
            (bits, filled) = (bits >> 32, filled - 32);
        }
    }
    out.extend_from_slice(&bits.to_le_bytes()[..filled.div_ceil(8) as usize]);
    out.resize(end, 0);
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    /// Reads as the format's description says, bit by bit.
    fn decode(mut bytes: &[u8], width: u32, count: usize) -> Vec<u32> {
        let mut values = Vec::new();
        while values.len() < count {
            let (mut header, mut shift) = (0_u64, 0);
            loop {
                let (byte, behind) = bytes.split_first().expect("a header");
                header |= u64::from(byte & 0x7F) << shift;
                (bytes, shift) = (behind, shift + 7);
                if byte & 0x80 == 0 {
                    break;
                }
            }
            if header & 1 == 0 {
                let (value, behind) = bytes.split_at(width.div_ceil(8) as usize);
                let value = value.iter().rev().fold(0, |all, byte| all << 8 | u32::from(*byte));
                values.extend(std::iter::repeat_n(value, (header >> 1) as usize));
                bytes = behind;
            } else {
                let (packed, behind) = bytes.split_at((header >> 1) as usize * width as usize);
                for nth in 0..(header >> 1) as usize * GROUP {
                    let bit = |at: usize| u32::from(packed[at / 8] >> (at % 8) & 1);
                    let at = nth * width as usize;
                    values.push((0..width as usize).fold(0, |value, i| value | bit(at + i) << i));
                }
                bytes = behind;
            }
        }
        assert!(bytes.is_empty(), "nothing follows");
        assert!(values[count..].iter().all(|value| *value == 0), "filled up with zeros");
        values.truncate(count);
        values
    }

    fn encoded(values: &[u32], width: u32) -> Vec<u8> {
        let mut out = Vec::new();
        encode(values, width, &mut out);
        out
    }

    #[test]
    fn the_examples_of_the_format_have_its_bytes() {
        // Encodings.md: 0 to 7 with three bits.
        assert_eq!(encoded(&[0, 1, 2, 3, 4, 5, 6, 7], 3), [3, 0b1000_1000, 0b1100_0110, 0b1111_1010]);
        assert_eq!(encoded(&[5; 100], 3), [0xC8, 1, 5]);
        assert_eq!(encoded(&[300; 8], 9), [16, 44, 1]);
        assert_eq!(encoded(&[], 3), [0; 0]);
    }

    #[test]
    fn values_without_bits_and_long_runs_of_groups_are_encoded() {
        assert_eq!(encoded(&[0; 3], 0), [6]);
        let mixed: Vec<u32> = (0..3000).map(|i| i % 7).collect();
        for count in [1, 7, 8, 9, 503, 504, 505, 3000] {
            assert_eq!(decode(&encoded(&mixed[..count], 3), 3, count), mixed[..count]);
        }
    }

    proptest! {
        #[test]
        fn values_come_back(
            width in 0_u32..=32,
            runs in vec((any::<u32>(), 1_usize..40), 0..60),
        ) {
            let below = |value: u32| (u64::from(value) & ((1 << width) - 1)) as u32;
            let values: Vec<u32> =
                runs.iter().flat_map(|(value, count)| std::iter::repeat_n(below(*value), count / 3 + 1)).collect();
            prop_assert_eq!(decode(&encoded(&values, width), width, values.len()), values);
        }
    }
}
