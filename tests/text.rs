//! Is the text form Bech32m over tag and symbol, and is only its exact spelling accepted?
//!
//! The `bech32` crate is the oracle.
//!
//! **Every error of up to four substituted characters is refused.** The argument has three steps. (1) A substitution in
//! the data characters changes one value of five bits. In the human-readable part, a substitution of a letter by a
//! letter also changes one value, because all lower-case letters have the same high bits. Any other substitution there
//! gives a part that is not one of the seven, which is refused with any checksum. A `1` in the data moves the
//! separator, but no part contains a `1` or is that long; and a text whose `1` is replaced has no separator. So an
//! accepted text would differ from the original in one to four values. (2)
//! `no_error_of_up_to_four_values_has_a_good_checksum` enumerates all errors of one and two values over the longest
//! text. Their effects on the checksum are all different, and none is zero. The checksum is linear, so an undetected
//! error of up to four values would consist of two such errors with the same effect. (3) The checksum in that test is
//! the library's: `the_checksum_is_linear_and_the_one_enumerated`.

use bech32::{Bech32, Bech32m, Hrp, primitives::decode::CheckedHrpstring};
use fugo::{
    KeyTag, MyNumber, Purpose,
    normalize::{LostZeros, NormalizeError, normalize},
    text::{Decoded, SymbolText, TextEncoder, TextError, decode},
};
use proptest::{prelude::*, sample::Index};

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

fn purposes() -> Vec<Purpose> {
    Purpose::all().collect()
}

fn text_of(purpose: Purpose, payload: &[u8; 20]) -> SymbolText {
    let (tag, symbol) = payload.split_first_chunk::<4>().expect("20 bytes");
    TextEncoder::new(purpose, KeyTag::from_bytes(*tag)).encode(symbol.try_into().expect("16 bytes"))
}

/// The result of the `bech32` crate: part and bytes, if the text is valid and has 20 bytes in 32 characters.
fn oracle(text: &[u8]) -> Option<(String, [u8; 20])> {
    let text = std::str::from_utf8(text).ok()?;
    let checked = CheckedHrpstring::new::<Bech32m>(text).ok()?;
    let is_whole = checked.data_part_ascii_no_checksum().len() == 32 && text.len() <= 90;
    let bytes = checked.byte_iter().collect::<Vec<_>>().try_into().ok()?;
    (is_whole && text == text.to_lowercase()).then(|| (checked.hrp().to_string(), bytes))
}

/// The oracle's result if the part is one of the seven, and the result of `decode`.
fn both(text: &[u8]) -> (Option<Known>, Result<Decoded, TextError>) {
    let known = oracle(text).and_then(|(part, bytes)| Some((Purpose::from_text_part(&part)?, bytes)));
    (known, decode(text))
}

type Known = (Purpose, [u8; 20]);

fn payload_of(decoded: &Decoded) -> [u8; 20] {
    let mut payload = [0; 20];
    payload[..4].copy_from_slice(&decoded.tag.to_bytes());
    payload[4..].copy_from_slice(&decoded.symbol);
    payload
}

