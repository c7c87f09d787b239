//! Runs under valgrind, with secrets marked as undefined: every branch and every address that depends on one is an error.
//! The arguments are the level of the kernel that must run, and whether it is the run of key files and shares.

use std::{hint::black_box, process::ExitCode};

use crabgrind::{
    memcheck::{MemState, mark_memory},
    valgrind::{RunningMode, count_errors, running_mode},
};
use fugo::{
    AgencySymbol, AnySymbolKey, KEY_LEN, MyNumber, RootKey, SYMBOL_LEN, ScopeKey, batch,
    normalize::{LostZeros, normalize},
    text::{TextEncoder, decode},
};
use fugo_constant_time::{Expected, agency, compares_early, looks_up, number, scope, several, works_by_bits};

fn mark<T: ?Sized>(value: &T, state: MemState) {
    let place: *const T = value;
    mark_memory(place.cast(), size_of_val(value), state).unwrap_or_else(|_| panic!("this needs valgrind"));
}

/// From now on nothing may depend on this value.
fn secret<T: ?Sized>(value: &T) -> &T {
    mark(value, MemState::Undefined);
    value
}

/// A result whose memory is read and shown to nobody. It is defined again, so that its drop is not an error.
fn done<T>(value: T) {
    let value = black_box(value);
    mark(&value, MemState::Defined);
    drop(value);
}

struct Verdicts(bool);

impl Verdicts {
    fn case(&mut self, name: &str, expected: Expected, run: impl FnOnce()) {
        let before = count_errors();
        run();
        let errors = count_errors() - before;
        let is_right = (errors == 0) == (expected == Expected::Constant);
        self.0 &= is_right;
        let said = format!("{expected:?}").to_lowercase();
        println!("{name:32} {said:9} {errors:6} errors  {}", if is_right { "as expected" } else { "NOT AS EXPECTED" });
    }
}

const ROOT: [u8; KEY_LEN] = *b"a root key that is not a secret.";

