//! Compares every level that the machine supports with `hmac`, `ring` and published answers.

use alloc::{vec, vec::Vec};
use core::array;

use ::hmac::{Hmac, KeyInit, Mac};
use multiversion::{inherit_target, multiversion, target::match_target};
use proptest::prelude::{any, prop};
use ring::hmac;
use serde_json::Value;
use sha2::Sha256;

use super::{
    choice::{LANES_FIRST, SHA_FIRST},
    *,
};

type Symbol = [u8; MAC_LEN];

/// A column of symbols for each key, with these levels. Checks that each symbol is written once and in order.
fn columns<const LEN: usize>(levels: &[Level], keys: &[[u8; KEY_LEN]], messages: &[[u8; LEN]]) -> Vec<Vec<Symbol>> {
    let prepared: Vec<PreparedKey> = keys.iter().map(PreparedKey::new).collect();
    let prepared: Vec<&PreparedKey> = prepared.iter().collect();
    let mut columns = vec![Vec::new(); keys.len()];
    derive::<KEYS, LEN>(
        levels,
        &prepared,
        messages.len(),
        |i| Fixed::published(messages[i]),
        |k, i, symbol| {
            assert_eq!(columns[k].len(), i);
            columns[k].push(symbol);
        },
    );
    columns
}

fn by_ring<const LEN: usize>(keys: &[[u8; KEY_LEN]], messages: &[[u8; LEN]]) -> Vec<Vec<Symbol>> {
    let column = |key: &[u8; KEY_LEN]| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        let symbol = |message| hmac::sign(&key, message).as_ref()[..MAC_LEN].try_into().expect("16 bytes");
        messages.iter().map(|message: &[u8; LEN]| symbol(message)).collect()
    };
    keys.iter().map(column).collect()
}

/// Lists of levels, each starting at another level. The levels after the first handle the messages that it leaves.
fn forced() -> impl Iterator<Item = &'static [Level]> {
    const TAILS: [Level; 3] = [Level::Avx2, Level::ShaNi, Level::Plain];
    let first = (0..LANES_FIRST.len()).map(|first| &LANES_FIRST[first..]);
    first.chain([&TAILS[..], &SHA_FIRST])
}

/// One message, whose length is known only at run time, at every level, alone and together with others in every lane.
fn derive_one(key: &[u8; KEY_LEN], message: &[u8]) -> Symbol {
    macro_rules! by_length {
        ($($len:literal)*) => {
            match message.len() {
                $($len => {
                    let message: [u8; $len] = message.try_into().expect("this length");
                    let mut answers = forced().map(|levels| columns(levels, &[*key], &[message; 9]));
                    let first = answers.next().expect("a level");
                    answers.for_each(|other| assert_eq!(other, first));
                    assert_eq!(first, [[first[0][0]; 9]]);
                    first[0][0]
                })*
                _ => panic!("longer than any message"),
            }
        };
    }
    by_length!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
}

#[test]
fn the_kernel_gives_every_published_answer_to_a_message_that_it_takes() {
    let rfc: Value = serde_json::from_str(include_str!("../../vectors/published/rfc4231.json")).expect("JSON");
    let wycheproof = include_str!("../../vectors/published/wycheproof_hmac_sha256.json");
    let wycheproof: Value = serde_json::from_str(wycheproof).expect("JSON");
    let rfc = rfc["cases"].as_array().expect("cases").iter().map(|case| (case, "data", "mac"));
    let groups = wycheproof["testGroups"].as_array().expect("groups").iter();
    let tests = groups.flat_map(|group| group["tests"].as_array().expect("tests"));
    let (mut right, mut wrong) = (0, 0);
    for (case, message, mac) in rfc.chain(tests.map(|case| (case, "msg", "tag"))) {
        let bytes = |field: &str| hex::decode(case[field].as_str().expect("hex")).expect("hex");
        let (key, message, mac) = (bytes("key"), bytes(message), bytes(mac));
        let mut padded = [0; KEY_LEN];
        if key.len() > KEY_LEN || message.len() > MAX_LEN {
            continue;
        }
        padded[..key.len()].copy_from_slice(&key);
        let matches = derive_one(&padded, &message)[..] == mac[..MAC_LEN];
        // Some invalid tags of 32 bytes differ only after the first sixteen bytes.
        if mac.len() == MAC_LEN || case["result"] != "invalid" {
            assert_eq!(matches, case["result"] != "invalid", "{}", case["comment"]);
            *(if matches { &mut right } else { &mut wrong }) += 1;
        }
    }
    assert!(right > 8 && wrong > 8, "{right} right and {wrong} wrong answers were judged");
}

