//! Bytes as hex and back.

use std::fmt::Write;

/// Lower case.
pub(crate) fn encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// `N` bytes from as many pairs of hex digits, either case.
pub(crate) fn decode<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let digit = |c: u8| char::from(c).to_digit(16).map(|digit| digit as u8);
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_in_either_case_and_whole() {
        assert_eq!(decode(b"00ff7Aa7"), Some([0x00, 0xff, 0x7a, 0xa7]));
        assert_eq!(encode(&[0x00, 0xff, 0x7a, 0xa7]), "00ff7aa7");
        for text in ["00ff7a", "00ff7aa", "00ff7aa7b", "00ff7aag", "+0ff7aa7", "00ff7a\u{ff10}"] {
            assert_eq!(decode::<4>(text.as_bytes()), None, "{text}");
        }
    }
}
