//! `fugo convert`, stopped: however a run ends, each file is complete, and is either the old or the new one. The
//! files that the run leaves hold no number, show one scope at a time to their owner alone, and are removed by the
//! next run.

mod rosters;
mod sample_keys;

use std::{
    collections::{HashMap, HashSet},
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::{
        fs::MetadataExt,
        process::{CommandExt, ExitStatusExt},
    },
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        OnceLock,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use rosters::{
    MOJ, MOJ_KEY, NTA, NTA_KEY, Random, command, convert, earlier, file_of, keys_of, numbers, read, run_directories,
    skip, symbols_of, watch,
};
use rustix::process::{Pid, Signal, kill_process};
use sample_keys::{Keys, NUMBER};

/// The phases of a run, as it announces them.
const PHASES: [&str; 4] = ["reading", "sorting", "writing", "renaming"];
/// The files that a run puts in place, in this order.
const FILES: [&str; 5] = ["nta.csv", "moj.csv", "nta.rejects.csv", "nta.duplicates.csv", "report.json"];
const ARGS: [&str; 15] = [
    "roster.csv",
    "--key",
    NTA_KEY,
    "--key",
    MOJ_KEY,
    "--out",
    "nta.csv",
    "--out",
    "moj.csv",
    "--keep",
    "memo",
    "--report",
    "report.json",
    "--memory",
    "16M",
];

/// A roster that spills and takes a while to sort, and the outputs of a run that is not stopped.
struct Sample {
    roster: Vec<u8>,
    numbers: HashSet<Vec<u8>>,
    /// Each symbol, with its scope.
    scopes: HashMap<[u8; 16], &'static str>,
    files: Vec<Vec<u8>>,
    /// How long each phase took.
    phases: Vec<Duration>,
}

fn sample() -> &'static Sample {
    static SAMPLE: OnceLock<Sample> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let people = numbers(250_000);
        let symbols = [NTA, MOJ].map(|scope| (scope, symbols_of(scope)));
        let mut scopes = HashMap::new();
        for (scope, symbol_of) in &symbols {
            scopes.extend(people.iter().map(|number| (symbol_of(number), *scope)));
        }
        let mut rows: Vec<(String, String)> =
            people.iter().enumerate().map(|(i, number)| (number.clone(), format!(",memo {i:06}"))).collect();
        // Two people of the first partition have many rows, so that there is time before it is written.
        let (_, nta) = &symbols[0];
        let first_part: Vec<&String> = people.iter().filter(|number| nta(number)[0] == 0).take(2).collect();
        for i in 0..60_000 {
            rows.push((first_part[0].clone(), format!(",{i}")));
            rows.push((first_part[1].clone(), format!(",{i}")));
        }
        let mut lines: Vec<String> = rows.iter().map(|(number, kept)| format!("{number}{kept}\n")).collect();
        lines.push("123456789012,x\n".to_owned());
        Random::new(1).shuffle(&mut lines);

        let mut sample = Sample {
            roster: format!("my_number,memo\n{}", lines.concat()).into_bytes(),
            numbers: people.iter().map(|number| number.clone().into_bytes()).collect(),
            scopes,
            files: Vec::new(),
            phases: Vec::new(),
        };
        let keys = folder(&sample);
        let mut running = Running::start(command(&keys, &ARGS));
        let mut starts = Vec::new();
        for phase in PHASES {
            assert!(running.wait_for(phase), "the run left alone does not reach {phase}");
            starts.push(Instant::now());
        }
        assert_eq!(running.child.wait().expect("it ends").code(), Some(1));
        starts.push(Instant::now());
        sample.phases = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        sample.files = FILES.iter().map(|name| read(&keys, name)).collect();
        for (file, scope) in sample.files.iter().zip([NTA, MOJ]) {
            assert!(*file == file_of(scope, "symbol,memo", &rows), "{scope}");
        }
        println!("phases: {PHASES:?} took {:?}", sample.phases);
        sample
    })
}

/// A folder with keys, the roster and the files of an earlier run.
fn folder(sample: &Sample) -> Keys {
    let keys = keys_of(&[NTA, MOJ]);
    fs::write(keys.at("roster.csv"), &sample.roster).expect("written");
    put_back(&keys);
    keys
}

fn put_back(keys: &Keys) {
    for name in FILES {
        keys.file(name, earlier(name), 0o600);
    }
}

