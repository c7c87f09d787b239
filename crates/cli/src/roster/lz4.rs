//! An upper bound for the unpacked size of an LZ4 frame, from the headers of its blocks.

/// The first bytes of a frame.
pub(super) const MAGIC: [u8; 4] = 0x184D_2204_u32.to_le_bytes();

/// A byte of a packed block represents at most 255 bytes.
const RATIO: u64 = 255;

/// Whether a frame unpacks to about `claimed` bytes, or to at most what is allowed. The decoder reads the whole
/// frame, whatever size is claimed.
pub(super) fn fits(frame: &[u8], claimed: u64, allowed: u64) -> bool {
    // All blocks but the last are full, as writers make them.
    most(frame).is_some_and(|(most, block)| most <= claimed.saturating_add(block).max(allowed))
}

/// The maximum unpacked size of a frame, and of one of its blocks. `None` if the frame is not complete.
fn most(frame: &[u8]) -> Option<(u64, u64)> {
    let rest = frame.strip_prefix(&MAGIC)?;
    let (&flags, rest) = rest.split_first()?;
    let (&sizes, rest) = rest.split_first()?;
    let block = match sizes >> 4 & 7 {
        4 => 1 << 16,
        5 => 1 << 18,
        6 => 1 << 20,
        7 => 1 << 22,
        _ => return None,
    };
    let has = |bit: u8, len: usize| if flags >> bit & 1 == 1 { len } else { 0 };
    // The length of the content, the id of a dictionary, and a checksum of the header.
    let mut rest = rest.get(has(3, 8) + has(0, 4) + 1..)?;
    let mut most = 0_u64;
    loop {
        let (size, behind) = rest.split_first_chunk()?;
        let size = u32::from_le_bytes(*size);
        if size == 0 {
            return Some((most, block));
        }
        let len = (size & 0x7FFF_FFFF) as usize;
        most += if size >> 31 == 1 { len as u64 } else { (RATIO * len as u64).min(block) };
        rest = behind.get(len + has(4, 4)..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame whose blocks have these lengths. A negative length means that the block is not packed.
    fn frame(sizes: u8, blocks: &[i32]) -> Vec<u8> {
        let mut frame = [&MAGIC[..], &[0x60, sizes, 0]].concat();
        for len in blocks {
            let head = len.unsigned_abs() | if *len > 0 { 1 << 31 } else { 0 };
            frame.extend_from_slice(&head.to_le_bytes());
            frame.resize(frame.len() + len.unsigned_abs() as usize, 0);
        }
        frame.extend_from_slice(&[0; 4]);
        frame
    }

    #[test]
    fn a_frame_that_unpacks_to_more_than_it_claims_is_seen_from_the_heads_of_its_blocks() {
        let full = frame(0x40, &[-300; 10]);
        assert_eq!(most(&full), Some((10 << 16, 1 << 16)));
        assert!(fits(&full, 10 << 16, 0) && fits(&full, 9 << 16, 0) && fits(&full, 0, 10 << 16));
        assert!(!fits(&full, 1000, 1000));
        assert_eq!(most(&frame(0x70, &[5, -2, 7])), Some((5 + 510 + 7, 1 << 22)));
        for damaged in [&b"x"[..], &full[..20], &full[..full.len() - 1], &frame(0x10, &[1])] {
            assert_eq!(most(damaged), None);
        }
    }
}
