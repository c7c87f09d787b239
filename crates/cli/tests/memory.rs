//! The memory of a run of `fugo convert`, and of `fugo translate`. The run is stopped in each phase, and every page is searched for keys,
//! prepared states and numbers. This needs root and strace; otherwise the test prints what it skipped.
#![cfg(target_os = "linux")]

mod rosters;
mod sample_keys;
mod tables;
mod translations;

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
    fs::{self, File},
    io::{BufRead, BufReader},
    os::unix::fs::FileExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use encoding_rs::SHIFT_JIS;
use memchr::memmem::Finder;
use parquet::file::properties::WriterProperties;
use rosters::{MOJ, MOJ_KEY, NTA, NTA_KEY, keys_of, numbers, scope_key, skip, watch};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use sample_keys::Keys;

/// The phases of a run, as it announces them; the last begins with the last rename.
const PHASES: [&str; 5] = ["reading", "sorting", "writing", "renaming", "placed"];
/// The same of a translation.
const PHASES_OF_TRANSLATION: [&str; 4] = ["reading the roster", "sorting", "recording", "renaming"];

/// A decoy in a cell, so that each run has on its heap a text that every search must find: twelve digits that are not
/// a valid number, and the hexadecimal digits of a key that nobody has.
const DECOY_DIGITS: &str = "987654321000";
const DECOY_KEY: [u8; 32] = *b"\x9d\x13\xe0\x5a\x77\x88\xc1\x02\xfe\x31\x64\xb8\x2f\x90\xad\x46\
                               \x05\xd7\xe9\x7b\x1c\xa3\x50\xf2\x6e\x3d\xb4\xcf\x28\x81\x99\xea";

/// The values that are searched for.
struct Wanted {
    /// Of the roster; and the decoy.
    numbers: HashSet<[u8; 12]>,
    /// The pieces that each finder finds.
    secrets: Vec<(&'static str, Finder<'static>)>,
}

/// The results of one search: each number once, and pieces of secrets.
#[derive(Clone, Debug, Default)]
struct Found {
    numbers: HashSet<[u8; 12]>,
    keys: usize,
    states: usize,
    decoy_keys: usize,
    /// The mappings in which keys and states were found, or numbers.
    places: BTreeMap<String, usize>,
}

impl Wanted {
    fn new(numbers: &[String], scopes: &[&str]) -> Self {
        let mut secrets = Vec::new();
        for scope in scopes {
            let key = *scope_key(scope).expose_bytes();
            secrets.extend(pieces_of_key(&key).map(|piece| ("key", Finder::new(&piece).into_owned())));
            let states = [0x36, 0x5c].map(|pad| state(&key, pad));
            for piece in states.iter().flat_map(pieces_of_state) {
                secrets.push(("state", Finder::new(&piece).into_owned()));
            }
        }
        secrets.extend(pieces_of_key(&DECOY_KEY).map(|piece| ("decoy", Finder::new(&piece).into_owned())));
        let twelve = |number: &str| number.as_bytes().try_into().expect("twelve digits");
        let numbers = numbers.iter().map(String::as_str).chain([DECOY_DIGITS]).map(twelve).collect();
        Self { numbers, secrets }
    }

    /// Searches a range of memory.
    fn search(&self, memory: &[u8], found: &mut Found) {
        let mut digits = 0;
        for (i, byte) in memory.iter().enumerate() {
            digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
            if digits >= 12
                && let Some(number) = self.numbers.get(&memory[i - 11..=i])
            {
                found.numbers.insert(*number);
            }
        }
        for (what, finder) in &self.secrets {
            let times = finder.find_iter(memory).count();
            *(match *what {
                "key" => &mut found.keys,
                "state" => &mut found.states,
                _ => &mut found.decoy_keys,
            }) += times;
        }
    }
}

/// Both halves of a key, as bytes, as hexadecimal digits, and under both of HMAC's pads.
fn pieces_of_key(key: &[u8; 32]) -> impl Iterator<Item = Vec<u8>> {
    let hex = key.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let padded = |pad: u8| key.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>();
    let forms = [key.to_vec(), hex.into_bytes(), padded(0x36), padded(0x5c)];
    forms.into_iter().flat_map(|form| form.chunks(form.len() / 2).map(<[u8]>::to_vec).collect::<Vec<_>>())
}

