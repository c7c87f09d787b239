//! Do the committed corpora, and a fixed number of mutations of them, pass every check? This runs on a stable compiler,
//! without libFuzzer.

use std::{collections::BTreeSet, fs, path::PathBuf};

use fugo::{
    MyNumber,
    normalize::{LostZeros, normalize},
    text::decode,
};
use fugo_fuzz::{TARGETS, Target};

const MUTATIONS_OF_EACH: usize = 2_000;

fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("a corpus").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files.into_iter().map(|file| fs::read(file).expect("a readable file")).collect()
}

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut folders: Vec<String> = fs::read_dir(folder)
        .expect("the corpora")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    folders.sort();
    let mut names = TARGETS.map(|target| target.name);
    names.sort_unstable();
    assert_eq!(folders, names);
    for target in &TARGETS {
        assert!(corpus(target).len() >= 5, "{} has seeds", target.name);
    }
}

#[test]
fn every_file_of_every_corpus_passes() {
    for target in &TARGETS {
        for data in corpus(target) {
            (target.check)(&data);
        }
    }
}

#[test]
fn mutations_of_every_file_pass() {
    for target in &TARGETS {
        for_each_mutation(&corpus(target), target.check);
    }
}

/// The checks are meaningful only if inputs of every kind occur.
#[test]
fn the_corpora_and_their_mutations_reach_every_outcome() {
    let mut numbers = BTreeSet::new();
    let mut see_number = |data: &[u8]| {
        numbers.insert(MyNumber::parse(data).map_or_else(|error| error.kind().as_str(), |_| "strict"));
        match std::str::from_utf8(data).map(|text| normalize(text, LostZeros::Restore)) {
            Ok(Ok(normalized)) => numbers.extend(normalized.changes().names()),
            Ok(Err(error)) => drop(numbers.insert(error.kind().as_str())),
            Err(_) => drop(numbers.insert("no UTF-8")),
        }
    };
    let files = corpus(&TARGETS[0]);
    for data in &files {
        see_number(data);
    }
    for_each_mutation(&files, see_number);
    let expected = [
        "character",
        "check-digit",
        "empty",
        "full-width",
        "grouping",
        "invisibles",
        "length",
        "never-issued",
        "no UTF-8",
        "non-digit",
        "scientific-notation",
        "separators",
        "strict",
        "trimmed",
        "zeros-restored",
    ];
    assert_eq!(numbers.into_iter().collect::<Vec<_>>(), expected);

    let mut texts = BTreeSet::new();
    for data in corpus(&TARGETS[1]) {
        texts.insert(decode(data).map_or_else(|error| error.kind().as_str(), |decoded| decoded.purpose.name()));
    }
    let expected =
        ["agency", "corrupted", "eligibility", "insurers", "network", "portal", "registry", "research", "unknown-part"];
    assert_eq!(texts.into_iter().collect::<Vec<_>>(), expected);
}

/// Some mutations of each file, the same in every run: SplitMix64 from a fixed seed.
fn for_each_mutation(files: &[Vec<u8>], mut check: impl FnMut(&[u8])) {
    let mut state = 0_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % below as u64) as usize
    };
    let likely = b"0123456789 -.qpzry9x8gf2tvdw0s3jn54khce6mua7l,\"\r\n";
    for file in files {
        for _ in 0..MUTATIONS_OF_EACH {
            let mut data = file.clone();
            for _ in 0..=random(4) {
                let at = random(data.len() + 1);
                match random(6) {
                    0 => data.insert(at, random(256) as u8),
                    1 => data.truncate(at),
                    2 if at < data.len() => data[at] ^= 1 << random(8),
                    3 if at < data.len() => drop(data.remove(at)),
                    4 if at < data.len() => data[at] = likely[random(likely.len())],
                    // A piece of another file, so that two texts are combined.
                    _ => {
                        let other = &files[random(files.len())];
                        let from = random(other.len() + 1);
                        let to = from + random(other.len() - from + 1);
                        data.splice(at..at, other[from..to].iter().copied());
                    }
                }
            }
            check(&data);
        }
    }
}
