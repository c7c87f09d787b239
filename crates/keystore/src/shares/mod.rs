//! Shares of a root key: any `threshold` of them give the key, and fewer say nothing about it except its tag.
//!
//! Shamir's scheme over GF(2^8) with the polynomial of AES, byte by byte (`vsss-rs`). A share is the values of 32
//! polynomials at its index. The line of a share is in `line.rs`, its file in `file.rs`, its check value in `checks.rs`.
//! `vsss-rs` does not wipe the polynomials that it frees; the tool's allocator does.

mod checks;
mod error;
mod file;
mod line;

use std::fmt;

use fugo::{KEY_LEN, KeyTag, RootKey};
use getrandom::{SysRng, rand_core::CryptoRng};
use vsss_rs::Gf256;
use zeroize::{Zeroize, Zeroizing};

use self::checks::{Check, agreed_checks};
pub use self::error::ShareError;
use crate::key_file::{Key, KeyFile, TestKeys, Use};

/// The most shares of a key.
pub const MAX_SHARES: u8 = 32;

const SET_LEN: usize = 6;
const SALT_LEN: usize = 32;

/// One share of a root key. It is wiped on drop. `Debug` prints only the type.
#[derive(Clone)]
pub struct Share {
    usage: Use,
    threshold: u8,
    index: u8,
    set: [u8; SET_LEN],
    tag: KeyTag,
    value: Zeroizing<[u8; KEY_LEN]>,
    salt: Zeroizing<[u8; SALT_LEN]>,
    /// The check values of all shares of the set, in the order of their indexes.
    checks: Vec<Check>,
}

impl Share {
    /// Splits a root key into `count` shares, of which any `threshold` join.
    pub fn split(root: &KeyFile, threshold: u8, count: u8) -> Result<Vec<Self>, ShareError> {
        Self::split_with(root, threshold, count, getrandom::rand_core::UnwrapErr(SysRng))
    }

    /// The same with random bytes of the caller's. They must come from a generator for keys.
    pub fn split_with(
        root: &KeyFile,
        threshold: u8,
        count: u8,
        mut random: impl CryptoRng,
    ) -> Result<Vec<Self>, ShareError> {
        let Key::Root(key) = root.key() else {
            return Err(ShareError::NotARootKey);
        };
        if threshold < 2 || threshold > count || count > MAX_SHARES {
            return Err(ShareError::Threshold);
        }
        let mut set = [0; SET_LEN];
        random.fill_bytes(&mut set);
        let points = Gf256::split_bytes(threshold.into(), count.into(), key.expose_bytes(), &mut random)
            .unwrap_or_else(|_| unreachable!("the threshold and the count were checked"));
        let mut shares: Vec<Self> = Vec::with_capacity(points.len());
        for mut point in points {
            let mut share = Self {
                usage: root.usage(),
                threshold,
                index: point[0],
                set,
                tag: key.tag(),
                value: Zeroizing::new([0; KEY_LEN]),
                salt: Zeroizing::new([0; SALT_LEN]),
                checks: Vec::new(),
            };
            share.value.copy_from_slice(&point[1..]);
            point.zeroize();
            random.fill_bytes(&mut *share.salt);
            shares.push(share);
        }
        let checks: Vec<Check> = shares.iter().map(|share| share.check_value(count)).collect();
        shares.iter_mut().for_each(|share| share.checks.clone_from(&checks));
        Ok(shares)
    }

    /// Joins shares to the root key. A share that does not fit the others is named by its position among them, from 0.
    pub fn join(shares: &[Self]) -> Result<KeyFile, ShareError> {
        let Some(first) = shares.first() else {
            return Err(ShareError::TooFew { found: 0, needed: None });
        };
        for (position, share) in shares.iter().enumerate() {
            if !share.fits(&share.checks) {
                return Err(ShareError::Spoilt { position });
            }
            if share.set != first.set {
                return Err(ShareError::OtherSet { position });
            }
            if let Some(earlier) = shares[..position].iter().position(|earlier| earlier.index == share.index) {
                return Err(ShareError::Twice { position, earlier });
            }
        }
        let checks = agreed_checks(shares)?;
        if let Some(position) = shares.iter().position(|share| share.checks != checks) {
            return Err(ShareError::Spoilt { position });
        }
        if shares.len() < usize::from(first.threshold) {
            return Err(ShareError::TooFew { found: shares.len(), needed: Some(first.threshold) });
        }
        let mut points: Vec<Vec<u8>> =
            shares.iter().map(|share| [&[share.index][..], &*share.value].concat()).collect();
        let joined = Gf256::combine_bytes(&points).map(Zeroizing::new);
        points.iter_mut().for_each(Zeroize::zeroize);
        let joined = joined.ok().and_then(|bytes| Some(RootKey::from_bytes(bytes.first_chunk()?)));
        let key = joined.filter(|key| key.tag() == first.tag).ok_or(ShareError::OtherKey)?;
        let file = KeyFile::root(key, first.usage);
        file.check(TestKeys::Allow)?;
        Ok(file)
    }

    /// The number of the share in its set, from 1.
    pub fn index(&self) -> u8 {
        self.index
    }

    /// How many shares join.
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// How many shares the set has.
    pub fn count(&self) -> u8 {
        // At most MAX_SHARES.
        self.checks.len() as u8
    }

    /// The use of the key.
    pub fn usage(&self) -> Use {
        self.usage
    }

    /// The tag of the root key.
    pub fn tag(&self) -> KeyTag {
        self.tag
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Share(..)")
    }
}

#[cfg(test)]
mod tests;
