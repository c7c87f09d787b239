//! The position of a row in the input.

use std::fmt;

/// Record (the header is 0), line (from 1) and byte offset (from 0) of a row, in sixteen bytes. A row of a table has
/// a record, counted from 1, and no line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) record: u64,
    pub(crate) line: u64,
    pub(crate) byte: u64,
}

impl Position {
    pub(crate) const LEN: usize = 16;
    /// The bytes of the record, which come first.
    pub(crate) const RECORD_LEN: usize = 5;

    /// Limits: 40 bits of record, 40 bits of line, 48 bits of byte offset. These are 10^12 rows and 280 terabytes.
    pub(crate) fn pack(self) -> [u8; Self::LEN] {
        let packed = u128::from(self.record) << 88 | u128::from(self.line) << 48 | u128::from(self.byte);
        packed.to_be_bytes()
    }

    pub(crate) fn unpack(bytes: [u8; Self::LEN]) -> Self {
        let packed = u128::from_be_bytes(bytes);
        let bits = |shift: u32, width: u32| (packed >> shift) as u64 & ((1 << width) - 1);
        Self { record: bits(88, 40), line: bits(48, 40), byte: bits(0, 48) }
    }
}

/// `record,line,byte`, as in the rejects and duplicates files.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{},,", self.record),
            line => write!(f, "{},{line},{}", self.record, self.byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Position;

    #[test]
    fn a_position_packs_and_unpacks_and_sorts_by_record() {
        let a = Position { record: 7, line: 9, byte: 1 << 47 };
        let b = Position { record: 8, line: (1 << 40) - 1, byte: 0 };
        assert_eq!((Position::unpack(a.pack()), Position::unpack(b.pack())), (a, b));
        assert!(a.pack() < b.pack());
        let of_table = Position { record: (1 << 40) - 1, line: 0, byte: 0 };
        assert!(of_table.pack()[Position::RECORD_LEN..].iter().all(|byte| *byte == 0));
    }
}
