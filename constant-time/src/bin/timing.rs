//! dudect: the time of an operation on one secret, and on random ones. A large |t| of Welch's test says that the times
//! differ. `constant-time/check` judges.
// The build with key files measures those alone.
#![cfg_attr(feature = "keystore", allow(dead_code, unused_imports))]

use std::hint::black_box;

use dudect_bencher::{
    BenchRng, Class, CtRunner, ctbench_main,
    rand::{Rng, RngCore},
};
use fugo::{
    AgencySymbol, AnySymbolKey, KEY_LEN, KeyTag, MyNumber, Purpose, RootKey, SYMBOL_LEN, batch,
    text::{TextEncoder, decode},
};
use fugo_constant_time::{agency, compares_early, looks_up, number, scope, several, works_by_bits};

const SAMPLES: usize = 40_000;

/// Times an operation on inputs of two classes in random order: the first input again and again, and new ones.
fn compare<T: Clone, U>(
    runner: &mut CtRunner,
    rng: &mut BenchRng,
    mut input: impl FnMut(&mut BenchRng) -> T,
    run: impl Fn(&T) -> U,
) {
    let same = input(rng);
    let inputs: Vec<(bool, T)> = (0..SAMPLES)
        .map(|_| {
            // Both are made, so that the caches are in the same state.
            let (is_same, new) = (rng.r#gen(), input(rng));
            (is_same, if is_same { same.clone() } else { new })
        })
        .collect();
    // Every input is copied to one place, so that its place in memory says nothing about its class.
    let mut place = same;
    for (is_same, input) in &inputs {
        place.clone_from(input);
        runner.run_one(if *is_same { Class::Left } else { Class::Right }, || black_box(run(black_box(&place))));
    }
}

fn key_bytes(rng: &mut BenchRng) -> [u8; KEY_LEN] {
    let mut key = [0; KEY_LEN];
    rng.fill_bytes(&mut key);
    key
}

fn constant_scope_key(runner: &mut CtRunner, rng: &mut BenchRng) {
    let nta = scope("agency/nta/1");
    compare(runner, rng, |rng| RootKey::from_bytes(&key_bytes(rng)), |root| root.scope_key(&nta));
}

fn constant_key_tag(runner: &mut CtRunner, rng: &mut BenchRng) {
    compare(runner, rng, |rng| RootKey::from_bytes(&key_bytes(rng)), RootKey::tag);
}

fn constant_key_is_prepared(runner: &mut CtRunner, rng: &mut BenchRng) {
    compare(runner, rng, key_bytes, agency);
}

/// The key that is compared with is the one that comes again and again.
fn constant_keys_are_compared(runner: &mut CtRunner, rng: &mut BenchRng) {
    let own = RootKey::from_bytes(&[7; KEY_LEN]);
    let mut first = true;
    let input = |rng: &mut BenchRng| {
        if std::mem::take(&mut first) {
            RootKey::from_bytes(&[7; KEY_LEN])
        } else {
            RootKey::from_bytes(&key_bytes(rng))
        }
    };
    compare(runner, rng, input, |other| own == *other);
}

fn constant_tags_are_compared(runner: &mut CtRunner, rng: &mut BenchRng) {
    let own = KeyTag::from_bytes([7; 4]);
    let mut first = true;
    let input = |rng: &mut BenchRng| {
        if std::mem::take(&mut first) { own } else { KeyTag::from_bytes(rng.r#gen()) }
    };
    compare(runner, rng, input, |other| own == *other);
}

fn constant_one_symbol_by_number(runner: &mut CtRunner, rng: &mut BenchRng) {
    let key = agency(&[7; KEY_LEN]);
    compare(runner, rng, |rng| number(rng.r#gen()), |number| key.symbol(number));
}

fn constant_one_symbol_by_key(runner: &mut CtRunner, rng: &mut BenchRng) {
    let number = number(12_345_678_901);
    compare(runner, rng, |rng| agency(&key_bytes(rng)), |key| key.symbol(&number));
}

fn constant_batch_by_numbers(runner: &mut CtRunner, rng: &mut BenchRng) {
    let key = agency(&[7; KEY_LEN]);
    let input = |rng: &mut BenchRng| std::array::from_fn::<MyNumber, 17, _>(|_| number(rng.r#gen()));
    compare(runner, rng, input, |numbers| {
        let mut out = [AgencySymbol::from_bytes([0; SYMBOL_LEN]); 17];
        key.symbols(numbers, &mut out);
        out
    });
}

fn constant_batch_by_keys(runner: &mut CtRunner, rng: &mut BenchRng) {
    let numbers: Vec<MyNumber> = (0..17).map(number).collect();
    compare(
        runner,
        rng,
        |rng| agency(&key_bytes(rng)),
        |key| {
            let mut out = [AgencySymbol::from_bytes([0; SYMBOL_LEN]); 17];
            key.symbols(&numbers, &mut out);
            out
        },
    );
}

/// An eligibility key and eight of agencies, in one pass.
fn nine_keys(keys: &[AnySymbolKey], numbers: &[MyNumber]) -> Vec<[[u8; SYMBOL_LEN]; 17]> {
    let keys: Vec<&AnySymbolKey> = keys.iter().collect();
    let mut columns = vec![[[0; SYMBOL_LEN]; 17]; keys.len()];
    let mut out: Vec<&mut [[u8; SYMBOL_LEN]]> = columns.iter_mut().map(<[_; 17]>::as_mut_slice).collect();
    batch::symbols_for_keys(&keys, numbers, &mut out).unwrap_or_else(|error| panic!("{error}"));
    columns
}

fn constant_nine_keys_by_numbers(runner: &mut CtRunner, rng: &mut BenchRng) {
    let keys = several(&[7; KEY_LEN]);
    let input = |rng: &mut BenchRng| std::array::from_fn::<MyNumber, 17, _>(|_| number(rng.r#gen()));
    compare(runner, rng, input, |numbers| nine_keys(&keys, numbers));
}

fn constant_nine_keys_by_keys(runner: &mut CtRunner, rng: &mut BenchRng) {
    let numbers: Vec<MyNumber> = (0..17).map(number).collect();
    compare(runner, rng, |rng| several(&key_bytes(rng)), |keys| nine_keys(keys, &numbers));
}

fn constant_symbols_from_insurers(runner: &mut CtRunner, rng: &mut BenchRng) {
    let keys = several(&[7; KEY_LEN]);
    compare(
        runner,
        rng,
        |rng| rng.r#gen::<[[u8; SYMBOL_LEN]; 17]>(),
        |insurers| {
            let mut out = [[0; SYMBOL_LEN]; 17];
            keys[0].symbols_from_insurers(insurers, &mut out).unwrap_or_else(|error| panic!("{error}"));
            out
        },
    );
}

/// Among valid numbers. Between valid and invalid ones the time differs on purpose.
fn constant_valid_number_is_parsed(runner: &mut CtRunner, rng: &mut BenchRng) {
    compare(runner, rng, |rng| *number(rng.r#gen()).expose_digits(), |digits| MyNumber::parse(digits).is_ok());
}

fn variable_number_is_parsed(runner: &mut CtRunner, rng: &mut BenchRng) {
    let mut first = true;
    let input = |rng: &mut BenchRng| {
        let mut digits = *number(rng.r#gen()).expose_digits();
        if !std::mem::take(&mut first) {
            digits[rng.gen_range(0..12)] = b'x';
        }
        digits
    };
    compare(runner, rng, input, |digits| MyNumber::parse(digits).is_ok());
}

fn variable_symbol_becomes_text(runner: &mut CtRunner, rng: &mut BenchRng) {
    let encoder = TextEncoder::new(Purpose::Agency, KeyTag::from_bytes([1; 4]));
    compare(runner, rng, |rng| rng.r#gen::<[u8; SYMBOL_LEN]>(), |symbol| encoder.encode(symbol));
}

fn variable_text_becomes_symbol(runner: &mut CtRunner, rng: &mut BenchRng) {
    let encoder = TextEncoder::new(Purpose::Agency, KeyTag::from_bytes([1; 4]));
    let input = |rng: &mut BenchRng| encoder.encode(&rng.r#gen::<[u8; SYMBOL_LEN]>());
    compare(runner, rng, input, |text| decode(text).is_ok());
}

fn planted_compares_early(runner: &mut CtRunner, rng: &mut BenchRng) {
    let mut first = true;
    let input = |rng: &mut BenchRng| if std::mem::take(&mut first) { [7; KEY_LEN] } else { key_bytes(rng) };
    compare(runner, rng, input, |other| compares_early(&[7; KEY_LEN], other));
}

fn planted_works_by_bits(runner: &mut CtRunner, rng: &mut BenchRng) {
    let mut first = true;
    let input = |rng: &mut BenchRng| if std::mem::take(&mut first) { [7; KEY_LEN] } else { key_bytes(rng) };
    compare(runner, rng, input, |secret| works_by_bits(secret));
}

/// It is in one line of the cache, so that time alone rarely shows it; valgrind does.
fn variable_looks_up(runner: &mut CtRunner, rng: &mut BenchRng) {
    compare(runner, rng, key_bytes, |secret| looks_up(&[3; 256], secret));
}

/// One more derivation where the second digit is odd. In the number that comes again and again it is even.
fn planted_symbol_with_a_branch(runner: &mut CtRunner, rng: &mut BenchRng) {
    let key = agency(&[7; KEY_LEN]);
    let mut first = true;
    let input = |rng: &mut BenchRng| number(if std::mem::take(&mut first) { 1 } else { rng.r#gen() });
    compare(runner, rng, input, |number| {
        let is_odd = number.expose_digits()[1] & 1 == 1;
        (key.symbol(number), is_odd.then(|| key.symbol(number)))
    });
}

#[cfg(feature = "keystore")]
mod keystore {
    use fugo_keystore::{KeyFile, Seal, Share, Use};

    use super::{BenchRng, CtRunner, RootKey, compare, key_bytes};

    fn file(key: &[u8; 32]) -> KeyFile {
        KeyFile::root(RootKey::from_bytes(key), Use::Test)
    }

    /// Among valid files.
    pub(super) fn constant_key_file_is_read(runner: &mut CtRunner, rng: &mut BenchRng) {
        let text = |rng: &mut BenchRng| {
            file(&key_bytes(rng)).to_bytes(&Seal::plaintext()).unwrap_or_else(|error| panic!("{error}")).to_vec()
        };
        compare(runner, rng, text, |text| KeyFile::parse_plaintext(text).is_ok());
    }

    /// Among shares that join.
    pub(super) fn constant_shares_are_joined(runner: &mut CtRunner, rng: &mut BenchRng) {
        let shares =
            |rng: &mut BenchRng| Share::split(&file(&key_bytes(rng)), 2, 3).unwrap_or_else(|error| panic!("{error}"));
        compare(runner, rng, shares, |shares| Share::join(&shares[..2]).is_ok());
    }
}

#[cfg(not(feature = "keystore"))]
ctbench_main!(
    constant_scope_key,
    constant_key_tag,
    constant_key_is_prepared,
    constant_keys_are_compared,
    constant_tags_are_compared,
    constant_one_symbol_by_number,
    constant_one_symbol_by_key,
    constant_batch_by_numbers,
    constant_batch_by_keys,
    constant_nine_keys_by_numbers,
    constant_nine_keys_by_keys,
    constant_symbols_from_insurers,
    constant_valid_number_is_parsed,
    variable_number_is_parsed,
    variable_symbol_becomes_text,
    variable_text_becomes_symbol,
    variable_looks_up,
    planted_compares_early,
    planted_works_by_bits,
    planted_symbol_with_a_branch
);

#[cfg(feature = "keystore")]
ctbench_main!(keystore::constant_key_file_is_read, keystore::constant_shares_are_joined, planted_compares_early);