/// SHA-256's state after the block `key ⊕ pad`.
fn state(key: &[u8; 32], pad: u8) -> [u32; 8] {
    let mut block = [pad; 64];
    block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
    let mut state =
        [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
    sha2::block_api::compress256(&mut state, &[block]);
    state
}

/// Two words each, in the layouts of a state and of the registers of the SHA extensions; and one word in all lanes of
/// AVX2.
fn pieces_of_state(state: &[u32; 8]) -> Vec<Vec<u8>> {
    let piece = |words: [u32; 2]| words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let pairs = state.windows(2).flat_map(|pair| [[pair[0], pair[1]], [pair[1], pair[0]]]);
    pairs.chain(state.iter().map(|word| [*word; 2])).map(piece).collect()
}

/// A run under strace, which stops it when it enters calls that only its phases make.
struct Run {
    strace: Child,
    pid: Pid,
    said: Receiver<String>,
    phases: &'static [&'static str],
    phase: Option<&'static str>,
}

impl Run {
    fn start(command: &Command, phases: &'static [&'static str]) -> Self {
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=read,pread64,rename,renameat,renameat2"]);
        for stop in [
            "read:signal=STOP:when=12..400+30",
            "pread64:signal=STOP:when=1..300+150",
            "rename,renameat,renameat2:signal=STOP",
        ] {
            strace.args(["-e", &format!("inject={stop}")]);
        }
        strace.arg(command.get_program()).args(command.get_args());
        strace.current_dir(command.get_current_dir().expect("a folder"));
        let mut strace = strace.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("strace runs");
        let stderr = BufReader::new(strace.stderr.take().expect("a pipe"));
        let (sender, said) = channel();
        thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let children = format!("/proc/{0}/task/{0}/children", strace.id());
        let pid = loop {
            let pids = fs::read_to_string(&children).expect("strace is there");
            let is_tool = |pid: &&str| {
                let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
                name.trim() == "fugo"
            };
            if let Some(pid) = pids.split_whitespace().find(is_tool) {
                break Pid::from_raw(pid.parse().expect("a number")).expect("not 0");
            }
            thread::sleep(Duration::from_millis(1));
        };
        Self { strace, pid, said, phases, phase: None }
    }

    /// Continues the run until its next stop, and returns the phase of that stop; false if the run has ended.
    fn next_stop(&mut self) -> bool {
        let (mut seen, mut last) = (0, None);
        while seen < 3 {
            if self.strace.try_wait().expect("a child").is_some() {
                return false;
            }
            let now = self.stopped();
            seen = if now.is_some() && now == last { seen + 1 } else { 0 };
            last = now;
            thread::sleep(Duration::from_millis(5));
        }
        while let Ok(line) = self.said.try_recv() {
            self.phase = self.phases.iter().copied().find(|phase| line == format!("fugo: {phase}")).or(self.phase);
        }
        true
    }

    /// How many context switches each thread had, if all threads are stopped. A tracer also stops threads at every
    /// system call for a moment; these soon run again.
    fn stopped(&self) -> Option<BTreeMap<PathBuf, String>> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.pid.as_raw_nonzero())).ok()?;
        let runs = threads.map_while(Result::ok).map(|thread| {
            let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
            let is_stopped = |line: &str| line.strip_prefix("State:\t").is_some_and(|at| at.starts_with(['T', 't']));
            let switches: String = status.lines().filter(|line| line.contains("ctxt_switches")).collect();
            status.lines().any(is_stopped).then_some((thread.path(), switches))
        });
        runs.collect()
    }

    fn go_on(&self) {
        // It may have been killed.
        let _ = kill_process(self.pid, Signal::CONT);
    }

    /// Every readable page.
    fn search(&self, wanted: &Wanted) -> Found {
        let process = PathBuf::from(format!("/proc/{}", self.pid.as_raw_nonzero()));
        let memory = File::open(process.join("mem")).expect("root may read it");
        let mut found = Found::default();
        let mut bytes = Vec::new();
        for line in fs::read_to_string(process.join("maps")).expect("its maps").lines() {
            let (range, rest) = line.split_once(' ').expect("a range");
            if !rest.starts_with('r') || rest.contains("[v") {
                continue;
            }
            let (start, end) = range.split_once('-').expect("two ends");
            let [start, end] = [start, end].map(|at| u64::from_str_radix(at, 16).expect("an address"));
            bytes.clear();
            bytes.resize((end - start) as usize, 0);
            // Some pages of a mapped file may not exist.
            match memory.read_at(&mut bytes, start) {
                Ok(read) => {
                    let before = (found.numbers.len(), found.keys + found.states);
                    wanted.search(&bytes[..read], &mut found);
                    if (found.numbers.len(), found.keys + found.states) != before {
                        let secrets = found.keys + found.states - before.1;
                        let name = rest.split_whitespace().nth(4).unwrap_or("unnamed");
                        found.places.insert(format!("{start:x} {name}, {} bytes", end - start), secrets);
                    }
                }
                Err(error) => assert!(rest.contains('/'), "{line}: {error}"),
            }
        }
        found
    }
}

