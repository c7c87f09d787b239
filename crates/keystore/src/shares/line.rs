//! The line of a share: Bech32m (BIP-350) over
//! `version (1) ‖ threshold (1) ‖ index (1) ‖ set (6) ‖ key tag (4) ‖ value (32)`.
//!
//! The human-readable part is `fugoshare`, and for a test key `testshare`. 45 bytes are exactly 72 characters without
//! padding bits. All 88 characters together are within the 90 for which Bech32m finds every error of up to four
//! characters.

use bech32::{Bech32m, Hrp, primitives::decode::CheckedHrpstring};
use fugo::{KEY_LEN, KeyTag};
use zeroize::Zeroizing;

use super::{MAX_SHARES, SET_LEN, Share};
use crate::key_file::Use;

const VERSION: u8 = 1;
const PAYLOAD_LEN: usize = 3 + SET_LEN + KeyTag::LEN + KEY_LEN;
const LINE_LEN: usize = 9 + 1 + PAYLOAD_LEN * 8 / 5 + 6;
const _: () = assert!(PAYLOAD_LEN.is_multiple_of(5) && LINE_LEN <= 90);

/// What the line of a share says.
pub(super) struct Line {
    pub(super) usage: Use,
    pub(super) threshold: u8,
    pub(super) index: u8,
    pub(super) set: [u8; SET_LEN],
    pub(super) tag: KeyTag,
    pub(super) value: Zeroizing<[u8; KEY_LEN]>,
}

impl Share {
    /// The line of the share, for a custodian who keeps it on paper, and for joining it without this program.
    pub fn line(&self) -> Zeroizing<String> {
        let mut payload = Zeroizing::new([0; PAYLOAD_LEN]);
        payload[..3].copy_from_slice(&[VERSION, self.threshold, self.index]);
        let (set, rest) = payload[3..].split_at_mut(SET_LEN);
        set.copy_from_slice(&self.set);
        let (tag, value) = rest.split_at_mut(KeyTag::LEN);
        tag.copy_from_slice(&self.tag.to_bytes());
        value.copy_from_slice(&*self.value);
        let mut line = Zeroizing::new(String::with_capacity(LINE_LEN));
        let part = Hrp::parse_unchecked(part(self.usage));
        bech32::encode_lower_to_fmt::<Bech32m, _>(&mut *line, part, &*payload)
            .unwrap_or_else(|_| unreachable!("the length is within the limit"));
        line
    }
}

fn part(usage: Use) -> &'static str {
    match usage {
        Use::Production => "fugoshare",
        Use::Test => "testshare",
    }
}

/// Reads the line of a share; `None` if it is not one. Only the spelling that [`Share::line`] writes is accepted.
pub(super) fn parse(text: &str) -> Option<Line> {
    if text.len() != LINE_LEN || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let decoded = CheckedHrpstring::new::<Bech32m>(text).ok()?;
    let usage = [Use::Production, Use::Test].into_iter().find(|usage| part(*usage) == decoded.hrp().as_str())?;
    let mut payload = Zeroizing::new([0; PAYLOAD_LEN]);
    let mut bytes = decoded.byte_iter();
    for byte in payload.iter_mut() {
        *byte = bytes.next()?;
    }
    let [version, threshold, index] = *payload.first_chunk()?;
    let is_known = version == VERSION && (2..=MAX_SHARES).contains(&threshold) && (1..=MAX_SHARES).contains(&index);
    let (set, rest) = payload[3..].split_at(SET_LEN);
    let (tag, value) = rest.split_at(KeyTag::LEN);
    let tag = KeyTag::from_bytes(*tag.first_chunk()?);
    let line =
        Line { usage, threshold, index, set: *set.first_chunk()?, tag, value: Zeroizing::new(*value.first_chunk()?) };
    (is_known && bytes.next().is_none()).then_some(line)
}