fn main() -> ExitCode {
    assert!(running_mode() != RunningMode::Native, "this runs under valgrind: constant-time/check");
    let arguments: Vec<String> = std::env::args().collect();
    let [_, level, part] = &arguments[..] else { panic!("usage: taint LEVEL kernel|keystore") };
    assert!(level == "any" || batch::level() == level, "the level is {}, and {level} was wanted", batch::level());
    let mut verdicts = Verdicts(true);
    planted(&mut verdicts);
    if part == "kernel" {
        keys(&mut verdicts);
        symbols(&mut verdicts);
        texts(&mut verdicts);
    } else {
        keystore(&mut verdicts);
    }
    if verdicts.0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Leaks that must be found.
fn planted(verdicts: &mut Verdicts) {
    let (key, other, table) = (ROOT, ROOT, [7; 256]);
    secret(&key);
    verdicts.case("planted: compares early", Expected::Planted, || done(compares_early(&key, &other)));
    verdicts.case("planted: looks up", Expected::Planted, || done(looks_up(&table, &key)));
    verdicts.case("planted: works by bits", Expected::Planted, || done(works_by_bits(&key)));
    // One secret bit of a key that an operation of the library has passed on.
    verdicts.case("planted: a branch on a scope key", Expected::Planted, || {
        let key = RootKey::from_bytes(&key).scope_key(&scope("agency/nta/1"));
        done(works_by_bits(key.expose_bytes()));
    });
}

fn keys(verdicts: &mut Verdicts) {
    let (bytes, nta) = (ROOT, scope("agency/nta/1"));
    secret(&bytes);
    let root = RootKey::from_bytes(&bytes);
    verdicts.case("scope key", Expected::Constant, || done(root.scope_key(&nta)));
    verdicts.case("key tag", Expected::Constant, || done(root.tag()));
    let same = RootKey::from_bytes(&bytes);
    verdicts.case("root keys are compared", Expected::Constant, || done(root == same));
    let scope_keys = [0, 1].map(|_| ScopeKey::from_bytes(&nta, &bytes));
    verdicts.case("scope keys are compared", Expected::Constant, || done(scope_keys[0] == scope_keys[1]));
    let tags = [root.tag(), same.tag()];
    verdicts.case("tags are compared", Expected::Constant, || done(tags[0] == tags[1]));
    verdicts.case("a key is prepared", Expected::Constant, || done(agency(&bytes)));
    verdicts.case("keys are prepared", Expected::Constant, || several(&bytes).into_iter().for_each(done));
}

fn symbols(verdicts: &mut Verdicts) {
    let bytes = ROOT;
    secret(&bytes);
    let (key, several) = (agency(&bytes), several(&bytes));
    let numbers: Vec<MyNumber> = (0..200).map(|nth| number(12_345_678_901 * nth)).collect();
    // The digits, and not what says how many numbers there are.
    numbers.iter().for_each(|number| {
        black_box(secret(number.expose_digits()));
    });
    verdicts.case("one symbol", Expected::Constant, || done(key.symbol(&numbers[0])));
    verdicts.case("numbers are compared", Expected::Constant, || done(numbers[0] == numbers[1]));
    for count in [1, 7, 8, 9, 63, 64, 65, 200] {
        let mut out = vec![AgencySymbol::from_bytes([0; SYMBOL_LEN]); count];
        verdicts.case(&format!("a batch of {count}"), Expected::Constant, || key.symbols(&numbers[..count], &mut out));
        // What is marked in a number or a key is marked in its symbol: every level passes the marks on.
        let last = out[count - 1].as_bytes();
        verdicts.case("planted: a branch on its symbol", Expected::Planted, || done(works_by_bits(last)));
        mark(&out[..], MemState::Defined);
    }
    let mut columns = vec![vec![[0; SYMBOL_LEN]; numbers.len()]; several.len()];
    verdicts.case("a batch under nine keys", Expected::Constant, || {
        let mut out: Vec<&mut [[u8; SYMBOL_LEN]]> = columns.iter_mut().map(Vec::as_mut_slice).collect();
        let keys: Vec<&AnySymbolKey> = several.iter().collect();
        batch::symbols_for_keys(&keys, &numbers, &mut out).unwrap_or_else(|error| panic!("{error}"));
    });
    columns.iter().for_each(|column| mark(&column[..], MemState::Defined));
    let insurers = [[7; SYMBOL_LEN]; 9];
    secret(&insurers);
    let mut out = [[0; SYMBOL_LEN]; 9];
    verdicts.case("symbols from insurers' symbols", Expected::Constant, || {
        several[0].symbols_from_insurers(&insurers, &mut out).unwrap_or_else(|error| panic!("{error}"));
    });
    mark(&out, MemState::Defined);
}

fn texts(verdicts: &mut Verdicts) {
    let (digits, messy) = (*b"123456789018", "１２３４５６７８９０１８".to_owned());
    secret(&digits);
    secret(&messy[..]);
    verdicts.case("a number is parsed", Expected::Variable, || done(MyNumber::parse(digits).is_ok()));
    verdicts.case("a number is normalised", Expected::Variable, || done(normalize(&messy, LostZeros::Refuse).is_ok()));
    let symbol = [9; SYMBOL_LEN];
    let encoder = TextEncoder::new(fugo::Purpose::Agency, fugo::KeyTag::from_bytes([1; 4]));
    let text = encoder.encode(&symbol).as_str().to_owned();
    secret(&symbol);
    verdicts.case("a symbol becomes text", Expected::Variable, || {
        let mut out = [0; 64];
        encoder.encode_into(&symbol, &mut out);
        done(out);
    });
    secret(&text[..]);
    verdicts.case("text becomes a symbol", Expected::Variable, || done(decode(&text).is_ok()));
}

#[cfg(not(feature = "keystore"))]
fn keystore(_: &mut Verdicts) {
    panic!("built without the feature `keystore`");
}

#[cfg(feature = "keystore")]
fn keystore(verdicts: &mut Verdicts) {
    use fugo_keystore::{KeyFile, Seal, Share, Use};
    use vsss_rs::Gf256;

    let file = KeyFile::root(RootKey::from_bytes(&ROOT), Use::Test);
    let text = file.to_bytes(&Seal::plaintext()).unwrap_or_else(|error| panic!("{error}")).to_vec();
    let hex = text.len() - 1 - 2 * KEY_LEN..text.len() - 1;
    secret(&text[hex]);
    verdicts.case("a key file is read", Expected::Variable, || done(KeyFile::parse_plaintext(&text).is_ok()));

    let points = Gf256::split_bytes(3, 5, ROOT, getrandom::rand_core::UnwrapErr(getrandom::SysRng));
    let points = points.unwrap_or_else(|error| panic!("{error}"));
    points.iter().for_each(|point| {
        black_box(secret(&point[1..]));
    });
    verdicts.case("values of shares are joined", Expected::Constant, || {
        let key = Gf256::combine_bytes(&points[..3]).unwrap_or_else(|error| panic!("{error}"));
        mark(&key[..], MemState::Defined);
    });
    let bytes = ROOT;
    secret(&bytes);
    verdicts.case("a key is split into values", Expected::Constant, || {
        let points = Gf256::split_bytes(3, 5, bytes, getrandom::rand_core::UnwrapErr(getrandom::SysRng));
        points.unwrap_or_else(|error| panic!("{error}")).iter().for_each(|point| mark(&point[..], MemState::Defined));
    });
    let secret_file = KeyFile::root(RootKey::from_bytes(&bytes), Use::Test);
    let mut shares = Vec::new();
    verdicts.case("a key is split into shares", Expected::Constant, || {
        shares = Share::split(&secret_file, 3, 5).unwrap_or_else(|error| panic!("{error}"));
    });
    verdicts.case("shares are joined", Expected::Variable, || done(Share::join(&shares[..3]).is_ok()));
    verdicts.case("a share becomes a line", Expected::Variable, || done(shares[0].line().len()));
}