fn can_look() -> bool {
    const WHAT: &str = "secrets in the memory of a run";
    if !geteuid().is_root() {
        skip(WHAT, "only root may read the memory of the tool");
    } else if Command::new("strace").arg("-V").output().is_err() {
        skip(WHAT, "strace is missing");
    } else if !Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).status().is_ok_and(|it| it.success()) {
        skip(WHAT, "strace may not trace here");
    } else {
        return true;
    }
    false
}

/// The maximum that was found at a stop of each phase.
fn look(name: &str, keys: &Keys, args: &[&str], numbers: &[String]) -> [Found; 5] {
    let wanted = Wanted::new(numbers, &[NTA, MOJ]);
    let mut found: [Option<Found>; 5] = Default::default();
    let mut run = Run::start(&rosters::command(keys, args), &PHASES);
    let _watch = watch(&run.strace);
    let (mut renames, mut looks) = (0, [0; 5]);
    while run.next_stop() {
        if let Some(phase) = run.phase {
            renames += usize::from(phase == "renaming");
            let files = 2 + args.iter().filter(|arg| **arg == "--out").count();
            let phase =
                PHASES.iter().position(|other| *other == phase).expect("a phase") + usize::from(renames >= files);
            looks[phase] += 1;
            if looks[phase] <= 3 {
                let now = run.search(&wanted);
                let most = found[phase].get_or_insert_default();
                if !now.places.is_empty() {
                    most.places = now.places;
                }
                if now.numbers.len() > most.numbers.len() {
                    most.numbers = now.numbers;
                }
                most.keys = most.keys.max(now.keys);
                most.states = most.states.max(now.states);
                most.decoy_keys = most.decoy_keys.max(now.decoy_keys);
            }
        }
        run.go_on();
    }
    let status = run.strace.wait().expect("it ends");
    assert!(matches!(status.code(), Some(0 | 1)), "{name}: {status:?}, {:?}", run.said.try_iter().collect::<Vec<_>>());
    let mut index = 0;
    found.map(|found| {
        let phase = PHASES[index];
        index += 1;
        let found = found.unwrap_or_else(|| panic!("{name}: no stop in {phase}"));
        println!(
            "{name}, {phase}: {} numbers, {} pieces of keys, {} pieces of states, {} pieces of the decoy; {:?}",
            found.numbers.len(),
            found.keys,
            found.states,
            found.decoy_keys,
            found.places
        );
        found
    })
}

