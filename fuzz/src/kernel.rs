//! The kernel: symbols of batches of numbers, compared with four implementations of HMAC-SHA-256.

use fugo::{AnySymbolKey, EligibilityKey, KEY_LEN, MyNumber, RootKey, SYMBOL_LEN, Scope, SymbolKey, batch, flat, mac};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::planted::Fault;

/// The digits of a body, and how many bytes of the input one body takes.
const BODIES: u64 = 100_000_000_000;
const STEP: usize = 5;

/// A root key, the number of keys, the number of symbols in a batch, and bodies.
pub fn check(data: &[u8]) {
    let Some((root, rest)) = data.split_first_chunk::<KEY_LEN>() else { return };
    let Some(([keys, size, more], rest)) = rest.split_first_chunk::<3>() else { return };
    let bodies: Vec<u64> = rest.as_chunks::<STEP>().0.iter().map(|five| number_of(*five) % BODIES).collect();
    if bodies.is_empty() {
        return;
    }
    // Up to 255, or up to 2,000 for batches of several chunks.
    let count = usize::from(*size) + if more.is_multiple_of(16) { 7 * usize::from(*more) } else { 0 };
    let numbers: Vec<MyNumber> = (0..count)
        .map(|i| (bodies[i % bodies.len()] + (i / bodies.len()) as u64) % BODIES)
        .filter(|body| *body > 0)
        .map(number)
        .collect();
    let root = RootKey::from_bytes(root);
    let key = |scope: &str| root.scope_key(&scope.parse::<Scope>().expect("a scope"));
    let both = (key("insurers/all/1"), key("eligibility/all/1"));

    let mut all = Vec::new();
    for nth in 1..=usize::from(keys % 11) + 1 {
        all.push(if nth % 4 == 0 {
            AnySymbolKey::eligibility(&both.0, &both.1).expect("both keys")
        } else {
            AnySymbolKey::new(&key(&format!("agency/a/{nth}"))).expect("a key for numbers")
        });
    }
    let mut columns = vec![vec![[0; SYMBOL_LEN]; numbers.len()]; all.len()];
    let mut out: Vec<&mut [[u8; SYMBOL_LEN]]> = columns.iter_mut().map(Vec::as_mut_slice).collect();
    batch::symbols_for_keys(&all.iter().collect::<Vec<_>>(), &numbers, &mut out).expect("keys for numbers");
    if let [first, .., last] = &mut columns[0][..]
        && numbers.len() > 64
        && Fault::KernelTail.is_planted()
    {
        *last = *first;
    }

    let typed = SymbolKey::<fugo::Agency>::new(&key("agency/a/1")).expect("an agency");
    let mut alone = vec![fugo::AgencySymbol::from_bytes([0; SYMBOL_LEN]); numbers.len()];
    typed.symbols(&numbers, &mut alone);
    assert!(alone.iter().zip(&columns[0]).all(|(symbol, bytes)| symbol.as_bytes() == bytes));

    let eligibility = EligibilityKey::new(&both.0, &both.1).expect("both keys");
    let rows: Vec<[u8; MyNumber::LEN]> = numbers.iter().map(|number| *number.expose_digits()).collect();
    let mut flat = vec![[0; SYMBOL_LEN]; rows.len()];
    let refused = flat::symbols(&all[0], &rows, None, &mut flat, |_, _| {}).expect("a key for numbers");
    assert_eq!((refused, &flat), (0, &columns[0]));

    // One implementation for each number in turn, and all of them for the first and the last.
    for (i, number) in numbers.iter().enumerate() {
        let digits = number.expose_digits();
        let is_end = i == 0 || i + 1 == numbers.len();
        let turn = if is_end { 0..4 } else { i % 4..i % 4 + 1 };
        for (nth, column) in all.iter().zip(&columns) {
            let scope = nth.scope();
            for which in turn.clone() {
                let of = |scope: &Scope, message: &[u8]| by(which, root.scope_key(scope).expose_bytes(), message);
                let expected = if scope.purpose() == fugo::Purpose::Eligibility {
                    of(scope, &of(both.0.scope(), digits))
                } else {
                    of(scope, digits)
                };
                assert_eq!(column[i], expected, "implementation {which}");
            }
        }
        if is_end {
            assert_eq!(typed.symbol(number).to_bytes(), columns[0][i]);
            let symbol = mac::symbol(&Holder(*key("agency/a/1").expose_bytes()), number).expect("an answer");
            assert_eq!(symbol, columns[0][i]);
            assert_eq!(all[0].symbol(number).expect("a key for numbers"), columns[0][i]);
            let first = eligibility.insurers().symbol(number);
            assert_eq!(eligibility.symbol(number), eligibility.eligibility().symbol_from_insurers(&first));
        }
    }
}

/// `HMAC-SHA-256(key, message)[0..16]`.
fn by(which: usize, key: &[u8; KEY_LEN], message: &[u8]) -> [u8; SYMBOL_LEN] {
    let mac: Vec<u8> = match which {
        0 => {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }
        1 => ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key), message).as_ref().to_vec(),
        2 => libcrux_hmac::hmac(libcrux_hmac::Algorithm::Sha256, key, message, None),
        _ => by_definition(key, message),
    };
    mac[..SYMBOL_LEN].try_into().expect("sixteen bytes")
}

/// RFC 2104, as it is written.
fn by_definition(key: &[u8; KEY_LEN], message: &[u8]) -> Vec<u8> {
    use sha2::Digest;
    let padded = |pad: u8| -> Vec<u8> {
        let mut block = [pad; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block.to_vec()
    };
    let inner = Sha256::digest([&padded(0x36)[..], message].concat());
    Sha256::digest([&padded(0x5c)[..], &inner].concat()).to_vec()
}

/// The holder of a key, as a token is one.
struct Holder([u8; KEY_LEN]);

impl mac::Mac for Holder {
    type Error = ();
    fn mac(&self, message: &[u8], out: &mut [u8; mac::MAC_LEN]) -> Result<(), ()> {
        out.copy_from_slice(&by_definition(&self.0, message));
        Ok(())
    }
}

fn number_of(five: [u8; STEP]) -> u64 {
    five.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

fn number(body: u64) -> MyNumber {
    let body = format!("{body:011}");
    let sum: u32 = body
        .bytes()
        .rev()
        .zip(1..)
        .map(|(digit, n)| u32::from(digit - b'0') * if n <= 6 { n + 1 } else { n - 5 })
        .sum();
    let digit = if sum % 11 <= 1 { 0 } else { 11 - sum % 11 };
    MyNumber::parse(format!("{body}{digit}")).expect("a valid number")
}