/// A run and its messages.
struct Running {
    child: Child,
    said: Receiver<String>,
    /// The phase that it announced last.
    phase: Option<&'static str>,
    _watch: Sender<()>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the tool runs");
        let watch = watch(&child);
        let (sender, said) = channel();
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, said, phase: None, _watch: watch }
    }

    fn hear(&mut self, line: &str) {
        let phase = PHASES.into_iter().find(|phase| line == format!("fugo: {phase}"));
        self.phase = phase.or(self.phase);
    }

    /// Waits until a phase is announced; false if the run ends before.
    fn wait_for(&mut self, phase: &str) -> bool {
        while self.phase != Some(phase) {
            let Ok(line) = self.said.recv() else { return false };
            self.hear(&line);
        }
        true
    }

    fn signal(&self, signal: Signal) {
        // It may have ended already.
        let _ = kill_process(Pid::from_child(&self.child), signal);
    }

    /// Waits for the end; returns the status, the phase in which it came, and the last messages.
    fn end(mut self) -> (ExitStatus, Option<&'static str>, String) {
        let status = self.child.wait().expect("it ends");
        let mut last = Vec::new();
        while let Ok(line) = self.said.recv() {
            self.hear(&line);
            last.push(line);
        }
        (status, self.phase, last.join("\n"))
    }
}

/// Which files are new. The others are unchanged.
fn new_files(keys: &Keys, sample: &Sample) -> Vec<bool> {
    let is_new = |(name, whole): (&&str, &Vec<u8>)| {
        let found = read(keys, name);
        if found == earlier(name).as_bytes() {
            return false;
        }
        if *name == "report.json" {
            // The id and the time of a run are its own.
            let [found, whole] = [&found, whole].map(|json| serde_json::from_slice(json).expect("a whole report"));
            let (found, whole): (serde_json::Value, serde_json::Value) = (found, whole);
            assert!(["read", "converted", "rejected", "duplicates"].iter().all(|name| found[name] == whole[name]));
        } else {
            assert!(found == *whole, "{name} is neither as it was nor whole");
        }
        true
    };
    FILES.iter().zip(&sample.files).map(is_new).collect()
}

/// Checks the files that a killed run left: only run directories and locks, accessible to their owner alone, without
/// numbers, and one scope in each file. Returns the scopes whose symbols were found in temporary rows.
fn check_leftovers(keys: &Keys, sample: &Sample) -> HashSet<&'static str> {
    let named = ["agency-nta-1.key", "agency-moj-1.key", "roster.csv"];
    for name in keys.names() {
        assert!(
            named.contains(&&*name)
                || FILES.contains(&&*name)
                || name.starts_with(".fugo-run-")
                || name.starts_with(".fugo-lock-"),
            "{name} was left behind"
        );
    }
    let mut scopes = HashSet::new();
    for directory in run_directories(&keys.at("")) {
        assert_eq!(fs::metadata(&directory).expect("there").mode() & 0o7777, 0o700);
        for entry in fs::read_dir(&directory).expect("there") {
            let path = entry.expect("an entry").path();
            let metadata = fs::symlink_metadata(&path).expect("there");
            assert!(metadata.is_file() && metadata.mode() & 0o7777 == 0o600, "{}", path.display());
            let bytes = fs::read(&path).expect("there");
            assert!(!holds_number(&bytes, sample), "{} holds a number", path.display());
            if path.file_stem().is_some_and(|stem| stem == "rows") {
                let found = scopes_in(&bytes, sample);
                assert!(found.len() <= 1, "{} holds symbols of {found:?}", path.display());
                scopes.extend(found);
            }
        }
    }
    scopes
}

/// Whether twelve ASCII digits in a row are a number of the roster, wherever they start.
fn holds_number(bytes: &[u8], sample: &Sample) -> bool {
    let mut digits = 0;
    bytes.iter().enumerate().any(|(i, byte)| {
        digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
        digits >= 12 && sample.numbers.contains(&bytes[i - 11..=i])
    })
}

