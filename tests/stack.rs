//! Do calls that use keys and numbers leave them on the stack? A thread makes a call, and then looks at the memory below
//! its own frame, through `/proc/self/mem`. What a compiler puts there depends on the optimisation and on the processor:
//! `memory/frames` adds up what the instructions of all processors need.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod numbers;

use std::{collections::BTreeMap, fs::File, hint::black_box, os::unix::fs::FileExt, ptr, thread};

use fugo::{AnySymbolKey, MyNumber, RootKey, ScopeKey, batch::symbols_for_keys};
use numbers::number;

/// How much of the stack is looked at, and what a call may use of it.
const LOOKED_AT: usize = 256 << 10;
const STACK: usize = 2 << 20;

/// What is looked for.
struct Secrets {
    names: BTreeMap<[u8; 8], String>,
}

impl Secrets {
    /// The digits of numbers, as text and as SHA-256 reads them; and the words of the keys' states after their pads, two
    /// neighbours, or one in all lanes.
    fn new(numbers: &[MyNumber], keys: &[ScopeKey]) -> Self {
        let mut names = BTreeMap::new();
        let mut add = |piece: &[u8], name: &str| {
            names.insert(piece.try_into().expect("eight bytes"), name.to_owned());
        };
        for number in numbers {
            let text = number.expose_digits();
            let words: Vec<u8> = text.chunks(4).flat_map(|word| word.iter().rev()).copied().collect();
            for digits in [&text[..], &words] {
                add(&digits[..8], "a number");
                add(&digits[4..], "a number");
            }
        }
        for key in keys {
            key.expose_bytes().chunks(8).for_each(|piece| add(piece, "a key"));
            for pad in [0x36, 0x5c] {
                let words = state(key.expose_bytes(), pad);
                words.windows(2).for_each(|pair| add(&pair.concat(), "a state"));
                words.iter().for_each(|word| add(&[*word, *word].concat(), "a state"));
            }
        }
        Self { names }
    }

    fn found(&self, memory: &[u8]) -> BTreeMap<&str, usize> {
        let mut found = BTreeMap::new();
        for window in memory.windows(8) {
            if let Some(name) = self.names.get(window) {
                *found.entry(name.as_str()).or_default() += 1;
            }
        }
        found
    }
}

/// The words in memory of SHA-256's state after the block `key ⊕ pad`.
fn state(key: &[u8; 32], pad: u8) -> Vec<[u8; 4]> {
    let mut block = [pad; 64];
    block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
    let mut state =
        [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19_u32];
    sha2::block_api::compress256(&mut state, &[block]);
    state.iter().map(|word| word.to_ne_bytes()).collect()
}

/// What a call leaves below the frame of its caller.
fn left_by(call: impl FnOnce() + Send) -> Vec<u8> {
    let mut memory = vec![0; LOOKED_AT];
    thread::scope(|threads| {
        let look = || {
            let file = File::open("/proc/self/mem").expect("a process may read its own memory");
            made(call);
            let here = 0_u8;
            let start = ptr::from_ref(black_box(&here)).addr() - memory.len();
            file.read_exact_at(&mut memory, start as u64).expect("the thread's stack");
        };
        thread::Builder::new().stack_size(STACK).spawn_scoped(threads, look).expect("a thread");
    });
    memory
}

#[inline(never)]
fn made(call: impl FnOnce()) {
    call();
}

fn keys() -> Vec<ScopeKey> {
    let root = RootKey::from_bytes(&[0x5b; 32]);
    (1..=8).map(|epoch| root.scope_key(&format!("agency/nta/{epoch}").parse().expect("a scope"))).collect()
}

/// Every level is used by the last symbols of some batch, and the trial of levels needs a large one.
const COUNTS: [usize; 8] = [2, 7, 9, 16, 63, 64, 1_000, 2_000];

#[test]
fn symbols_of_many_leave_neither_numbers_nor_keys_on_the_stack() {
    let numbers: Vec<MyNumber> = (0..2_000).map(|nth| number(70_000_000_000 + nth * 7_919)).collect();
    let keys = keys();
    let secrets = Secrets::new(&numbers, &keys);
    let prepared: Vec<AnySymbolKey> = keys.iter().map(|key| AnySymbolKey::new(key).expect("a key")).collect();
    for count in COUNTS.into_iter().rev() {
        for many in [1, 2, 8] {
            let (all, numbers) = (prepared[..many].iter().collect::<Vec<_>>(), &numbers[..count]);
            let mut made = vec![vec![[0; 16]; count]; many];
            let mut out: Vec<&mut [_]> = made.iter_mut().map(Vec::as_mut_slice).collect();
            let left = left_by(|| symbols_for_keys(&all, numbers, &mut out).expect("keys for numbers"));
            assert_eq!(secrets.found(&left), BTreeMap::new(), "{count} numbers, {many} keys");
            assert!(left.iter().any(|byte| *byte != 0), "the call was made elsewhere");
        }
    }
}

#[test]
fn a_symbol_and_a_key_leave_neither_numbers_nor_keys_on_the_stack() {
    let (numbers, keys) = ([number(70_000_000_000)], keys());
    let secrets = Secrets::new(&numbers, &keys);
    let key = AnySymbolKey::new(&keys[0]).expect("a key");
    let left = left_by(|| assert!(black_box(key.symbol(&numbers[0])).is_ok()));
    assert_eq!(secrets.found(&left), BTreeMap::new());
    let left = left_by(|| drop(black_box(AnySymbolKey::new(&keys[0]))));
    assert_eq!(secrets.found(&left), BTreeMap::new());
    let left = left_by(|| drop(RootKey::from_bytes(&[0x5b; 32]).scope_key(keys[0].scope())));
    assert_eq!(secrets.found(&left), BTreeMap::new());
}

/// The control.
#[test]
fn what_a_call_leaves_on_the_stack_is_found() {
    let (numbers, keys) = ([number(70_000_000_000)], keys());
    let secrets = Secrets::new(&numbers, &keys);
    let leave = |bytes: &[u8], depth: usize| {
        #[expect(clippy::large_stack_arrays, reason = "it is what is looked at")]
        let mut frame = [0; 40 << 10];
        frame[depth..depth + bytes.len()].copy_from_slice(bytes);
        black_box(&frame);
    };
    let number = *numbers[0].expose_digits();
    let swapped: Vec<u8> = number.chunks(4).flat_map(|word| word.iter().rev()).copied().collect();
    let lanes = state(keys[0].expose_bytes(), 0x36)[3].repeat(16);
    for (bytes, name) in
        [(&number[..], "a number"), (&swapped, "a number"), (&lanes, "a state"), (&keys[0].expose_bytes()[..], "a key")]
    {
        for depth in [0, 1_000, 20_000, 39 << 10] {
            let left = left_by(|| leave(bytes, depth));
            assert!(secrets.found(&left).contains_key(name), "{name} at {depth}");
        }
    }
}
