//! Reads hexadecimal digits.

/// Reads `N` bytes from `2 N` hexadecimal digits, in either case.
pub(crate) fn decode<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let decoded = base16ct::mixed::decode(text, &mut bytes).ok()?;
    (decoded.len() == N).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_in_either_case_and_whole() {
        assert_eq!(decode(b"00ff7Aa7"), Some([0x00, 0xff, 0x7a, 0xa7]));
        for text in ["00ff7a", "00ff7aa", "00ff7aa7b", "00ff7aag", "+0ff7aa7", "00ff7a\u{ff10}"] {
            assert_eq!(decode::<4>(text.as_bytes()), None, "{text}");
        }
    }
}
