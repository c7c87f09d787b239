//! Rosters, and the expected outputs of `fugo convert`, from single symbols that the library derives.
#![allow(dead_code, reason = "each test file uses its share")]

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread,
    time::Duration,
};

use fugo::{
    Agency, EligibilityKey, Insurers, MyNumber, NumberPurpose, Portal, Purpose, Research, RootKey, SYMBOL_LEN, Scope,
    ScopeKey, SymbolKey, text::TextEncoder,
};
use rustix::process::{Pid, Signal, kill_process};

use crate::sample_keys::Keys;

/// The scopes that most tests use, and the names that [`Keys::scope`] gives their files.
pub(crate) const NTA: &str = "agency/nta/1";
pub(crate) const NTA_KEY: &str = "agency-nta-1.key";
pub(crate) const MOJ: &str = "agency/moj/1";
pub(crate) const MOJ_KEY: &str = "agency-moj-1.key";

/// Numbers that look random and are the same in every run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number (SplitMix64).
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("below a usize")
    }

    /// The items in another order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

/// The valid number with this body. Different bodies below 10^11 give different numbers.
pub(crate) fn number(body: u64) -> String {
    let body = format!("{:011}", body % 100_000_000_000);
    format!("{body}{}", MyNumber::check_digit(&body).expect("eleven digits"))
}

/// Distinct numbers that look random: a walk with a step that is coprime to 10^11.
pub(crate) fn numbers(count: u64) -> Vec<String> {
    (1..=count).map(|i| number(i * 61_803_398_877)).collect()
}

/// The key of a scope, from the root key of the known answer.
pub(crate) fn scope_key(scope: &str) -> ScopeKey {
    let root: Vec<u8> = (0..32).collect();
    let scope: Scope = scope.parse().expect("a scope");
    RootKey::from_bytes(root[..].try_into().expect("32 bytes")).scope_key(&scope)
}

/// A number's symbol.
pub(crate) type SymbolOf = Box<dyn Fn(&str) -> [u8; SYMBOL_LEN]>;

/// Makes single symbols of a scope.
pub(crate) fn symbols_of(scope: &str) -> SymbolOf {
    fn of<P: NumberPurpose + 'static>(key: &ScopeKey) -> SymbolOf {
        let key = SymbolKey::<P>::new(key).expect("of this purpose");
        Box::new(move |number| key.symbol(&MyNumber::parse(number).expect("a number")).to_bytes())
    }
    let key = scope_key(scope);
    match key.scope().purpose() {
        Purpose::Agency => of::<Agency>(&key),
        Purpose::Insurers => of::<Insurers>(&key),
        Purpose::Research => of::<Research>(&key),
        Purpose::Portal => of::<Portal>(&key),
        Purpose::Eligibility => {
            let key = EligibilityKey::new(&scope_key("insurers/all/1"), &key).expect("these purposes");
            Box::new(move |number| key.symbol(&MyNumber::parse(number).expect("a number")).to_bytes())
        }
        other => unreachable!("no test makes symbols of {other}"),
    }
}

/// The text form of a symbol of a scope.
pub(crate) fn text(scope: &str, symbol: &[u8; SYMBOL_LEN]) -> String {
    let key = scope_key(scope);
    TextEncoder::new(key.scope().purpose(), key.tag()).encode(symbol).to_string()
}

/// The file of a scope with this header and these rows. Each row is a number and the bytes after its symbol, which
/// begin with a delimiter. Rows are ascending by symbol bytes. Of a person's rows there is one if they are equal, and
/// none if they differ.
pub(crate) fn file_of<K: AsRef<[u8]>>(scope: &str, header: &str, rows: &[(impl AsRef<str>, K)]) -> Vec<u8> {
    let symbol_of = symbols_of(scope);
    let mut rows: Vec<_> = rows.iter().map(|(number, kept)| (symbol_of(number.as_ref()), kept.as_ref())).collect();
    rows.sort_unstable();
    rows.dedup();
    let mut file = [header.as_bytes(), b"\n"].concat();
    for person in rows.chunk_by(|a, b| a.0 == b.0) {
        if let [(symbol, kept)] = person {
            file.extend_from_slice(text(scope, symbol).as_bytes());
            file.extend_from_slice(kept);
            file.push(b'\n');
        }
    }
    file
}

/// The number of lines, each with its end, after the first line of a file.
pub(crate) fn rows_in(file: &[u8]) -> usize {
    file.split(|byte| *byte == b'\n').count() - 2
}

/// A folder with the keys of these scopes.
pub(crate) fn keys_of(scopes: &[&str]) -> Keys {
    let keys = Keys::none();
    for scope in scopes {
        keys.scope(scope);
    }
    keys
}

/// `fugo convert` with test keys in the folder of the keys, ready to be run.
pub(crate) fn command(keys: &Keys, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fugo"));
    command.current_dir(keys.at("")).args(["convert", "--test-keys"]).args(args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Kills a run that does not end within two minutes, so that the test fails instead of hanging. Drop it when the run
/// has ended.
pub(crate) fn watch(run: &Child) -> Sender<()> {
    let pid = Pid::from_child(run);
    let (watched, ended) = channel::<()>();
    thread::spawn(move || {
        if ended.recv_timeout(Duration::from_secs(120)) == Err(RecvTimeoutError::Timeout) {
            kill_process(pid, Signal::KILL).expect("it still runs");
        }
    });
    watched
}

/// A file like an output, a list or a report of an earlier run at a path of this name: a run may replace it.
pub(crate) fn earlier(name: &str) -> &'static str {
    match name {
        _ if name.contains("rejects") => "record,line,byte,column,reason,detail\n9,10,200,my_number,earlier,\n",
        _ if name.contains("duplicates") => "person,record,line,byte,outcome\n9,9,10,200,earlier\n",
        _ if name.contains("report") => "{\"fugo_report\": 1, \"run\": \"earlier\"}\n",
        _ => "symbol,of_an_earlier_run\n",
    }
}

/// Runs `fugo convert` in the folder of the keys.
pub(crate) fn convert(keys: &Keys, args: &[&str]) -> Output {
    command(keys, args).output().expect("the tool runs")
}

/// Runs it on this roster with the key of `agency/nta/1`; the file is `nta.csv`.
pub(crate) fn convert_for_nta(keys: &Keys, roster: impl AsRef<[u8]>, more: &[&str]) -> Output {
    if !keys.at(NTA_KEY).exists() {
        keys.scope(NTA);
    }
    fs::write(keys.at("roster.csv"), roster).expect("written");
    convert(keys, &[&["roster.csv", "--key", NTA_KEY, "--out", "nta.csv"], more].concat())
}

/// Prints, past the test runner's capture, what was not tested and why. In CI nothing is skipped.
pub(crate) fn skip(what: &str, why: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "skipped: {what}: {why}");
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "not tested: {what}: {why}");
}

/// A file in the folder, with all its bytes.
pub(crate) fn read(keys: &Keys, name: &str) -> Vec<u8> {
    fs::read(keys.at(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A file in the folder as lines of text.
pub(crate) fn lines(keys: &Keys, name: &str) -> Vec<String> {
    String::from_utf8(read(keys, name)).expect("text").lines().map(str::to_owned).collect()
}

/// The run directories in a folder.
pub(crate) fn run_directories(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let is_run = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().starts_with(".fugo-run-");
    entries.filter(is_run).collect()
}
