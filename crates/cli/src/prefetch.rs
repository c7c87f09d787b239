//! Memory that is needed soon is fetched before it is needed. The processor does this by itself for bytes in order, and not
//! for rows in random order.

/// The bytes of a line of the processor's caches.
const LINE: usize = 64;
/// Its first level.
const L1: i32 = 0;

/// Fetches the bytes at `at` and some behind it, which a row of common length needs. It is a hint, and no bytes are read:
/// `at` may be any number.
#[inline]
pub(crate) fn prefetch(bytes: &[u8], at: usize) {
    for line in [0, LINE] {
        branches::prefetch_read_data::<_, L1>(bytes.as_ptr().wrapping_add(at).wrapping_add(line));
    }
}
