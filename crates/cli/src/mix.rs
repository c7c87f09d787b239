//! The finaliser of SplitMix64. It mixes the hashes of an audit and the draws of a made-up roster. It is not
//! cryptographic.

/// A bijection of 64-bit words. Each bit of the input changes about half of the bits of the output.
pub(crate) fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}