/// What must hold in every phase, whatever the input is.
fn holds_no_secret_after_reading(name: &str, found: &[Found; 5]) {
    let decoy: [u8; 12] = DECOY_DIGITS.as_bytes().try_into().expect("twelve digits");
    let [reading, later @ ..] = found;
    // The same search must find the values that have to be there: the current rows, the states for deriving symbols,
    // and the decoys.
    assert!(reading.numbers.len() > 100, "{name}: numbers are being read");
    assert!(reading.states > 0, "{name}: symbols are being made");
    assert!(found.iter().any(|found| found.numbers.contains(&decoy)), "{name}: kept digits are in memory");
    assert!(found.iter().any(|found| found.decoy_keys > 0), "{name}: a kept text is in memory");
    for (phase, found) in PHASES.iter().zip(found) {
        assert_eq!(found.keys, 0, "{name}, {phase}: keys are wiped once their states are prepared");
    }
    for (phase, found) in PHASES[1..].iter().zip(later) {
        assert_eq!(found.states, 0, "{name}, {phase}: states are wiped once no symbol is made any more");
        let numbers = found.numbers.iter().filter(|number| **number != decoy).count();
        assert_eq!(numbers, 0, "{name}, {phase}: numbers are wiped once they are read");
    }
}

fn memo(i: usize) -> String {
    let hex: String = DECOY_KEY.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    if i % 1000 == 7 { format!("{DECOY_DIGITS} {hex}") } else { format!("memo {i}") }
}

#[test]
fn a_run_has_no_number_and_no_state_in_memory_once_it_has_read_its_input() {
    if !can_look() {
        return;
    }
    let people = numbers(150_000);
    let keys = keys_of(&[NTA, MOJ]);
    let rows: String =
        people.iter().enumerate().map(|(i, number)| format!("{number},{}\n", memo(i))).collect::<Vec<_>>().concat();
    fs::write(keys.at("roster.csv"), format!("my_number,memo\n{rows}")).expect("written");
    let args = ["roster.csv", "--key", NTA_KEY, "--key", MOJ_KEY, "--out", "nta.csv", "--out", "moj.csv"];
    let args = [&args[..], &["--keep", "memo", "--memory", "16M", "--threads", "2"]].concat();
    holds_no_secret_after_reading("CSV", &look("CSV", &keys, &args, &people));
}

#[test]
fn a_run_on_a_file_in_cp932_with_a_lineage_has_none_either() {
    if !can_look() {
        return;
    }
    let people = numbers(160_000);
    let (first, people) = people.split_at(10_000);
    let keys = keys_of(&[NTA, MOJ]);
    // Numbers as they are typed: in every third row normalised, in others twelve digits.
    let spelled = |i: usize, number: &str| match i % 3 {
        0 => format!("{}-{}-{}", &number[..4], &number[4..8], &number[8..]),
        _ => number.to_owned(),
    };
    let rows = people.iter().enumerate().map(|(i, number)| format!("{},東京都{}\n", spelled(i, number), memo(i)));
    let rows: String = rows.collect();
    fs::write(keys.at("roster.csv"), SHIFT_JIS.encode(&format!("my_number,memo\n{rows}")).0).expect("written");
    let pairs = people.iter().zip(first).map(|(new, previous)| format!("{new},{previous}\n"));
    keys.file("lineage.csv", &format!("new,previous\n{}", pairs.collect::<String>()), 0o600);
    let args = ["roster.csv", "--key", NTA_KEY, "--key", MOJ_KEY, "--out", "nta.csv", "--out", "moj.parquet"];
    let how = ["--encoding", "cp932", "--number-format", "lenient", "--lineage", "lineage.csv"];
    let args = [&args[..], &how, &["--keep", "memo", "--memory", "16M", "--threads", "2"]].concat();
    let all: Vec<String> = first.iter().chain(people).cloned().collect();
    holds_no_secret_after_reading("CP932", &look("CP932", &keys, &args, &all));
}

#[test]
fn a_run_on_a_table_has_none_either() {
    if !can_look() {
        return;
    }
    let people = numbers(150_000);
    let keys = keys_of(&[NTA, MOJ]);
    for format in tables::FORMATS {
        let name = format!("roster.{format}");
        let batches =
            people.chunks(10_000).map(|people| tables::roster(people, tables::texts((0..people.len()).map(memo))));
        tables::write(&keys.at(&name), &batches.collect::<Vec<_>>());
        let args = [&name, "--key", NTA_KEY, "--key", MOJ_KEY, "--out", "nta.arrow", "--out", "moj.csv"];
        let args = [&args[..], &["--keep", "memo", "--memory", "16M", "--threads", "2"]].concat();
        holds_no_secret_after_reading(format, &look(format, &keys, &args, &people));
    }
}

