//! Are keys, prepared states and numbers wiped from memory when they are dropped?
//!
//! The value is put in a box whose address is kept as a number. The process reads its own memory through
//! `/proc/self/mem` before and after the drop. The allocator may overwrite the first sixteen bytes of freed memory, so
//! 32 bytes precede the value. Copies on the stack or in registers are not examined.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod numbers;

use std::{fs::File, hint::black_box, os::unix::fs::FileExt, ptr};

use fugo::{
    Agency, AnySymbolKey, Eligibility, EligibilityKey, Insurers, Lineage, MyNumber, RootKey, ScopeKey, SymbolKey,
    Translator,
    flat::Translation,
    normalize::{LostZeros, normalize},
};
use numbers::number;

const FRONT: usize = 32;

#[repr(C)]
struct Held<T> {
    front: [u8; FRONT],
    value: T,
}

/// A range of this process's memory, before and after `owner` is dropped. Nothing is allocated in between.
fn before_and_after<O>(owner: O, address: usize, len: usize) -> [Vec<u8>; 2] {
    let memory = File::open("/proc/self/mem").expect("a process may read its own memory");
    let mut found = [vec![0; len], vec![0; len]];
    let [before, after] = &mut found;
    black_box(&owner);
    memory.read_exact_at(before, address as u64).expect("the value is there");
    drop(owner);
    memory.read_exact_at(after, address as u64).expect("small pieces stay with the process");
    found
}

/// The bytes of a boxed value before and after it is dropped.
fn boxed<T>(value: T) -> [Vec<u8>; 2] {
    let held = Box::new(Held { front: [0; FRONT], value });
    assert_eq!(held.front, [0; FRONT]);
    let address = ptr::from_ref(&held.value).addr();
    before_and_after(held, address, size_of::<T>())
}

/// The shortest run that is searched. Shorter runs can be stack contents in the padding of a value, at most seven
/// bytes.
const RUN: usize = 8;

/// The positions of runs of eight bytes of the secret.
fn places(memory: &[u8], secret: &[u8]) -> Vec<usize> {
    let is_run = |window: &[u8]| secret.windows(RUN).any(|run| run == window);
    (0..(memory.len() + 1).saturating_sub(RUN)).filter(|at| is_run(&memory[*at..at + RUN])).collect()
}

/// Each secret is in the value this many times. After the drop, no run of it is left: zeros replace it. There may be
/// more runs before: an unused buffer in the value can hold old stack contents, which must be wiped as well.
fn is_wiped<T>(value: T, secrets: &[(&[u8], usize)]) {
    let [before, after] = boxed(value);
    for (secret, times) in secrets {
        let stood = places(&before, secret);
        assert!(stood.len() >= times * (secret.len() - RUN + 1), "before the drop");
        assert_eq!(places(&after, secret), [], "after the drop");
        for at in stood {
            assert_eq!(after[at..at + RUN], [0; RUN], "zeros where the secret was");
        }
    }
}

