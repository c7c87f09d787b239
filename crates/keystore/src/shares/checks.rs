//! The check value of a share, by which a spoilt share is named. It says nothing about the key.
//!
//! `check := SHA-256("fugo" ‖ 0x01 ‖ "share" ‖ use ‖ threshold ‖ count ‖ index ‖ set ‖ tag ‖ salt ‖ value)`, all fields
//! of fixed width. The salt is 32 random bytes that only the share itself has. So whoever has the check values of all
//! shares, and fewer shares than the threshold, cannot try keys: a guess of the key gives the missing values, but not
//! the missing salts.
//!
//! Every share has the check values of all. A share that was altered together with its own list still differs from the
//! lists of the others.

use sha2::{Digest, Sha256};

use super::{Share, ShareError};
use crate::key_file::Use;

pub(super) const CHECK_LEN: usize = 32;
pub(super) type Check = [u8; CHECK_LEN];

impl Share {
    /// The check value of this share in a set of `count` shares.
    pub(super) fn check_value(&self, count: u8) -> Check {
        let usage = u8::from(self.usage == Use::Production);
        Sha256::new()
            .chain_update(b"fugo\x01share")
            .chain_update([usage, self.threshold, count, self.index])
            .chain_update(self.set)
            .chain_update(self.tag.to_bytes())
            .chain_update(*self.salt)
            .chain_update(*self.value)
            .finalize()
            .into()
    }

    /// Whether the share is the one that these check values are of.
    pub(super) fn fits(&self, checks: &[Check]) -> bool {
        let own = usize::from(self.index).checked_sub(1).and_then(|at| checks.get(at));
        own.is_some_and(|own| *own == self.check_value(checks.len() as u8))
    }
}

/// The check values that all shares have, or more than half of them.
pub(super) fn agreed_checks(shares: &[Share]) -> Result<&[Check], ShareError> {
    let votes = |checks: &[Check]| shares.iter().filter(|share| share.checks == checks).count();
    let agreed = shares.iter().map(|share| &share.checks[..]).find(|checks| votes(checks) * 2 > shares.len());
    agreed.ok_or(ShareError::Disagree)
}
