//! The committed corpora, and mutations of them.

use std::{
    fs,
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
};

use fugo_fuzz::Target;

/// The files of a target's corpus, in the order of their names.
pub fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("a corpus").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files.into_iter().map(|file| fs::read(file).expect("a readable file")).collect()
}

/// Some mutations of each file, the same in every run: SplitMix64 from a fixed seed.
pub fn for_each_mutation(files: &[Vec<u8>], of_each: usize, mut check: impl FnMut(&[u8])) {
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
        for _ in 0..of_each {
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
            let passes = panic::catch_unwind(AssertUnwindSafe(|| check(&data)));
            if let Err(fault) = passes {
                eprintln!("the input: {}", data.escape_ascii());
                panic::resume_unwind(fault);
            }
        }
    }
}
