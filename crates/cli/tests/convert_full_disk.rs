//! `fugo convert` if a disk is full or a file cannot grow: the run reports it in two lines and leaves no files.

mod rosters;
mod sample_keys;

use std::{
    fs,
    io::Write,
    process::{Command, Output, Stdio},
};

use rosters::{NTA, NTA_KEY, earlier, keys_of, numbers, run_directories, skip, watch};
use sample_keys::{Keys, stderr};

const FILES: [&str; 4] = ["nta.csv", "nta.rejects.csv", "nta.duplicates.csv", "report.json"];

fn roster(rows: u64, more: &str) -> String {
    let rows = numbers(rows).iter().map(|number| format!("{number},a memo\n")).collect::<Vec<_>>().concat();
    format!("my_number,memo\n{rows}{more}")
}

/// A folder with a key, this roster and the files of an earlier run.
fn folder(roster: &str) -> Keys {
    let keys = keys_of(&[NTA]);
    keys.file("roster.csv", roster, 0o600);
    for name in FILES {
        keys.file(name, earlier(name), 0o600);
    }
    keys
}

/// The tool in a shell in which no file grows beyond `blocks` of 512 bytes (of 1,024 in some shells).
fn limited(keys: &Keys, blocks: u32, args: &str) -> Command {
    let tool = env!("CARGO_BIN_EXE_fugo");
    let args = format!("--key {NTA_KEY} --out nta.csv --report report.json --keep memo --quiet {args}");
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec {tool} convert --test-keys {args}")]);
    shell.current_dir(keys.at("")).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    shell
}

fn stopped(keys: &Keys, output: &Output, what: &str) {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said: Vec<&str> = stderr(output).lines().filter(|line| !line.contains("is a test key")).collect();
    let [error, remedy] = said[..] else { panic!("{said:?}") };
    assert!(error.starts_with(&format!("fugo: cannot {what}: ")), "{error}");
    assert_eq!(remedy, "      free some space, or choose another place; no output was changed");
    for name in FILES {
        assert_eq!(fs::read(keys.at(name)).expect("there"), earlier(name).as_bytes());
    }
    assert!(run_directories(&keys.at("")).is_empty());
}

#[test]
fn temporary_rows_that_do_not_fit_stop_the_run() {
    let keys = folder(&roster(300_000, ""));
    for threads in ["1", "3"] {
        let output = limited(&keys, 2_000, &format!("roster.csv --memory 16M --threads {threads}")).output();
        stopped(&keys, &output.expect("a shell"), "keep rows in .");
    }
}

#[test]
fn too_many_rows_of_one_person_that_do_not_fit_stop_the_run() {
    let one = format!("{},a memo\n", rosters::number(1)).repeat(200_000);
    let keys = folder(&format!("my_number,memo\n{one}"));
    let output = limited(&keys, 4_000, "roster.csv --memory 16M").output().expect("a shell");
    stopped(&keys, &output, "keep rows in .");
}

#[test]
fn an_output_that_does_not_fit_stops_the_run() {
    let keys = folder(&roster(100_000, ""));
    let output = limited(&keys, 1_000, "roster.csv --memory 1G").output().expect("a shell");
    stopped(&keys, &output, "write nta.csv");
}

#[test]
fn an_output_whose_last_bytes_do_not_fit_stops_the_run() {
    // Less than the buffer, so that only the end of the run writes it.
    let keys = folder(&roster(3_000, ""));
    let output = limited(&keys, 40, "roster.csv").output().expect("a shell");
    stopped(&keys, &output, "write nta.csv");
}

#[test]
fn rejects_that_do_not_fit_stop_the_run() {
    let keys = folder(&roster(0, &"bad,x\n".repeat(100_000)));
    let output = limited(&keys, 1_000, "roster.csv").output().expect("a shell");
    stopped(&keys, &output, "write nta.rejects.csv");
}

