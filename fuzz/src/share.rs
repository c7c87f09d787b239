//! Shares of a root key: their file and their line, compared with the `bech32` crate; and splitting, spoiling and
//! joining, compared with interpolation over a plain field.

use bech32::{Bech32m, primitives::decode::CheckedHrpstring};
use data_encoding::HEXLOWER;
use fugo::{KEY_LEN, RootKey};
use fugo_keystore::{Key, KeyFile, KeyFileError, SealedKeyFile, Share, ShareError, Unlock, Use, fuzzing};

use crate::{planted::Fault, random::Seeded};

/// The first byte chooses: the rest is the text of a share, or a root key, a threshold, a choice of shares and edits.
pub fn check(data: &[u8]) {
    match data.split_first() {
        Some((b'f', _)) => text(data),
        Some((first, rest)) => joined(*first, rest),
        None => {}
    }
}

fn read(text: &[u8]) -> Option<Share> {
    let file = SealedKeyFile::from_bytes(text).ok()?;
    Share::unlock(&file, &Unlock::default().with_test_keys()).ok()
}

fn text(data: &[u8]) {
    let Ok(file) = SealedKeyFile::from_bytes(data) else { return };
    let found = Share::unlock(&file, &Unlock::default().with_test_keys());
    let expected = model(data);
    match (found, expected) {
        (Ok(share), Some(line)) => {
            assert_eq!(line.usage, Use::Test);
            assert_eq!((share.threshold(), share.index(), share.usage()), (line.threshold, line.index, line.usage));
            assert_eq!((share.tag().to_bytes(), usize::from(share.count())), (line.tag, line.checks));
            // An accepted text is exactly the text that is written.
            assert_eq!(fuzzing::share_text(&share).as_bytes(), data);
        }
        (Err(KeyFileError::PlaintextProduction), Some(line)) => assert_eq!(line.usage, Use::Production),
        (Err(error), None) => assert!(!error.to_string().contains("share1")),
        (found, expected) => panic!("{found:?}, and the model accepts: {}", expected.is_some()),
    }
}

struct Line {
    usage: Use,
    threshold: u8,
    index: u8,
    tag: [u8; 4],
    checks: usize,
}

/// What the text of a share says.
fn model(data: &[u8]) -> Option<Line> {
    let lines: Vec<&str> = std::str::from_utf8(data).ok()?.strip_suffix('\n')?.split('\n').collect();
    let ["fugo-share 1", line, salt, checks] = lines[..] else { return None };
    let is_hex = |text: &str| HEXLOWER.decode(text.as_bytes()).is_ok_and(|bytes| bytes.len() == 32);
    let checks: Vec<&str> = checks.strip_prefix("checks: ")?.split(',').collect();
    let are_good = is_hex(salt.strip_prefix("salt: ")?) && checks.iter().all(|check| is_hex(check));
    (are_good && (2..=32).contains(&checks.len())).then_some(())?;
    let line = line.strip_prefix("share: ")?;
    (line.len() == 88 && line.bytes().all(|byte| !byte.is_ascii_uppercase())).then_some(())?;
    let decoded = CheckedHrpstring::new::<Bech32m>(line).ok()?;
    let usage = match decoded.hrp().as_str() {
        "fugoshare" => Use::Production,
        "testshare" => Use::Test,
        _ => return None,
    };
    let payload: Vec<u8> = decoded.byte_iter().collect();
    let [1, threshold @ 2..=32, index @ 1..=32, _, _, _, _, _, _, t1, t2, t3, t4, value @ ..] = &payload[..] else {
        return None;
    };
    let tag = [*t1, *t2, *t3, *t4];
    (value.len() == KEY_LEN).then_some(Line { usage, threshold: *threshold, index: *index, tag, checks: checks.len() })
}