/// The scopes whose symbols, as sixteen raw bytes, are anywhere in the bytes.
fn scopes_in(bytes: &[u8], sample: &Sample) -> HashSet<&'static str> {
    static STARTS: OnceLock<Vec<u64>> = OnceLock::new();
    let start_of = |bytes: &[u8]| usize::from(bytes[0]) << 16 | usize::from(bytes[1]) << 8 | usize::from(bytes[2]);
    // Few offsets are the start of a symbol; the map is asked for these only.
    let starts = STARTS.get_or_init(|| {
        let mut starts = vec![0; 1 << 18];
        sample.scopes.keys().for_each(|symbol| starts[start_of(symbol) / 64] |= 1 << (start_of(symbol) % 64));
        starts
    });
    let is_start = |window: &&[u8]| starts[start_of(window) / 64] >> (start_of(window) % 64) & 1 == 1;
    bytes.windows(16).filter(is_start).filter_map(|window| sample.scopes.get(window)).copied().collect()
}

fn next_run_is_undisturbed(keys: &Keys, sample: &Sample) {
    assert_eq!(convert(keys, &ARGS).status.code(), Some(1));
    assert!(new_files(keys, sample).iter().all(|new| *new));
    assert!(!keys.names().iter().any(|name| name.starts_with(".fugo")), "the next run leaves what the dead one left");
}

/// Kills runs in a phase until three died in it, each at a different moment.
fn kill_in(phase: &'static str, random: &mut Random) -> HashSet<&'static str> {
    let sample = sample();
    let keys = folder(sample);
    let at = PHASES.iter().position(|other| *other == phase).expect("a phase");
    let (mut kills, mut scopes) = (0, HashSet::new());
    for _ in 0..60 {
        let mut running = Running::start(command(&keys, &ARGS));
        assert!(running.wait_for(phase));
        let within = sample.phases[at].as_nanos() as usize;
        let wait = Duration::from_nanos(random.below(within.max(1)) as u64);
        thread::sleep(wait);
        running.signal(Signal::KILL);
        let (status, died_in, _) = running.end();
        if status.signal() != Some(9) {
            println!("{phase}: ended by itself before {wait:?}");
            put_back(&keys);
            continue;
        }
        let new = new_files(&keys, sample);
        let placed = new.iter().filter(|new| **new).count();
        println!("killed {wait:?} into {phase}, in {}: {placed} of {} in place", died_in.expect("one"), FILES.len());
        // Some may be new only once they are being renamed, and then the first of them.
        assert!(placed == 0 || died_in == Some("renaming"));
        assert!(new[..placed].iter().all(|new| *new));
        scopes.extend(check_leftovers(&keys, sample));
        assert!(placed == FILES.len() || !run_directories(&keys.at("")).is_empty());
        next_run_is_undisturbed(&keys, sample);
        put_back(&keys);
        kills += usize::from(died_in == Some(phase));
        if kills == 3 {
            return scopes;
        }
    }
    panic!("only {kills} of 60 runs were killed in {phase}");
}

#[test]
fn a_run_killed_at_any_moment_leaves_every_file_whole_and_nothing_to_see() {
    let mut random = Random::new(u64::from(std::process::id()));
    let scopes: HashSet<&str> = PHASES.into_iter().flat_map(|phase| kill_in(phase, &mut random)).collect();
    assert_eq!(scopes, HashSet::from([NTA, MOJ]), "no kill was late enough to find temporary rows");
}

#[test]
fn a_run_killed_at_each_rename_leaves_the_first_files_new_and_the_others_as_they_were() {
    if Command::new("strace").arg("-V").output().is_err() {
        skip("kills exactly between two renames", "strace is missing; other tests kill about there");
        return;
    }
    let sample = sample();
    let keys = folder(sample);
    for nth in 1..=FILES.len() {
        let mut traced = Command::new("strace");
        traced.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=rename,renameat,renameat2", "-e"]);
        traced.arg(format!("inject=rename,renameat,renameat2:signal=KILL:when={nth}"));
        traced.arg(env!("CARGO_BIN_EXE_fugo")).args(["convert", "--test-keys"]).args(ARGS).current_dir(keys.at(""));
        let output = traced.stdin(Stdio::null()).output().expect("strace runs");
        if output.status.code().is_some() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(said.contains("ptrace"), "not killed at rename {nth}: {said}");
            skip("kills exactly between two renames", "strace may not trace here");
            return;
        }
        let new = new_files(&keys, sample);
        let placed = new.iter().filter(|new| **new).count();
        println!("killed at rename {nth}: {placed} of {} in place", FILES.len());
        // The signal comes when the call begins; the kernel decides whether the call still happens.
        assert!(placed == nth || placed == nth - 1);
        assert!(new[..placed].iter().all(|new| *new));
        check_leftovers(&keys, sample);
        next_run_is_undisturbed(&keys, sample);
        put_back(&keys);
    }
}

