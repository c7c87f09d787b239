//! `fugo deliver`, killed: a delivery is complete, or it is absent.

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

use deliveries::{Issuer, NTA_1, SEALED, is_refused};
use rosters::{Random, lines, read, skip};
use sample_keys::stderr;

const DELIVER: &str = "deliver --test-keys --out-dir outbox --signing-key sign.key --report report.json \
                       --audit-report audit.json --recipients recipients.csv nta.csv --serial 1";

/// What a killed run left: nothing that can be taken for a delivery, or a delivery that can be received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    Nothing,
    Delivery,
}

/// Looks at what a killed run left. No temporary file holds a row.
fn left(issuer: &Issuer) -> Left {
    no_row_in(&issuer.keys.at("outbox"), lines(&issuer.keys, "nta.csv").remove(1).as_bytes());
    let others = issuer.names("outbox").into_iter().filter(|name| !name.starts_with(".fugo-")).collect::<Vec<_>>();
    if !issuer.keys.at(NTA_1).exists() {
        assert_eq!(others, [] as [&str; 0]);
        return Left::Nothing;
    }
    assert_eq!(others, ["agency-nta-1-1"]);
    assert_eq!(issuer.names(NTA_1), ["agency-nta-1-1.manifest.json", "agency-nta-1-1.tar.age"]);
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

/// The next run is not disturbed, and clears what the killed one left: with the same serial if nothing was delivered,
/// and otherwise with a larger one.
fn deliver_again(issuer: &Issuer, left: Left) {
    let serial = if left == Left::Nothing { 1 } else { 2 };
    let output = issuer.deliver(&format!("nta.csv --serial {serial}"));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let folder = format!("outbox/agency-nta-1-{serial}");
    assert_eq!(issuer.names(&folder).len(), 2, "{:?}", issuer.names(&folder));
    assert!(!issuer.names("outbox").iter().any(|name| name.starts_with(".fugo")), "{:?}", issuer.names("outbox"));
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
fn a_delivery_killed_at_its_rename_is_complete_or_absent() {
    if Command::new("strace").arg("-V").output().is_err() {
        skip("kills exactly at the rename", "strace is missing; other tests kill about there");
        return;
    }
    let issuer = Issuer::new();
    let traced = |inject: &str| {
        let mut traced = Command::new("strace");
        traced.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=rename,renameat,renameat2", "-e", inject]);
        traced.arg(env!("CARGO_BIN_EXE_fugo")).args(DELIVER.split(' ')).current_dir(issuer.keys.at(""));
        traced.stdin(Stdio::null()).output().expect("strace runs")
    };
    let output = traced("inject=rename,renameat,renameat2:signal=KILL:when=1");
    if output.status.code().is_some() {
        let said = stderr(&output);
        assert!(said.contains("ptrace"), "not killed at the rename: {said}");
        skip("kills exactly at the rename", "strace may not trace here");
        return;
    }
    // The signal comes when the call begins; the kernel decides whether the call still happens.
    let found = left(&issuer);
    println!("killed at the rename: {found:?}");
    deliver_again(&issuer, found);
    empty(&issuer);
    // There is no second rename, between which and the first a delivery would be incomplete.
    assert_eq!(traced("inject=rename,renameat,renameat2:signal=KILL:when=2").status.code(), Some(0));
    assert_eq!(left(&issuer), Left::Delivery);
}