/// Splits a key, takes shares in an order, edits some, and joins those that are still shares.
fn joined(first: u8, rest: &[u8]) {
    let Some(([count, picks, edits], rest)) = rest.split_first_chunk::<3>() else { return };
    let Some((key, choice)) = rest.split_first_chunk::<KEY_LEN>() else { return };
    let (count, threshold) = (count % 40, first % 36);
    let root = KeyFile::root(RootKey::from_bytes(key), Use::Test);
    let seed = choice
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let shares = Share::split_with(&root, threshold, count, Seeded(seed));
    let is_allowed = (2..=count).contains(&threshold) && count <= 32;
    let shares = match shares {
        Ok(shares) => shares,
        Err(error) => return assert!(matches!(error, ShareError::Threshold) && !is_allowed),
    };
    assert!(is_allowed && shares.len() == usize::from(count));

    let mut random = Seeded(seed ^ 1);
    let picks = usize::from(picks % 40);
    let picked: Vec<&Share> = (0..picks).map(|_| &shares[random.next() as usize % shares.len()]).collect();
    let mut texts: Vec<Vec<u8>> = picked.iter().map(|share| fuzzing::share_text(share).as_bytes().to_vec()).collect();
    let are_edited = !texts.is_empty() && !edits.is_multiple_of(4);
    if are_edited {
        for _ in 0..edits % 4 {
            let nth = random.next() as usize % texts.len();
            let at = random.next() as usize % texts[nth].len();
            texts[nth][at] = b"0123456789abcdefqpzry,\n: "[random.next() as usize % 25];
        }
    }
    let read: Vec<Share> = texts.iter().filter_map(|text| read(text)).collect();
    let unedited = texts.iter().zip(&picked).all(|(text, share)| *text == fuzzing::share_text(share).as_bytes());
    let mut indexes: Vec<u8> = read.iter().map(Share::index).collect();
    indexes.sort_unstable();
    let all = indexes.len();
    indexes.dedup();
    match Share::join(&read) {
        Ok(file) => {
            let Key::Root(found) = file.key() else { panic!("a root key") };
            let mut found = *found.expose_bytes();
            found[0] ^= u8::from(read.len() > 4 && Fault::ShareJoin.is_planted());
            assert_eq!(found, *key);
            assert!(all >= usize::from(threshold) && indexes.len() == all);
            assert_eq!(interpolated(&read), *key);
        }
        Err(error) => {
            if unedited {
                match error {
                    ShareError::TooFew { .. } => assert!(all < usize::from(threshold)),
                    ShareError::Twice { .. } => assert!(indexes.len() < all),
                    error => panic!("{error}"),
                }
            }
            assert!(error.position().is_none_or(|position| position < read.len()));
        }
    }
}

/// The value at 0 of the polynomials through these shares, byte by byte.
fn interpolated(shares: &[Share]) -> [u8; KEY_LEN] {
    let points: Vec<(u8, Vec<u8>)> = shares
        .iter()
        .map(|share| {
            let line = share.line();
            let payload: Vec<u8> = CheckedHrpstring::new::<Bech32m>(&line).expect("a line").byte_iter().collect();
            (share.index(), payload[13..].to_vec())
        })
        .collect();
    let mut key = [0; KEY_LEN];
    for (at, value) in points.iter().map(|(at, value)| (*at, value)) {
        let others = points.iter().map(|point| point.0).filter(|other| *other != at);
        let weight = others.fold(1, |product, other| times(product, times(other, inverse(other ^ at))));
        key.iter_mut().zip(value).for_each(|(byte, value)| *byte ^= times(weight, *value));
    }
    key
}

/// The product in GF(2^8) with the polynomial of AES, bit by bit.
fn times(a: u8, b: u8) -> u8 {
    (0..8).rev().fold(0, |product: u8, bit| {
        let doubled = product << 1 ^ if product & 0x80 == 0 { 0 } else { 0x1b };
        doubled ^ if b >> bit & 1 == 1 { a } else { 0 }
    })
}

fn inverse(a: u8) -> u8 {
    (1..=255).find(|b| times(a, *b) == 1).expect("not zero")
}