/// Payloads of several kinds: constant, counting, single bits.
fn payloads() -> Vec<[u8; 20]> {
    let mut payloads = vec![[0; 20], [0xff; 20], std::array::from_fn(|i| i as u8), [0x5a; 20]];
    payloads.extend((0..20).map(|at| std::array::from_fn(|i| if i == at { 0x81 } else { 0 })));
    payloads
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn encoding_is_that_of_the_bech32_crate(purpose in prop::sample::select(purposes()), payload: [u8; 20]) {
        let text = text_of(purpose, &payload);
        let hrp = Hrp::parse(purpose.text_part()).expect("a part");
        prop_assert_eq!(text.as_str(), bech32::encode::<Bech32m>(hrp, &payload).expect("short enough"));
        prop_assert_eq!(text.len(), purpose.text_part().len() + 1 + 32 + 6);
        let decoded = decode(text).expect("decodes");
        prop_assert_eq!((decoded.purpose, payload_of(&decoded)), (purpose, payload));
        // The other two ways to write the text form.
        let encoder = TextEncoder::new(purpose, decoded.tag);
        let mut out = [b'#'; 50];
        encoder.encode_into(&decoded.symbol, &mut out);
        prop_assert_eq!(encoder.text_len(), text.len());
        prop_assert_eq!(&out[..text.len()], text.as_bytes());
        prop_assert!(out[text.len()..].iter().all(|byte| *byte == b'#'), "nothing behind the text is touched");
    }

    #[test]
    fn decoding_agrees_with_the_bech32_crate_near_good_texts(
        purpose in prop::sample::select(purposes()),
        payload: [u8; 20],
        edits in prop::collection::vec((0..4_u8, any::<Index>(), any::<u8>()), 0..4),
    ) {
        let mut text = text_of(purpose, &payload).as_bytes().to_vec();
        for (edit, at, byte) in edits {
            let at = at.index(text.len());
            match edit {
                0 => text[at] = ALPHABET[usize::from(byte) % 32],
                1 => text[at] = byte,
                2 => text.insert(at, ALPHABET[usize::from(byte) % 32]),
                _ => drop(text.remove(at)),
            }
        }
        let (oracle, ours) = both(&text);
        prop_assert_eq!(ours.ok().map(|decoded| (decoded.purpose, payload_of(&decoded))), oracle);
    }

    #[test]
    fn decoding_agrees_with_the_bech32_crate_for_any_part_and_length(
        part in prop_oneof![
            3 => prop::sample::select(purposes()).prop_map(|purpose| purpose.text_part().to_owned()),
            2 => "[!-@\\[-~]{1,20}",
        ],
        data in prop::collection::vec(any::<u8>(), 0..45),
        old_checksum: bool,
    ) {
        let hrp = Hrp::parse(&part).expect("a part");
        let encode = if old_checksum { bech32::encode::<Bech32> } else { bech32::encode::<Bech32m> };
        let Ok(text) = encode(hrp, &data) else { return Ok(()) };
        let expected = match Purpose::from_text_part(&part) {
            _ if old_checksum || text.len() > 90 => Err(TextError::Corrupted),
            None => Err(TextError::UnknownPart),
            Some(_) if data.len() != 20 => Err(TextError::Corrupted),
            Some(purpose) => Ok((purpose, data)),
        };
        let found = decode(&text).map(|decoded| (decoded.purpose, payload_of(&decoded).to_vec()));
        prop_assert_eq!(found, expected, "{}", text);
    }

    #[test]
    fn up_to_four_substituted_characters_are_always_refused(
        purpose in prop::sample::select(purposes()),
        payload: [u8; 20],
        substitutions in prop::collection::vec((any::<Index>(), prop_oneof![
            4 => prop::sample::select(ALPHABET.to_vec()),
            1 => any::<u8>(),
        ]), 2..=4),
    ) {
        let good = text_of(purpose, &payload);
        let mut text = good.as_bytes().to_vec();
        for (at, byte) in substitutions {
            text[at.index(good.len())] = byte;
        }
        prop_assume!(text != good.as_bytes());
        prop_assert!(decode(&text).is_err());
    }

    #[test]
    fn arbitrary_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..120), text: String) {
        for bytes in [&bytes[..], text.as_bytes()] {
            let (oracle, ours) = both(bytes);
            prop_assert_eq!(oracle, None);
            prop_assert!(ours.is_err());
        }
    }

    /// The argument covers all texts: the first character is a letter of a part, and so neither a digit nor a
    /// separator. Scientific notation starts with a digit. So the first character is enough to refuse the text.
    #[test]
    fn no_text_is_or_normalises_to_a_number(purpose in prop::sample::select(purposes()), payload: [u8; 20]) {
        let text = text_of(purpose, &payload);
        prop_assert!(text.starts_with(|c: char| c.is_ascii_lowercase()));
        prop_assert_eq!(MyNumber::parse(text), Err(fugo::MyNumberError::NonDigit { offset: 0 }));
        for lost_zeros in [LostZeros::Refuse, LostZeros::Restore] {
            let refusal = NormalizeError::Character { offset: 0 };
            prop_assert_eq!(normalize(&text, lost_zeros), Err(refusal));
        }
    }
}

#[test]
fn every_single_substitution_by_any_byte_is_refused_as_corrupted() {
    let mut tried = 0;
    for purpose in Purpose::all() {
        for payload in payloads() {
            let good = text_of(purpose, &payload);
            assert!(decode(good).is_ok());
            let mut text = good.as_bytes().to_vec();
            for at in 0..text.len() {
                for byte in (0..=u8::MAX).filter(|byte| *byte != good.as_bytes()[at]) {
                    text[at] = byte;
                    assert_eq!(decode(&text), Err(TextError::Corrupted), "{good} with byte {byte} at {at}");
                    tried += 1;
                }
                text[at] = good.as_bytes()[at];
            }
        }
    }
    // 24 payloads; 317 positions in the seven texts of each.
    assert_eq!(tried, 24 * 317 * 255);
}