#[test]
fn a_run_on_a_table_has_none_of_those_in_its_dictionaries_either() {
    if !can_look() {
        return;
    }
    let people = numbers(150_000);
    let keys = keys_of(&[NTA, MOJ]);
    // Rows that hold their own number are rejected, and their texts are in a dictionary with those of other rows. The
    // other column makes rows so long that they do not fit in memory.
    let text = |(i, number): (usize, &String)| if i % 500 == 9 { number.clone() } else { memo(i) };
    let long = "a text that is not in a dictionary ".repeat(10);
    let batches = people.chunks(10_000).map(|people| {
        let long = tables::texts(people.iter().map(|_| &long));
        let memo = tables::texts(people.iter().enumerate().map(text));
        tables::batch(&[("my_number", tables::texts(people)), ("memo", memo), ("long", long)])
    });
    let properties = WriterProperties::builder().set_column_dictionary_enabled("long".into(), false).build();
    tables::write_parquet(&keys.at("roster.parquet"), &batches.collect::<Vec<_>>(), properties);
    let args = ["roster.parquet", "--key", NTA_KEY, "--key", MOJ_KEY, "--out", "nta.parquet", "--out", "moj.csv"];
    let args = [&args[..], &["--keep", "memo,long", "--memory", "128M", "--threads", "2"]].concat();
    holds_no_secret_after_reading("dictionaries", &look("dictionaries", &keys, &args, &people));
}

#[test]
fn a_translation_has_no_number_and_no_state_in_memory_once_it_has_read_its_roster() {
    if !can_look() {
        return;
    }
    let people = numbers(150_000);
    let keys = keys_of(&[NTA, MOJ]);
    translations::roster_of(&keys, &people);
    let rows: Vec<(String, String)> =
        people.iter().take(140_000).enumerate().map(|(i, number)| (number.clone(), format!(",{}", memo(i)))).collect();
    translations::asked_of(&keys, NTA, "symbol,memo", &rows);
    let args = ["--memory", "16M", "--threads", "2"];
    let mut run = Run::start(&translations::command(&keys, &args), &PHASES_OF_TRANSLATION);
    let _watch = watch(&run.strace);
    let wanted = Wanted::new(&people, &[NTA, MOJ, translations::PEOPLE]);
    let mut found: BTreeMap<&str, Vec<Found>> = BTreeMap::new();
    while run.next_stop() {
        if let Some(phase) = run.phase {
            let looks = found.entry(phase).or_default();
            if looks.len() < 3 {
                looks.push(run.search(&wanted));
            }
        }
        run.go_on();
    }
    assert_eq!(run.strace.wait().expect("it ends").code(), Some(0), "{:?}", run.said.try_iter().collect::<Vec<_>>());
    assert!(PHASES_OF_TRANSLATION.iter().all(|phase| found.contains_key(phase)), "{:?}", found.keys());
    let decoy: [u8; 12] = DECOY_DIGITS.as_bytes().try_into().expect("twelve digits");
    let reading = &found["reading the roster"];
    assert!(reading.iter().any(|found| found.numbers.len() > 100), "numbers are being read");
    assert!(reading.iter().any(|found| found.states > 0), "symbols are being made");
    assert!(found.values().flatten().any(|found| found.decoy_keys > 0 && found.numbers.contains(&decoy)), "a memo");
    for (phase, looks) in &found {
        for look in looks {
            let (keys, states, places) = (look.keys, look.states, &look.places);
            assert_eq!(keys, 0, "{phase}: keys are wiped once their states are prepared; {places:?}");
            if *phase != "reading the roster" {
                assert_eq!(states, 0, "{phase}: states are wiped once no symbol is made any more; {places:?}");
                let numbers = look.numbers.iter().filter(|number| **number != decoy).count();
                assert_eq!(numbers, 0, "{phase}: numbers are wiped once they are read; {places:?}");
            }
        }
    }
}
