//! Do the dependencies of the library give the published results of their standards?
//!
//! The dependencies are HMAC-SHA-256 by `hmac` and `sha2`, configured as in this crate; HKDF-Expand as a single HMAC,
//! as for scope keys; and the Bech32m checksum in `text::decode`. `src/key.rs` (any message) and `src/lanes.rs`
//! (messages of up to 16 bytes) test the library's private HMAC with the same vectors.

use fugo::text::{TextError, decode};
use hmac::{Hmac, KeyInit, Mac};
use ring::hkdf;
use serde_json::Value;
use sha2::Sha256;

#[test]
fn hmac_gives_the_answers_of_rfc_4231() {
    let file = published(include_str!("../vectors/published/rfc4231.json"));
    let cases = file["cases"].as_array().expect("cases");
    for case in cases {
        let (key, data, mac) = (bytes(case, "key"), bytes(case, "data"), bytes(case, "mac"));
        assert_eq!(hmac(&key, &data)[..mac.len()], mac, "case {}", case["case"]);
        let ring_key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key);
        assert_eq!(ring::hmac::sign(&ring_key, &data).as_ref()[..mac.len()], mac, "ring, case {}", case["case"]);
    }
    assert_eq!(cases.len(), 7);
}

#[test]
fn hkdf_expand_gives_the_answers_of_rfc_5869_and_its_first_block_is_one_hmac() {
    let file = published(include_str!("../vectors/published/rfc5869.json"));
    let cases = file["cases"].as_array().expect("cases");
    for case in cases {
        let (prk, info, okm) = (bytes(case, "prk"), bytes(case, "info"), bytes(case, "okm"));
        assert_eq!(okm.len() as u64, case["L"].as_u64().expect("a length"));

        let mut expanded = vec![0; okm.len()];
        let parts = [&info[..]];
        let pseudorandom_key = hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, &prk);
        pseudorandom_key
            .expand(&parts, Length(okm.len()))
            .and_then(|okm| okm.fill(&mut expanded))
            .expect("a short output");
        assert_eq!(expanded, okm, "ring, case {}", case["case"]);

        // As for scope keys: HMAC(PRK, info ‖ 0x01) is the first 32 bytes.
        let message = [&info[..], &[0x01]].concat();
        assert_eq!(hmac(&prk, &message), okm[..32], "case {}", case["case"]);
    }
    assert_eq!(cases.len(), 3);
}

#[test]
fn hmac_judges_every_tag_of_wycheproof_as_published() {
    let file = published(include_str!("../vectors/published/wycheproof_hmac_sha256.json"));
    let (mut valid, mut invalid) = (0, 0);
    for group in file["testGroups"].as_array().expect("groups") {
        let tag_len = usize::try_from(group["tagSize"].as_u64().expect("a size")).expect("small") / 8;
        for case in group["tests"].as_array().expect("tests") {
            let mac = hmac(&bytes(case, "key"), &bytes(case, "msg"));
            let matches = mac[..tag_len] == bytes(case, "tag");
            match case["result"].as_str() {
                Some("valid") => valid += 1,
                Some("invalid") => invalid += 1,
                other => panic!("an unknown result: {other:?}"),
            }
            assert_eq!(matches, case["result"] == "valid", "tcId {}", case["tcId"]);
        }
    }
    assert_eq!(file["numberOfTests"], valid + invalid);
    assert!(valid > 0 && invalid > 0, "both answers occur");
}

/// `decode` gives `UnknownPart` for a matching checksum with an unknown human-readable part, and `Corrupted` for a
/// wrong checksum. So it shows the checksum's validity for strings of BIP-350, although none of them is a symbol.
#[test]
fn the_checksum_is_judged_as_bip_350_says_except_for_upper_case() {
    let file = published(include_str!("../vectors/published/bip350.json"));
    let (mut lower, mut upper) = (0, 0);
    for text in file["valid"].as_array().expect("valid strings") {
        let text = text.as_str().expect("text");
        if text.contains(|c: char| c.is_ascii_uppercase()) {
            assert_eq!(decode(text), Err(TextError::Corrupted), "{text}: a symbol has no upper case");
            assert_eq!(decode(text.to_ascii_lowercase()), Err(TextError::UnknownPart), "{text}, in lower case");
            upper += 1;
        } else {
            assert_eq!(decode(text), Err(TextError::UnknownPart), "{text}");
            lower += 1;
        }
        // The result depends on the last character.
        let mut other = text.to_ascii_lowercase().into_bytes();
        let last = other.last_mut().expect("a character");
        *last = if *last == b'q' { b'p' } else { b'q' };
        assert_eq!(decode(other), Err(TextError::Corrupted), "{text} with another last character");
    }
    assert_eq!((lower, upper), (6, 1));

    let invalid = file["invalid"].as_array().expect("invalid strings");
    for case in invalid {
        let text = case["text"].as_str().expect("text");
        assert_eq!(decode(text), Err(TextError::Corrupted), "{text}: {}", case["reason"]);
        // In JSON, BIP-350's bytes 0x7f and 0x80 are characters. As single bytes they are refused too.
        let latin: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
        assert_eq!(decode(latin.expect("code points below 256")), Err(TextError::Corrupted));
    }
    assert_eq!(invalid.len(), 14);
}

/// An output length for `ring`.
struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn published(file: &str) -> Value {
    serde_json::from_str(file).expect("JSON")
}

fn bytes(case: &Value, field: &str) -> Vec<u8> {
    hex::decode(case[field].as_str().expect("hex")).expect("hex")
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}