#[test]
fn every_lost_and_every_added_character_is_refused() {
    for purpose in Purpose::all() {
        for payload in payloads() {
            let good = text_of(purpose, &payload);
            for at in 0..=good.len() {
                let (head, tail) = good.as_bytes().split_at(at);
                if let Some((_, tail)) = tail.split_first() {
                    assert!(decode([head, tail].concat()).is_err(), "{good} without place {at}");
                }
                for byte in 0..=u8::MAX {
                    assert!(decode([head, &[byte], tail].concat()).is_err(), "{good} with byte {byte} at {at}");
                }
            }
            assert_eq!(decode([good.as_bytes(), good.as_bytes()].concat()), Err(TextError::Corrupted));
        }
    }
    assert_eq!(decode(""), Err(TextError::Corrupted));
}

#[test]
fn upper_case_is_refused_although_bech32_allows_it() {
    for purpose in Purpose::all() {
        let good = text_of(purpose, &payloads()[3]);
        let upper = good.to_ascii_uppercase();
        assert!(CheckedHrpstring::new::<Bech32m>(&upper).is_ok(), "the checksum is good");
        assert_eq!(decode(&upper), Err(TextError::Corrupted));
        for at in 0..good.len() {
            let mut mixed = good.as_bytes().to_vec();
            mixed[at].make_ascii_uppercase();
            let expected = if mixed == good.as_bytes() { Ok(()) } else { Err(TextError::Corrupted) };
            assert_eq!(decode(&mixed).map(|_| ()), expected);
        }
    }
}

#[test]
fn white_space_is_refused_at_the_ends_and_inside() {
    let good = text_of(Purpose::Agency, &payloads()[3]);
    for space in [" ", "\t", "\n", "\r\n", "\u{3000}", "\u{A0}", "\u{200B}", "\u{FEFF}", "\0"] {
        for at in [0, 3, 6, 20, good.len()] {
            let text = format!("{}{space}{}", &good[..at], &good[at..]);
            assert_eq!(decode(&text), Err(TextError::Corrupted), "{text:?}");
        }
    }
}

#[test]
fn wrong_purpose_is_said_before_wrong_key_and_both_only_after_a_good_checksum() {
    let (right, other) = (KeyTag::from_bytes([1, 2, 3, 4]), KeyTag::from_bytes([1, 2, 3, 5]));
    for expected in Purpose::all() {
        for found in Purpose::all() {
            for tag in [right, other] {
                let text = TextEncoder::new(found, tag).encode(&[9; 16]);
                let reader = TextEncoder::new(expected, right);
                let outcome = if expected != found {
                    Err(TextError::WrongPurpose { expected, found })
                } else if tag != right {
                    Err(TextError::WrongKey { expected: right, found: other })
                } else {
                    Ok([9; 16])
                };
                assert_eq!(reader.decode(text), outcome);
                let mut corrupted = text.as_bytes().to_vec();
                let last = corrupted.last_mut().expect("a character");
                *last = if *last == b'q' { b'p' } else { b'q' };
                assert_eq!(reader.decode(corrupted), Err(TextError::Corrupted));
            }
        }
    }
}

#[test]
fn encoding_into_too_short_a_slice_panics() {
    let encoder = TextEncoder::new(Purpose::Agency, KeyTag::from_bytes([0; 4]));
    let panics = |len: usize| std::panic::catch_unwind(|| encoder.encode_into(&[0; 16], &mut vec![0; len])).is_err();
    assert!(panics(43) && !panics(44) && !panics(45));
}

/// BIP-173's checksum, continued by one value.
fn step(state: u32, value: u32) -> u32 {
    let generator = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let shifted = (state & 0x01ff_ffff) << 5 ^ value;
    (0..5).filter(|i| state >> 25 >> i & 1 == 1).fold(shifted, |state, i| state ^ generator[i])
}

/// The state of a Bech32m text whose checksum is right (BIP-350).
const BECH32M: u32 = 0x2bc8_30a3;

/// The state of the checksum after a part, in upper or lower case.
fn after(part: &str) -> u32 {
    let high = part.bytes().map(|c| u32::from(c >> 5)).chain([0]);
    high.chain(part.bytes().map(|c| u32::from(c & 31))).fold(1, step)
}

fn written(part: &str, values: impl Iterator<Item = u8>) -> String {
    format!("{part}1{}", values.map(|value| char::from(ALPHABET[usize::from(value)])).collect::<String>())
}

/// A part and some values as a text with the checksum of exactly these bytes.
fn checksummed(part: &str, values: &[u8]) -> String {
    let data = values.iter().map(|value| u32::from(*value)).chain([0; 6]);
    let checksum = data.fold(after(part), step) ^ BECH32M;
    written(part, values.iter().copied().chain((0..6).map(|i| (checksum >> (25 - 5 * i) & 31) as u8)))
}