#[test]
fn every_level_agrees_with_ring_for_every_message_length() {
    let key: [u8; KEY_LEN] = array::from_fn(|i| i as u8);
    let ring = hmac::Key::new(hmac::HMAC_SHA256, &key);
    for len in 0..=MAX_LEN {
        let message: Vec<u8> = (0..len).map(|i| 0xa0 ^ i as u8).collect();
        assert_eq!(derive_one(&key, &message)[..], hmac::sign(&ring, &message).as_ref()[..MAC_LEN]);
    }
}

#[test]
fn every_message_is_answered_once_in_order_whatever_the_counts_of_messages_and_keys() {
    let keys: [[u8; KEY_LEN]; KEYS] = array::from_fn(|k| [k as u8 + 7; KEY_LEN]);
    let messages: Vec<[u8; 12]> = (0..1000_u64).map(|i| array::from_fn(|at| i.to_be_bytes()[at % 8])).collect();
    let answers = by_ring(&keys, &messages);
    for levels in forced() {
        for count in (0..=2 * STAGE + 9).chain([1000]) {
            for taken in if count > 40 { 1..=2 } else { 0..=KEYS } {
                let found = columns(levels, &keys[..taken], &messages[..count]);
                assert_eq!(found.len(), taken);
                found.iter().zip(&answers).for_each(|(found, answers)| assert_eq!(*found, answers[..count]));
            }
        }
    }
}

/// Steele, Lea and Flood's SplitMix64: the same bytes in every run.
struct Random(u64);

impl Random {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }

    fn bytes<const LEN: usize>(&mut self) -> [u8; LEN] {
        array::from_fn(|_| self.word() as u8)
    }
}

#[test]
fn every_level_agrees_with_hmac_on_200_000_random_messages_under_random_keys() {
    fn agree<const LEN: usize>(random: &mut Random) -> usize {
        let keys = [random.bytes(), random.bytes()];
        let messages: Vec<[u8; LEN]> = (0..random.word() % 200).map(|_| random.bytes()).collect();
        let column = |key: &[u8; KEY_LEN]| {
            let prepared = Hmac::<Sha256>::new_from_slice(key).expect("any length is a key");
            let answer = |message| prepared.clone().chain_update(message).finalize().into_bytes();
            messages.iter().map(|message| answer(message)[..MAC_LEN].try_into().expect("16 bytes")).collect()
        };
        let answers: Vec<Vec<Symbol>> = keys.iter().map(column).collect();
        forced().for_each(|levels| assert_eq!(columns(levels, &keys, &messages), answers));
        messages.len()
    }
    let mut random = Random(1);
    let mut judged = 0;
    while judged < 200_000 {
        judged += agree::<12>(&mut random) + agree::<16>(&mut random);
    }
}

/// A level that the processor lacks was not tested. The test prints this, and fails in CI.
#[cfg(all(target_arch = "x86_64", feature = "std"))]
#[test]
fn a_processor_uses_the_instructions_that_it_has_and_no_level_goes_untested_unsaid() {
    use std::{env, io::Write, is_x86_feature_detected as has};

    let (key, messages) = (PreparedKey::new(&[0; KEY_LEN]), [[0; 4]; 17]);
    let mut out = [[[0; 4]; STAGE]];
    let (has_sha_ni, has_avx2, has_avx512) =
        (has!("sha") && has!("sse4.1"), has!("avx2"), Level::Avx512.is_available());
    let mut done = |level: Level, done| level.symbols::<12>(&[&key], &messages, &mut out, done);
    assert_eq!(done(Level::ShaNi, 0), if has_sha_ni { 17 } else { 0 });
    assert_eq!(done(Level::ShaNi, 5), if has_sha_ni { 17 } else { 5 });
    // These levels leave the last messages to the next level.
    assert_eq!(done(Level::Avx2, 0), if has_avx2 { 16 } else { 0 });
    assert_eq!(done(Level::Avx512, 0), if has_avx512 { 16 } else { 0 });
    assert_eq!((done(Level::Avx2, 16), done(Level::Avx512, 10)), (16, 10));
    let named: &[&str] = match (has_sha_ni, has_avx512, has_avx2) {
        (true, true, _) => &["sha-ni", "avx512"],
        (true, false, _) => &["sha-ni"],
        (false, true, _) => &["avx512"],
        (false, false, true) => &["avx2"],
        (false, false, false) => &["portable"],
    };
    assert!(named.contains(&level()), "{}", level());
    for (level, has, needed) in
        [("SHA extensions", has_sha_ni, true), ("AVX2", has_avx2, true), ("AVX-512", has_avx512, false)]
    {
        if !has {
            // Direct to standard error: the test runner shows the output of `eprintln` only if the test fails.
            let _ = writeln!(std::io::stderr(), "skipped: the kernel's level for {level}: this processor lacks them");
            // Few machines have all of them. The algorithm of AVX-512 is tested on any machine, below.
            assert!(!needed || env::var_os("CI").is_none_or(|ci| ci != "true"), "{level}: not tested");
        }
    }
}

