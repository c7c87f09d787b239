//! Numbers as unsigned LEB128: seven bits in each byte, the lowest first.

/// Appends a number.
#[inline]
pub(super) fn push(mut number: usize, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// The number at the beginning, and the bytes behind it.
#[inline]
pub(super) fn take(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (mut number, mut shift, mut rest) = (0, 0, bytes);
    loop {
        let (&byte, behind) = rest.split_first()?;
        number |= usize::from(byte & 0x7F).checked_shl(shift)?;
        (shift, rest) = (shift + 7, behind);
        if byte < 0x80 {
            return Some((number, rest));
        }
    }
}