#[test]
fn a_text_without_a_part_or_with_half_a_checksum_is_corrupted_though_its_state_is_right() {
    assert_eq!(decode(checksummed("", &[7; 32])), Err(TextError::Corrupted));
    // Five values set the low 25 bits of the state. After some parts its high bits are right too.
    let mut found = 0;
    for part in ('a'..='z').flat_map(|a| ('a'..='z').map(move |b| format!("{a}{b}"))) {
        let rest = (0..5).fold(after(&part), |state, _| step(state, 0)) ^ BECH32M;
        if rest >> 25 == 0 {
            found += 1;
            let values = (0..5).map(|i| rest >> (20 - 5 * i) & 31);
            assert_eq!(values.clone().fold(after(&part), step), BECH32M);
            assert_eq!(decode(written(&part, values.map(|value| value as u8))), Err(TextError::Corrupted), "{part}");
        }
    }
    assert!(found > 0);
}

#[test]
fn a_text_is_printed_as_it_is_and_padded_on_request() {
    let text = text_of(Purpose::Insurers, &[7; 20]);
    assert_eq!((text.len(), SymbolText::MAX_LEN), (47, 47));
    assert_eq!((format!("{text}"), format!("{text:>49}")), (text.as_str().to_owned(), format!("  {}", text.as_str())));
}

#[test]
fn debug_shows_purpose_and_tag_and_no_symbol() {
    let decoded = decode(checksummed("kikan", &[7; 32])).expect("a good text");
    assert_eq!(format!("{decoded:?}"), format!("Decoded(agency, {}, ..)", decoded.tag));
}

#[test]
fn an_upper_case_part_is_corrupted_even_under_a_checksum_that_counts_it_in() {
    assert!(decode(checksummed("kikan", &[7; 32])).is_ok());
    assert_eq!(decode(checksummed("kikanx", &[7; 32])), Err(TextError::UnknownPart));
    for part in ["KIKAN", "Kikan", "kikaN", "X"] {
        assert_eq!(decode(checksummed(part, &[7; 32])), Err(TextError::Corrupted), "{part}");
    }
}

/// The effect on the checksum of a change of `value`, after `steps` more values. The checksum is linear, so the effects
/// of changes are combined by XOR.
fn effect(value: u32, steps: usize) -> u32 {
    (0..steps).fold(value, |state, _| step(state, 0))
}

/// Whether all errors of one and of two values, over `places` values, have different effects that are not zero.
fn all_effects_differ(places: usize, effect: impl Fn(u32, usize) -> u32) -> bool {
    let singles: Vec<(usize, u32)> = (0..places)
        .flat_map(|steps| (1..32).map(move |value| (steps, value)))
        .map(|(s, v)| (s, effect(v, s)))
        .collect();
    let mut effects: Vec<u32> = singles.iter().map(|(_, effect)| *effect).chain([0]).collect();
    for (i, (place, a)) in singles.iter().enumerate() {
        effects.extend(singles[i + 1..].iter().filter(|(other, _)| other != place).map(|(_, b)| a ^ b));
    }
    let count = effects.len();
    assert_eq!(count, 1 + 31 * places + 31 * 31 * places * (places - 1) / 2);
    effects.sort_unstable();
    effects.dedup();
    effects.len() == count
}

#[test]
fn no_error_of_up_to_four_values_has_a_good_checksum() {
    // `hokensha`: eight high parts, a zero, eight low parts, 32 of data, 6 of checksum.
    let longest = 8 + 1 + 8 + 32 + 6;
    assert!(all_effects_differ(longest, effect));
    // The enumeration can also fail: four checksum values instead of six have too few effects.
    assert!(!all_effects_differ(longest, |value, steps| effect(value, steps) & 0x000f_ffff));
}

#[test]
fn the_checksum_is_linear_and_the_one_enumerated() {
    // A change of one data value, with the change of the checksum that the enumeration computes, gives a valid text.
    for purpose in Purpose::all() {
        let good = text_of(purpose, &payloads()[3]);
        let part = purpose.text_part().len();
        let value_of = |c: u8| ALPHABET.iter().position(|letter| *letter == c).expect("in the alphabet");
        for place in 0..32 {
            for change in 1..32 {
                let mut text = good.as_bytes().to_vec();
                let at = part + 1 + place;
                text[at] = ALPHABET[value_of(text[at]) ^ change];
                let effect = effect(change as u32, 31 - place + 6);
                for (i, c) in text.iter_mut().rev().take(6).enumerate() {
                    *c = ALPHABET[value_of(*c) ^ (effect >> (5 * i) & 31) as usize];
                }
                let decoded = decode(&text).expect("a good checksum");
                assert_ne!(payload_of(&decoded), payloads()[3]);
            }
        }
    }
}