/// The bytes in memory of SHA-256's state after the block `key ⊕ pad`.
fn state(key: &[u8; 32], pad: u8) -> Vec<u8> {
    let mut block = [pad; 64];
    block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
    let mut state =
        [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19_u32];
    sha2::block_api::compress256(&mut state, &[block]);
    state.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

fn inner(key: &ScopeKey) -> Vec<u8> {
    state(key.expose_bytes(), 0x36)
}

fn outer(key: &ScopeKey) -> Vec<u8> {
    state(key.expose_bytes(), 0x5c)
}

fn key(scope: &str) -> ScopeKey {
    RootKey::from_bytes(&[0x5b; 32]).scope_key(&scope.parse().expect("a scope"))
}

#[test]
fn what_is_not_wiped_is_found_after_the_drop() {
    for len in [12, 32, 64, 300, 700] {
        let secret: Vec<u8> = (0..len).map(|i| 0x80 | i as u8 ^ (i >> 5) as u8).collect();
        let check = |[before, after]: [Vec<u8>; 2]| {
            assert!(places(&before, &secret).len() > len - RUN);
            assert_eq!(places(&after, &secret), places(&before, &secret), "{len} bytes");
        };
        match len {
            12 => check(boxed::<[u8; 12]>(secret.clone().try_into().expect("this length"))),
            32 => check(boxed::<[u8; 32]>(secret.clone().try_into().expect("this length"))),
            64 => check(boxed::<[u8; 64]>(secret.clone().try_into().expect("this length"))),
            300 => check(boxed::<[u8; 300]>(secret.clone().try_into().expect("this length"))),
            _ => check(boxed::<[u8; 700]>(secret.clone().try_into().expect("this length"))),
        }
    }
}

#[test]
fn a_wipe_that_misses_one_word_is_found_out() {
    struct Careless([u8; 32]);
    impl Drop for Careless {
        fn drop(&mut self) {
            zeroize::Zeroize::zeroize(&mut self.0[..28]);
        }
    }
    let secret: [u8; 32] = std::array::from_fn(|i| 0xc1 ^ i as u8);
    let found = std::panic::catch_unwind(|| is_wiped(Careless(secret), &[(&secret, 1)]));
    assert!(found.is_err());
}

#[test]
fn a_number_is_wiped() {
    let sample = number(12_345_678_901);
    is_wiped(sample.clone(), &[(b"123456789018", 1)]);
    is_wiped([sample.clone(), sample.clone(), sample], &[(b"123456789018", 3)]);
    is_wiped(Some(number(12_345_678_901)), &[(b"123456789018", 1)]);
}

#[test]
fn normalised_digits_are_wiped() {
    is_wiped(normalize(" 1234-5678-9018", LostZeros::Refuse).expect("twelve digits"), &[(b"123456789018", 1)]);
    is_wiped(normalize("123456789", LostZeros::Restore).expect("nine digits"), &[(b"000123456789", 1)]);
}

#[test]
fn root_keys_and_scope_keys_are_wiped() {
    let secret: [u8; 32] = std::array::from_fn(|i| 0xc1 ^ i as u8);
    is_wiped(RootKey::from_bytes(&secret), &[(&secret, 1)]);
    let derived = key("agency/nta/1");
    let secret = *derived.expose_bytes();
    is_wiped(derived, &[(&secret, 1)]);
}

#[test]
fn both_states_of_a_symbol_key_are_wiped() {
    let agency = key("agency/nta/1");
    let (inner, outer) = (inner(&agency), outer(&agency));
    let states: [(&[u8], usize); 3] = [(&inner, 1), (&outer, 1), (agency.expose_bytes(), 0)];
    is_wiped(SymbolKey::<Agency>::new(&agency).expect("an agency key"), &states);
    // A clone, and a key that was used before.
    let used = SymbolKey::<Agency>::new(&agency).expect("an agency key");
    let _ = used.symbol(&number(1));
    used.symbols(&[number(1)], &mut [fugo::AgencySymbol::from_bytes([0; 16])]);
    is_wiped(used.clone(), &states);
    is_wiped(used, &states);
    let eligibility = key("eligibility/all/1");
    let (inner, outer) = (self::inner(&eligibility), self::outer(&eligibility));
    is_wiped(SymbolKey::<Eligibility>::new(&eligibility).expect("a key"), &[(&inner, 1), (&outer, 1)]);
}

#[test]
fn a_key_for_numbers_is_wiped() {
    let agency = key("agency/nta/1");
    let states: [(&[u8], usize); 2] = [(&inner(&agency), 1), (&outer(&agency), 1)];
    is_wiped(AnySymbolKey::new(&agency).expect("a key for numbers"), &states);
}

#[test]
fn all_states_of_an_eligibility_key_are_wiped() {
    let (insurers, eligibility) = (key("insurers/all/1"), key("eligibility/all/1"));
    let states: [(&[u8], usize); 4] =
        [(&inner(&insurers), 1), (&outer(&insurers), 1), (&inner(&eligibility), 1), (&outer(&eligibility), 1)];
    is_wiped(EligibilityKey::new(&insurers, &eligibility).expect("both keys"), &states);
    is_wiped(AnySymbolKey::eligibility(&insurers, &eligibility).expect("both keys"), &states);
    is_wiped(AnySymbolKey::issuer(&eligibility).expect("the issuer's key"), &states[2..]);
    is_wiped(SymbolKey::<Insurers>::new(&insurers).expect("a key"), &states[..2]);
}

#[test]
fn the_numbers_of_a_lineage_are_wiped() {
    let pairs: Vec<(MyNumber, MyNumber)> = (1..=20).map(|i| (number(i * 7_919 + 40_000_000_000), number(i))).collect();
    let listed: Vec<MyNumber> = pairs.iter().map(|pair| pair.0.clone()).collect();
    let secrets: Vec<u8> = pairs.iter().flat_map(|(new, _)| new.expose_digits().to_vec()).collect();
    let lineage = Lineage::new(pairs).expect("twenty chains");
    // The address of the results is the address of the list. The first results are skipped, because the allocator may
    // overwrite them.
    let mut answers: Vec<usize> = listed.iter().map(|new| ptr::from_ref(lineage.first(new)).addr()).collect();
    answers.sort_unstable();
    let (start, end) = (answers[1], answers[19] + MyNumber::LEN);
    assert_eq!(end - start, 18 * 24 + 12);
    let [before, after] = before_and_after(lineage, start, end - start);
    assert!(places(&before, &secrets).len() >= 18 * (MyNumber::LEN - RUN + 1));
    assert_eq!(after, vec![0; after.len()]);
}

/// Symbols of thirty people in two scopes, in the order of the first ones.
fn symbols_of_two_scopes() -> ([AnySymbolKey; 2], [Vec<[u8; 16]>; 2]) {
    let keys = ["agency/nta/1", "agency/pension/1"].map(|scope| AnySymbolKey::new(&key(scope)).expect("a key"));
    let both = |body| keys.each_ref().map(|key| key.symbol(&number(body)).expect("a symbol"));
    let mut pairs: Vec<_> = (1..=30).map(both).collect();
    pairs.sort_unstable();
    (keys, [0, 1].map(|scope| pairs.iter().map(|pair| pair[scope]).collect()))
}

#[test]
fn the_asked_symbols_of_a_translator_are_wiped() {
    let ([from, to], [asked, _]) = symbols_of_two_scopes();
    let translator = Translator::new(&from, [&to], asked.clone()).expect("two keys");
    // The first symbols are skipped, because the allocator may overwrite them.
    let rest = &translator.asked()[2..];
    let (address, len) = (ptr::from_ref(&rest[0]).addr(), size_of_val(rest));
    let [before, after] = before_and_after(translator, address, len);
    assert_eq!(before, asked[2..].concat());
    assert_eq!(after, vec![0; len]);
}

#[test]
fn the_asked_rows_and_the_answers_of_a_translation_are_wiped() {
    let ([from, to], [asked, answers]) = symbols_of_two_scopes();
    let memory = File::open("/proc/self/mem").expect("a process may read its own memory");
    // The asked symbols are there twice: as rows, and in the translator.
    for (secret, nth) in [(&asked, 0), (&asked, 1), (&answers, 0)] {
        let mut translation = Translation::new(&from, &to, &asked).expect("two keys");
        translation.add_numbers(&(1..=30).map(number).collect::<Vec<_>>());
        let mut own = vec![0; size_of_val(&translation)];
        memory.read_exact_at(&mut own, ptr::from_ref(&translation).addr() as u64).expect("the value is there");
        let mut held = vec![0; 16 * secret.len()];
        let words = own.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().expect("eight bytes")));
        let mut vectors =
            words.filter(|word| memory.read_exact_at(&mut held, *word).is_ok() && held == secret.concat());
        let address = vectors.nth(nth).expect("a vector that holds them") as usize;
        // The first symbols are skipped, because the allocator may overwrite them.
        let [before, after] = before_and_after(translation, address + 32, 16 * secret.len() - 32);
        assert_eq!(before, secret.concat()[32..]);
        assert_eq!(after, vec![0; after.len()]);
    }
}