#[test]
fn an_interrupted_run_says_so_and_leaves_everything_as_it_was() {
    let sample = sample();
    let keys = folder(sample);
    for signal in [Signal::INT, Signal::TERM] {
        for phase in &PHASES[..3] {
            let interrupted = (0..20).any(|_| {
                let mut running = Running::start(with_signals(STOPPED_BY_SIGNALS, &keys, &ARGS));
                assert!(running.wait_for(phase));
                running.signal(signal);
                let (status, _, said) = running.end();
                assert!(run_directories(&keys.at("")).is_empty());
                if status.code() == Some(1) {
                    // The signal came while the files were put in place, which does not stop half way.
                    assert!(new_files(&keys, sample).iter().all(|new| *new));
                    put_back(&keys);
                    return false;
                }
                assert_eq!(status.code(), Some(130), "{said}");
                assert!(said.ends_with("fugo: interrupted\n      run the command again; no output was changed"));
                assert!(new_files(&keys, sample).iter().all(|new| !new));
                true
            });
            assert!(interrupted, "no run was interrupted in {phase}");
        }
    }
}

/// `fugo convert` with signals as an option of env(1) has them, whatever the program that runs the tests ignores.
fn with_signals(option: &str, keys: &Keys, args: &[&str]) -> Command {
    let tool = command(keys, args);
    let mut env = Command::new("env");
    env.arg(option).arg(tool.get_program()).args(tool.get_args()).current_dir(keys.at(""));
    env.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    env
}

const STOPPED_BY_SIGNALS: &str = "--default-signal=INT,TERM,HUP";

/// Starts a run that reads from a pipe, and waits until it has begun.
fn start_piped(keys: &Keys, out: &str, signals: &str) -> (Running, std::process::ChildStdin) {
    let mut tool = with_signals(signals, keys, &["--key", NTA_KEY, "--out", out]);
    tool.stdin(Stdio::piped());
    let mut running = Running::start(tool);
    let mut input = running.child.stdin.take().expect("a pipe");
    input.write_all(format!("my_number\n{NUMBER}\n").as_bytes()).expect("it reads");
    assert!(running.wait_for("reading"));
    (running, input)
}

#[test]
fn a_run_whose_input_never_ends_can_be_interrupted() {
    let keys = keys_of(&[NTA]);
    for signal in [Signal::INT, Signal::TERM] {
        let (running, input) = start_piped(&keys, "nta.csv", STOPPED_BY_SIGNALS);
        running.signal(signal);
        let started = Instant::now();
        let (status, ..) = running.end();
        assert_eq!(status.code(), Some(130));
        assert!(started.elapsed() < Duration::from_secs(10));
        assert_eq!(keys.names(), [NTA_KEY]);
        drop(input);
    }
}

#[test]
fn a_run_whose_input_keeps_coming_can_be_interrupted() {
    let keys = keys_of(&[NTA]);
    let (running, mut input) = start_piped(&keys, "nta.csv", STOPPED_BY_SIGNALS);
    let endless = thread::spawn(move || {
        let rows = format!("{NUMBER}\n").repeat(10_000);
        while input.write_all(rows.as_bytes()).is_ok() {}
    });
    thread::sleep(Duration::from_millis(200));
    running.signal(Signal::TERM);
    assert_eq!(running.end().0.code(), Some(130));
    endless.join().expect("the pipe broke");
    assert_eq!(keys.names(), [NTA_KEY]);
}

#[test]
fn a_signal_that_was_ignored_when_the_tool_began_stays_ignored() {
    let keys = keys_of(&[NTA]);
    let (mut running, input) = start_piped(&keys, "nta.csv", "--ignore-signal=INT,HUP");
    for signal in [Signal::HUP, Signal::INT] {
        running.signal(signal);
    }
    thread::sleep(Duration::from_millis(200));
    assert!(running.child.try_wait().expect("its status").is_none(), "it ended");
    drop(input);
    assert_eq!(running.end().0.code(), Some(0));
    // The others stop it as before.
    let (running, input) = start_piped(&keys, "other.csv", "--ignore-signal=INT,HUP");
    running.signal(Signal::TERM);
    assert_eq!(running.end().0.code(), Some(130));
    drop(input);
}

