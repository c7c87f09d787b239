//! Thrift's compact protocol, as far as Parquet's footers and page headers need it. A length in the data is checked
//! against the bytes that are there. `None` means that a structure is not complete.

/// Maximum depth of nested structures. Parquet's have fewer than ten levels.
const DEPTH: usize = 32;

/// A position in encoded bytes.
pub(super) struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The number of elements of all lists that were read or skipped.
    pub(super) elements: u64,
}

/// The type codes of the compact protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    True,
    False,
    Byte,
    Integer,
    Double,
    Binary,
    List,
    Map,
    Struct,
    Uuid,
}

impl Kind {
    fn of(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::True,
            2 => Self::False,
            3 => Self::Byte,
            4..=6 => Self::Integer,
            7 => Self::Double,
            8 => Self::Binary,
            9 | 10 => Self::List,
            11 => Self::Map,
            12 => Self::Struct,
            13 => Self::Uuid,
            _ => return None,
        })
    }
}

impl<'a> Thrift<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, elements: 0 }
    }

    /// How many bytes were read.
    pub(super) fn read(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn pass(&mut self, len: u64) -> Option<()> {
        let left = (self.bytes.len() - self.at) as u64;
        (len <= left).then(|| self.at += len as usize)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    pub(super) fn integer(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// Calls `each(self, id, kind)` for every field of a structure. It must read or skip the value.
    pub(super) fn fields(&mut self, mut each: impl FnMut(&mut Self, i64, Kind) -> Option<()>) -> Option<()> {
        let mut id = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            id = if head >> 4 == 0 { self.integer()? } else { id.checked_add(i64::from(head >> 4))? };
            each(self, id, Kind::of(head & 0x0F)?)?;
        }
    }

    /// The header of a list: the number of its elements, each of at least one byte, and their type.
    pub(super) fn list(&mut self) -> Option<(u64, Kind)> {
        let head = self.byte()?;
        let len = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        (len <= (self.bytes.len() - self.at) as u64).then_some(())?;
        self.elements += len;
        Some((len, Kind::of(head & 0x0F)?))
    }

    pub(super) fn skip(&mut self, kind: Kind) -> Option<()> {
        self.skip_within(kind, DEPTH)
    }

    fn skip_within(&mut self, kind: Kind, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            Kind::True | Kind::False => Some(()),
            Kind::Byte => self.pass(1),
            Kind::Integer => self.varint().map(drop),
            Kind::Double => self.pass(8),
            Kind::Uuid => self.pass(16),
            Kind::Binary => {
                let len = self.varint()?;
                self.pass(len)
            }
            Kind::Struct => self.fields(|thrift, _, kind| thrift.skip_within(kind, depth)),
            Kind::List => {
                let (len, kind) = self.list()?;
                (0..len).try_for_each(|_| self.skip_element(kind, depth))
            }
            Kind::Map => {
                let len = self.varint()?;
                if len == 0 {
                    return Some(());
                }
                let kinds = self.byte()?;
                let (key, value) = (Kind::of(kinds >> 4)?, Kind::of(kinds & 0x0F)?);
                (0..len).try_for_each(|_| {
                    self.skip_element(key, depth)?;
                    self.skip_element(value, depth)
                })
            }
        }
    }

    /// In a list a boolean takes a byte; in a field it is part of the field's header.
    fn skip_element(&mut self, kind: Kind, depth: usize) -> Option<()> {
        if matches!(kind, Kind::True | Kind::False) { self.pass(1) } else { self.skip_within(kind, depth) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_structure_is_read_field_by_field_and_what_is_not_wanted_is_skipped() {
        // 1: i32 -3; 2: binary "ab"; 3: list of two i32; 5: true; 20: struct { 1: i32 1 }.
        let bytes = [0x15, 0x05, 0x18, 2, b'a', b'b', 0x19, 0x25, 2, 4, 0x21, 0x0C, 40, 0x15, 2, 0, 0, 9];
        let (mut thrift, mut seen) = (Thrift::new(&bytes), Vec::new());
        let whole = thrift.fields(|thrift, id, kind| {
            seen.push((id, kind));
            if id == 1 {
                assert_eq!(thrift.integer()?, -3);
                return Some(());
            }
            thrift.skip(kind)
        });
        assert_eq!((whole, thrift.read(), thrift.elements), (Some(()), bytes.len() - 1, 2));
        let kinds = [(1, Kind::Integer), (2, Kind::Binary), (3, Kind::List), (5, Kind::True), (20, Kind::Struct)];
        assert_eq!(seen, kinds);
    }

    #[test]
    fn lengths_beyond_the_bytes_endless_integers_and_deep_structures_are_refused() {
        // A list of one integer, then one of 2^64 - 1; the field 2^63 - 1, then the one after it.
        let lists = [&[0x19, 0x15, 2, 0x19, 0xF5][..], &[0xFF; 9], &[1, 0]].concat();
        let ids = [&[0x05, 0xFE][..], &[0xFF; 8], &[1, 2, 0x15, 2, 0]].concat();
        let short = [&[8, 0xFF, 0xFF, 0x7F][..], &[0x19, 0xFC, 0xFF, 0xFF, 0x7F], &[0x15, 0x80], &[0x15; 3]];
        for bytes in short.into_iter().chain([&lists[..], &ids]) {
            let mut thrift = Thrift::new(bytes);
            assert_eq!(thrift.fields(|thrift, _, kind| thrift.skip(kind)), None, "{bytes:?}");
        }
        assert_eq!(Thrift::new(&[0xFF; 12]).integer(), None);
        assert_eq!(Thrift::new(&[0x1C; 1000]).skip(Kind::Struct), None);
    }
}