#[test]
fn an_output_in_input_order_that_does_not_fit_stops_the_run() {
    let keys = folder(&roster(100_000, ""));
    for more in ["", "--unique"] {
        let output = limited(&keys, 1_000, &format!("roster.csv --order input {more}")).output().expect("a shell");
        stopped(&keys, &output, "write nta.csv");
    }
}

#[test]
fn a_run_that_is_stopped_does_not_wait_for_the_end_of_its_input() {
    let roster = roster(300_000, "");
    let keys = folder("");
    for (args, what) in [
        ("--memory 16M", "keep rows in ."),
        ("--order input", "write nta.csv"),
        ("--memory 16M --threads 1", "keep rows in ."),
    ] {
        let mut tool = limited(&keys, 2_000, args).stdin(Stdio::piped()).spawn().expect("a shell");
        let _watch = watch(&tool);
        let mut input = tool.stdin.take().expect("a pipe");
        // The tool may end before all is written. The pipe stays open.
        let _ = input.write_all(roster.as_bytes());
        let output = tool.wait_with_output().expect("it ends");
        stopped(&keys, &output, what);
        drop(input);
    }
}

/// Runs the tool with `small`, a disk of two megabytes in the keys' folder.
fn on_a_small_disk(keys: &Keys, args: &str) -> Option<Output> {
    fs::create_dir_all(keys.at("small")).expect("made");
    let tool = env!("CARGO_BIN_EXE_fugo");
    let script = format!(
        "mount -t tmpfs -o size=2m fugo small || exit 77; echo symbol,before >small/nta.csv; \
         {tool} convert --test-keys roster.csv --key {NTA_KEY} --keep memo --quiet {args}; code=$?; \
         cat small/nta.csv; ls -A small; exit $code"
    );
    let mut shell = Command::new("unshare");
    let output = shell.args(["-r", "-m", "sh", "-c", &script]).current_dir(keys.at("")).stdin(Stdio::null()).output();
    match output {
        Ok(output) if matches!(output.status.code(), Some(0..=2)) && !stderr(&output).starts_with("unshare") => {
            Some(output)
        }
        Ok(output) => {
            skip("a full disk", format_args!("no disk can be mounted here: {}", stderr(&output).trim()));
            None
        }
        Err(error) => {
            skip("a full disk", format_args!("unshare is missing: {error}"));
            None
        }
    }
}

fn stopped_on_a_small_disk(roster: &str, args: &str, what: &str) {
    let keys = folder(roster);
    let Some(output) = on_a_small_disk(&keys, args) else { return };
    assert_eq!(sample_keys::stdout(&output), "symbol,before\nnta.csv\n");
    stopped(&keys, &output, what);
    assert!(stderr(&output).contains("No space left on device"));
}

#[test]
fn a_disk_full_of_temporary_rows_stops_the_run() {
    let args = "--out small/nta.csv --memory 16M";
    stopped_on_a_small_disk(&roster(300_000, ""), args, "keep rows in small");
}

#[test]
fn a_disk_full_of_output_stops_the_run() {
    let args = "--out small/nta.csv --temp-dir . --memory 16M";
    stopped_on_a_small_disk(&roster(100_000, ""), args, "write small/nta.csv");
}

#[test]
fn a_disk_full_of_rejects_stops_the_run() {
    let args = "--out nta.csv --rejects small/r.csv";
    stopped_on_a_small_disk(&roster(0, &"bad,x\n".repeat(100_000)), args, "write small/r.csv");
}

#[test]
fn a_run_that_fits_a_small_disk_ends_well_there() {
    let keys = folder(&roster(1_000, ""));
    let Some(output) = on_a_small_disk(&keys, "--out small/nta.csv --operator-dir small") else { return };
    assert_eq!(output.status.code(), Some(0));
    assert!(sample_keys::stdout(&output).ends_with("nta.csv\nnta.duplicates.csv\nnta.rejects.csv\n"));
}