/// Without std nothing asks the processor.
#[cfg(all(target_arch = "x86_64", not(feature = "std")))]
#[test]
fn without_std_a_level_is_used_if_the_build_turns_its_instructions_on() {
    let turned_on = cfg!(all(target_feature = "sha", target_feature = "ssse3", target_feature = "sse4.1"));
    assert_eq!(Level::ShaNi.is_available(), turned_on);
    assert_eq!(Level::Avx2.is_available(), cfg!(target_feature = "avx2"));
}

/// Sixteen lanes without wide registers: what [`avx512`] does, on any machine.
#[multiversion(targets("x86_64+sse2"))]
fn in_sixteen_lanes<const LEN: usize>(keys: &[&PreparedKey], messages: &[Words], out: &mut [Digests]) -> usize {
    match_target! {
        _ => {
            use super::{constants::K, wide::{derive_in_lanes, padding, sixteen_times}};

            const LANES: usize = 16;
            const WORTH: usize = 8;

            type Word = [u32; LANES];

            #[inherit_target]
            fn all(word: u32) -> Word {
                [word; LANES]
            }

            #[inherit_target]
            fn from_words(words: &[Words; 4]) -> Word {
                words.as_flattened().try_into().expect("sixteen words")
            }

            #[inherit_target]
            fn to_words(word: Word) -> [Words; 4] {
                word.as_chunks().0.try_into().expect("sixteen words")
            }

            #[inherit_target]
            fn transposed(words: [Word; 4]) -> [Word; 4] {
                array::from_fn(|row| array::from_fn(|lane| words[lane % 4][lane - lane % 4 + row]))
            }

            #[inherit_target]
            fn add(a: Word, b: Word) -> Word {
                array::from_fn(|i| a[i].wrapping_add(b[i]))
            }

            /// A function of three bits by its table, as `_mm512_ternarylogic_epi32` has it.
            #[inherit_target]
            fn of_table(table: u32, a: Word, b: Word, c: Word) -> Word {
                let bit = |word: u32, at: u32| word >> at & 1;
                array::from_fn(|i| {
                    (0..32).fold(0, |sum, at| {
                        let index = bit(a[i], at) << 2 | bit(b[i], at) << 1 | bit(c[i], at);
                        sum | bit(table, index) << at
                    })
                })
            }

            #[inherit_target]
            fn choice(e: Word, f: Word, g: Word) -> Word {
                of_table(0b1100_1010, e, f, g)
            }

            #[inherit_target]
            fn majority(a: Word, b: Word, c: Word) -> Word {
                of_table(0b1110_1000, a, b, c)
            }

            #[inherit_target]
            fn rotated<const RIGHT: u32, const LEFT: u32>(word: Word) -> Word {
                word.map(|word| word.rotate_right(RIGHT))
            }

            #[inherit_target]
            fn shifted<const RIGHT: u32>(word: Word) -> Word {
                word.map(|word| word >> RIGHT)
            }

            #[inherit_target]
            fn xor(a: Word, b: Word, c: Word) -> Word {
                of_table(0b1001_0110, a, b, c)
            }

            derive_in_lanes!(keys, messages, out, 0, LEN)
        },
    }
}

#[test]
fn sixteen_lanes_agree_with_the_plain_level_and_leave_small_groups() {
    fn agree<const LEN: usize>() {
        let keys = [PreparedKey::new(&[1; KEY_LEN]), PreparedKey::new(&[2; KEY_LEN])];
        let keys = [&keys[0], &keys[1]];
        for count in [0, 7, 8, 15, 16, 17, 24, 40, 64] {
            let messages: Vec<Words> = (0..count).map(|i| padded(&[i as u8 ^ 0x35; LEN])).collect();
            let (mut found, mut expected) = ([[[0; 4]; STAGE]; 2], [[[0; 4]; STAGE]; 2]);
            let done = in_sixteen_lanes::<LEN>(&keys, &messages, &mut found);
            assert_eq!(done, if count % 16 < 8 { count - count % 16 } else { count });
            plain::<LEN>(&keys, &messages, &mut expected, 0);
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!(found[..done], expected[..done]);
            }
        }
    }
    agree::<12>();
    agree::<16>();
}

proptest::proptest! {
    #[test]
    fn every_level_agrees_with_ring_on_any_keys_and_messages(
        keys in prop::collection::vec(any::<[u8; KEY_LEN]>(), 1..=KEYS),
        numbers in prop::collection::vec(any::<[u8; 12]>(), 0..150),
        insurers in prop::collection::vec(any::<[u8; 16]>(), 0..150),
    ) {
        let answers = (by_ring(&keys, &numbers), by_ring(&keys, &insurers));
        for levels in forced() {
            assert_eq!((columns(levels, &keys, &numbers), columns(levels, &keys, &insurers)), answers);
        }
    }
}