#[test]
fn a_live_run_is_not_cleared_by_another_that_starts_meanwhile() {
    let keys = keys_of(&[NTA]);
    let (mut running, input) = start_piped(&keys, "slow.csv", STOPPED_BY_SIGNALS);
    let directory = run_directories(&keys.at(""));
    assert_eq!(directory.len(), 1);
    keys.file("roster.csv", &format!("my_number\n{NUMBER}\n"), 0o600);
    let output = convert(&keys, &["roster.csv", "--key", NTA_KEY, "--out", "quick.csv"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(run_directories(&keys.at("")), directory);
    drop(input);
    assert_eq!(running.child.wait().expect("it ends").code(), Some(0));
    assert_eq!(read(&keys, "slow.csv"), read(&keys, "quick.csv"));
    assert!(run_directories(&keys.at("")).is_empty());
}

#[test]
fn runs_that_start_at_one_moment_do_not_disturb_each_other() {
    let keys = keys_of(&[NTA]);
    keys.file("roster.csv", &format!("my_number\n{NUMBER}\n"), 0o600);
    for _ in 0..20 {
        let outs: Vec<String> = (0..8).map(|i| format!("{i}.csv")).collect();
        let start = |out: &String| command(&keys, &["roster.csv", "--key", NTA_KEY, "--out", out]).spawn();
        let runs: Vec<Child> = outs.iter().map(|out| start(out).expect("the tool runs")).collect();
        for run in runs {
            let output = run.wait_with_output().expect("it ends");
            assert_eq!(output.status.code(), Some(0), "{output:?}");
        }
        assert!(outs.iter().all(|out| read(&keys, out) == read(&keys, "0.csv")));
        assert!(run_directories(&keys.at("")).is_empty());
    }
}

#[test]
fn what_dead_runs_left_is_cleared_in_every_folder_of_the_next_run() {
    let keys = keys_of(&[NTA]);
    for folder in ["a", "b", "temp"] {
        fs::create_dir_all(keys.at(folder).join(".fugo-run-dead")).expect("made");
        fs::write(keys.at(folder).join(".fugo-run-dead/rows.0"), "left").expect("written");
        fs::write(keys.at(folder).join(".fugo-run-dead/fugo-run"), "").expect("written");
        fs::write(keys.at(folder).join(".fugo-run-file"), "no directory").expect("written");
    }
    keys.file("roster.csv", &format!("my_number\n{NUMBER}\n"), 0o600);
    let args = ["roster.csv", "--key", NTA_KEY, "--out", "a/nta.csv", "--rejects", "b/r.csv", "--temp-dir", "temp"];
    assert_eq!(convert(&keys, &args).status.code(), Some(0));
    for folder in ["a", "b", "temp"] {
        let left = run_directories(&keys.at(folder));
        assert_eq!(left, [keys.at(folder).join(".fugo-run-file")]);
    }
}

#[test]
fn a_link_named_like_a_run_directory_is_not_followed() {
    let keys = keys_of(&[NTA]);
    fs::create_dir(keys.at("others")).expect("made");
    keys.file("others/file", "stays", 0o600);
    std::os::unix::fs::symlink(keys.at("others"), keys.at(".fugo-run-link")).expect("linked");
    keys.file("roster.csv", &format!("my_number\n{NUMBER}\n"), 0o600);
    assert_eq!(convert(&keys, &["roster.csv", "--key", NTA_KEY, "--out", "nta.csv"]).status.code(), Some(0));
    assert!(Path::new(&keys.at("others/file")).exists());
}

#[test]
fn a_run_that_loses_its_standard_error_goes_on() {
    let keys = keys_of(&[NTA]);
    keys.file("roster.csv", &format!("my_number\n{NUMBER}\nbad\n"), 0o600);
    let mut tool = command(&keys, &["roster.csv", "--key", NTA_KEY, "--out", "nta.csv"]);
    let mut child = tool.process_group(0).spawn().expect("the tool runs");
    drop(child.stderr.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    assert_eq!(read(&keys, "nta.csv").len(), "symbol\n".len() + sample_keys::TEXT.len() + 1);
}
