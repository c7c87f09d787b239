//! `fugo translate`, killed or failed at any step: the record opens and verifies, and an output is recorded or absent.

mod rosters;
mod sample_keys;
mod translations;

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use rosters::{MOJ, NTA, Random, keys_of, numbers, skip};
use sample_keys::{Keys, stderr, stdout};
use translations::{asked_of, command, record, record_of, roster_of, standard};

/// The calls between which a run can be killed.
const CALLS: &str = "rename,renameat,renameat2,fsync,fdatasync";

struct Network {
    keys: Keys,
    /// The entries that the record must have.
    entries: u64,
}

impl Network {
    fn new(people: u64) -> Self {
        let (keys, people) = (keys_of(&[NTA, MOJ]), numbers(people));
        roster_of(&keys, &people);
        record_of(&keys);
        asked_of(&keys, NTA, "symbol,memo,more", &standard(&people));
        let network = Self { keys, entries: 1 };
        assert_eq!(network.run().output().expect("runs").status.code(), Some(0));
        network.clear();
        network
    }

    fn run(&self) -> Command {
        command(&self.keys, &["--quiet", "--report", "report.json"])
    }

    /// The run under strace, with this fault.
    fn traced(&self, inject: &str) -> Output {
        let run = self.run();
        let mut traced = Command::new("strace");
        traced.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={CALLS}"), "-e", inject]);
        traced.arg(run.get_program()).args(run.get_args()).current_dir(self.keys.at(""));
        traced.stdin(Stdio::null()).output().expect("strace runs")
    }

    /// The record after a run that did not end well, and whether there is an output.
    fn left(&mut self, of: &str) -> (bool, bool) {
        let verified =
            record(&self.keys, &["verify", "record", "--trust", "trust.toml", "--grant-policy", "grants.toml"]);
        assert_eq!(verified.status.code(), Some(0), "{of}: {}", stderr(&verified));
        let said = stdout(&verified);
        let entries: u64 = said.split([' ', ':']).find_map(|word| word.parse().ok()).expect("a count");
        let output = self.keys.at("moj.csv").exists();
        assert!(
            entries == self.entries || entries == self.entries + 1,
            "{of}: {entries} entries after {}",
            self.entries
        );
        assert!(!output || entries == self.entries + 1, "{of}: an output that is not recorded");
        let recorded = entries > self.entries;
        self.entries = entries;
        (recorded, output)
    }

    fn clear(&self) {
        for name in ["moj.csv", "moj.rejects.csv", "moj.duplicates.csv", "moj.roster-rejects.csv", "report.json"] {
            let _ = fs::remove_file(self.keys.at(name));
        }
    }

    /// A run that is not disturbed.
    fn runs_again(&mut self, of: &str) {
        let output = self.run().output().expect("runs");
        assert_eq!(output.status.code(), Some(0), "{of}: {output:?}");
        assert_eq!(self.left(of), (true, true), "{of}");
        for folder in ["", "record"] {
            assert!(!names(&self.keys.at(folder)).iter().any(|name| name.starts_with(".fugo")), "{of}");
        }
        self.clear();
    }
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("a directory");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text")).collect()
}

fn has_strace() -> bool {
    let has = Command::new("strace").arg("-V").output().is_ok();
    if !has {
        skip("kills and faults at each sync and rename", "strace is missing; another test kills about there");
    }
    has
}

#[test]
fn a_run_that_is_killed_at_any_sync_or_rename_is_recorded_or_has_no_output() {
    if !has_strace() {
        return;
    }
    let mut network = Network::new(300);
    let mut seen = Vec::new();
    for when in 1..100 {
        let output = network.traced(&format!("inject={CALLS}:signal=KILL:when={when}"));
        if output.status.code() == Some(0) {
            assert!(when > 12, "{when} calls");
            // Killed before the record, after it, and after the output.
            for left in [(false, false), (true, false), (true, true)] {
                assert!(seen.contains(&left), "{left:?} of {seen:?}");
            }
            assert_eq!(network.left("the run that was not killed"), (true, true));
            return;
        }
        if output.status.code().is_some() && stderr(&output).contains("ptrace") {
            return skip("kills at each sync and rename", "strace may not trace here");
        }
        let of = format!("killed at call {when}");
        seen.push(network.left(&of));
        network.clear();
        network.runs_again(&of);
    }
    panic!("no run was left alone");
}

#[test]
fn a_run_whose_syncs_and_renames_fail_says_so_and_is_recorded_or_has_no_output() {
    if !has_strace() {
        return;
    }
    for error in ["ENOSPC", "EIO"] {
        let mut network = Network::new(40);
        for when in 1..100 {
            let output = network.traced(&format!("inject={CALLS}:error={error}:when={when}"));
            let of = format!("{error} at call {when}");
            if output.status.code() == Some(0) {
                assert!(when > 12, "{when} calls");
                break;
            }
            if stderr(&output).contains("ptrace") {
                return skip("faults at each sync and rename", "strace may not trace here");
            }
            assert_eq!(output.status.code(), Some(2), "{of}: {output:?}");
            let (recorded, _) = network.left(&of);
            // The message of a run that failed says whether the run is recorded.
            let said = stderr(&output);
            assert_eq!(said.contains("recorded as entry"), recorded, "{of}: {said}");
            network.clear();
            network.runs_again(&of);
        }
    }
}

#[test]
fn a_run_that_is_killed_at_a_random_moment_is_recorded_or_has_no_output() {
    let mut network = Network::new(3_000);
    let started = Instant::now();
    network.runs_again("the first run");
    let takes = started.elapsed();
    let mut random = Random::new(u64::from(std::process::id()));
    let mut kills = 0;
    for _ in 0..80 {
        let mut child = network.run().spawn().expect("runs");
        let wait = Duration::from_nanos(random.below(takes.as_nanos() as usize) as u64);
        thread::sleep(wait);
        child.kill().expect("it is there");
        let killed = child.wait().expect("it ends").signal() == Some(9);
        let of = format!("killed after {wait:?} of {takes:?}");
        let left = network.left(&of);
        println!("{of}: {left:?}");
        network.clear();
        if killed {
            kills += 1;
            network.runs_again(&of);
        }
        if kills == 20 {
            return;
        }
    }
    panic!("only {kills} of 80 runs were killed");
}
