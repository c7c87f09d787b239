//! `fugo deliver`, killed: a delivery is complete, or it is absent. A folder without a manifest is not a delivery.

mod deliveries;
mod rosters;
mod sample_keys;

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use deliveries::{Issuer, MANIFEST, NTA_1, SEALED, is_refused};
use rosters::{Random, lines, read, skip};
use sample_keys::stderr;

const DELIVER: &str = "deliver --test-keys --out-dir outbox --signing-key sign.key --report report.json \
                       --audit-report audit.json --recipients recipients.csv nta.csv --serial 1";

/// What a killed run left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Left {
    Nothing,
    SealedFileAlone,
    Delivery,
}

/// Looks at what a killed run left: nothing that can be taken for a delivery, or a delivery that can be received. No
/// temporary file holds a row.
fn left(issuer: &Issuer) -> Left {
    let folder = issuer.keys.at(NTA_1);
    let all = if folder.exists() { issuer.names(NTA_1) } else { Vec::new() };
    let row = lines(&issuer.keys, "nta.csv").remove(1);
    for name in &all {
        no_row_in(&folder.join(name), row.as_bytes());
    }
    let names: Vec<&String> = all.iter().filter(|name| !name.starts_with(".fugo-")).collect();
    let [sealed, manifest] = [SEALED, MANIFEST].map(|path| issuer.keys.at(path).exists());
    assert_eq!(names.len(), usize::from(sealed) + usize::from(manifest), "{names:?}");
    if !manifest {
        if sealed {
            is_refused(&issuer.receive(SEALED), "manifest");
        }
        assert!(issuer.names("inbox").is_empty());
        return if sealed { Left::SealedFileAlone } else { Left::Nothing };
    }
    let output = issuer.receive(SEALED);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(read(&issuer.keys, "inbox/agency-nta-1-1.csv"), read(&issuer.keys, "nta.csv"));
    Left::Delivery
}

fn no_row_in(path: &Path, row: &[u8]) {
    if path.is_dir() {
        let entries = fs::read_dir(path).expect("a folder");
        entries.for_each(|entry| no_row_in(&entry.expect("an entry").path(), row));
        return;
    }
    let bytes = fs::read(path).expect("there");
    assert!(!bytes.windows(row.len()).any(|found| found == row), "{} holds a row", path.display());
}

/// The next run is not disturbed: with the same serial if nothing was left, and otherwise with a larger one.
fn deliver_again(issuer: &Issuer, left: Left) {
    let serial = if left == Left::Nothing { 1 } else { 2 };
    let output = issuer.deliver(&format!("nta.csv --serial {serial}"));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let folder = format!("outbox/agency-nta-1-{serial}");
    assert_eq!(issuer.names(&folder).len(), 2, "{:?}", issuer.names(&folder));
    if left != Left::Nothing {
        is_refused(&issuer.deliver("nta.csv --serial 1"), "exists already");
    }
}

fn empty(issuer: &Issuer) {
    for folder in ["outbox", "inbox"] {
        fs::remove_dir_all(issuer.keys.at(folder)).expect("removed");
        fs::create_dir(issuer.keys.at(folder)).expect("made");
    }
}

#[test]
fn a_delivery_killed_at_any_moment_is_complete_or_absent() {
    let issuer = Issuer::new();
    let started = Instant::now();
    assert_eq!(issuer.run(DELIVER).status.code(), Some(0));
    let takes = started.elapsed();
    empty(&issuer);
    let mut random = Random::new(u64::from(std::process::id()));
    let mut kills = 0;
    for _ in 0..80 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fugo"));
        command.current_dir(issuer.keys.at("")).args(DELIVER.split(' ')).stdin(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the tool runs");
        let wait = Duration::from_nanos(random.below(takes.as_nanos() as usize) as u64);
        thread::sleep(wait);
        child.kill().expect("it is there");
        if child.wait().expect("it ends").signal() == Some(9) {
            kills += 1;
            let left = left(&issuer);
            println!("killed after {wait:?} of {takes:?}: {left:?}");
            fs::remove_dir_all(issuer.keys.at("inbox")).expect("removed");
            fs::create_dir(issuer.keys.at("inbox")).expect("made");
            deliver_again(&issuer, left);
        }
        empty(&issuer);
        if kills == 25 {
            return;
        }
    }
    panic!("only {kills} of 80 runs were killed");
}

#[test]
fn a_delivery_killed_at_each_rename_is_complete_or_absent() {
    if Command::new("strace").arg("-V").output().is_err() {
        skip("kills exactly between two renames", "strace is missing; other tests kill about there");
        return;
    }
    let issuer = Issuer::new();
    let mut found = Vec::new();
    for nth in 1..=2 {
        let mut traced = Command::new("strace");
        traced.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=rename,renameat,renameat2,link,linkat", "-e"]);
        traced.arg(format!("inject=rename,renameat,renameat2,link,linkat:signal=KILL:when={nth}"));
        traced.arg(env!("CARGO_BIN_EXE_fugo")).args(DELIVER.split(' ')).current_dir(issuer.keys.at(""));
        let output = traced.stdin(Stdio::null()).output().expect("strace runs");
        if output.status.code().is_some() {
            let said = stderr(&output);
            assert!(said.contains("ptrace"), "not killed at rename {nth}: {said}");
            skip("kills exactly between two renames", "strace may not trace here");
            return;
        }
        let left = left(&issuer);
        println!("killed at rename {nth}: {left:?}");
        found.push(left);
        deliver_again(&issuer, left);
        empty(&issuer);
    }
    // The signal comes when the call begins; the kernel decides whether the call still happens.
    assert!(found[0] <= Left::SealedFileAlone && found[1] >= Left::SealedFileAlone, "{found:?}");
}
