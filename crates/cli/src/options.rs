//! Values of options that several commands share.

/// The character between the fields of a CSV.
pub(crate) fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        // A delimiter must not be the second byte of a CP932 character, and must not end or quote a record.
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n-.|\\ ".contains(byte) => Ok(*byte),
        [b'|'] => Ok(b'|'),
        _ => Err(
            "a delimiter must be one ASCII character such as , ; | or tab, but not a letter, digit, space, point, hyphen, \
             backslash, double quote or line end"
                .into(),
        ),
    }
}

/// A size of memory in bytes; at least 16M.
pub(crate) fn size(text: &str) -> Result<usize, String> {
    let (digits, shift) = match text.as_bytes().last() {
        Some(b'K' | b'k') => (&text[..text.len() - 1], 10),
        Some(b'M' | b'm') => (&text[..text.len() - 1], 20),
        Some(b'G' | b'g') => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let bytes = digits.parse::<usize>().ok().and_then(|count| count.checked_mul(1 << shift));
    bytes
        .filter(|bytes| *bytes >= 16 << 20)
        .ok_or_else(|| "give a number of bytes with K, M or G, 16M or more: 512M or 2G, for example".to_owned())
}

/// A quarter of the machine's memory, at most 1 GiB.
pub(crate) fn default_memory() -> usize {
    const MOST: u64 = 1 << 30;
    let info = rustix::system::sysinfo();
    let machine = info.totalram.saturating_mul(u64::from(info.mem_unit));
    (machine / 4).clamp(64 << 20, MOST) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_delimiters_are_read_as_people_write_them() {
        assert_eq!(size("512M"), Ok(512 << 20));
        assert_eq!(size("2g"), Ok(2 << 30));
        assert!(size("1M").is_err() && size("x").is_err() && size("99999999999999999999G").is_err());
        assert_eq!((delimiter(";"), delimiter("tab"), delimiter("|")), (Ok(b';'), Ok(b'\t'), Ok(b'|')));
        assert!(["", "ab", "\"", "\n", "1", "a", "、"].iter().all(|text| delimiter(text).is_err()));
    }
}
