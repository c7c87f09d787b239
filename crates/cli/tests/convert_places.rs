//! `fugo convert` and existing files: a run replaces only earlier outputs and the files that `--overwrite` names. It
//! never replaces a key, whenever it appears. Two runs that name one file exclude each other.

mod rosters;
mod sample_keys;

use std::{
    fs,
    io::Write,
    os::unix::fs::MetadataExt,
    process::{Child, Output, Stdio},
    time::{Duration, Instant},
};

use rosters::{MOJ, MOJ_KEY, NTA, NTA_KEY, command, convert, earlier, keys_of, read, run_directories, skip};
use sample_keys::{Keys, NUMBER, TEXT, fugo, stderr};
use sha2::{Digest, Sha256};

const IDENTITY: &str =
    "# recovery identity of the operator\nAGE-SECRET-KEY-1SUCS2MD5L7FZ0VPST2MEY0T32DLVR7Z2QD4GC53VXMRLR3V3THDQD6E6VN\n";

fn folder() -> Keys {
    let keys = keys_of(&[NTA, MOJ]);
    keys.file("roster.csv", &format!("my_number\n{NUMBER}\n"), 0o600);
    keys
}

fn run(keys: &Keys, more: &[&str]) -> Output {
    convert(keys, &[&["roster.csv", "--key", NTA_KEY, "--quiet"], more].concat())
}

fn refused(output: &Output, reason: &str) {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(output).contains(reason), "{} does not say: {reason}", stderr(output));
}

/// A run that has locked its paths and waits for its roster.
fn waiting(keys: &Keys, args: &[&str]) -> Child {
    let mut run = command(keys, &[&["--key", NTA_KEY, "--quiet"], args].concat());
    let run = run.stdin(Stdio::piped()).spawn().expect("the tool runs");
    let started = Instant::now();
    while !keys.names().iter().any(|name| name.starts_with(".fugo-lock-")) {
        assert!(started.elapsed() < Duration::from_secs(60), "the run does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    // The paths are locked one after the other, and checked after that.
    std::thread::sleep(Duration::from_millis(300));
    run
}

fn end(mut run: Child) -> Output {
    let mut input = run.stdin.take().expect("a pipe");
    let _ = input.write_all(format!("my_number\n{NUMBER}\n").as_bytes());
    drop(input);
    run.wait_with_output().expect("it ends")
}

#[test]
fn only_a_file_that_begins_as_an_earlier_output_of_its_kind_is_replaced() {
    let keys = folder();
    let foreign = "name,phone\nmy own list,0312345678\n";
    for (option, place) in [
        ("--out", "nta.csv"),
        ("--rejects", "rejects.csv"),
        ("--duplicates", "duplicates.csv"),
        ("--report", "report.json"),
    ] {
        let out: &[&str] = if option == "--out" { &[] } else { &["--out", "other.csv"] };
        let args = [out, &[option, place]].concat();
        keys.file(place, foreign, 0o600);
        let output = run(&keys, &args);
        refused(&output, "does not begin like an earlier");
        assert!(stderr(&output).contains(&format!("--overwrite {place}")));
        assert_eq!(read(&keys, place), foreign.as_bytes());

        assert_eq!(run(&keys, &[&args[..], &["--overwrite", place]].concat()).status.code(), Some(0));
        let own = read(&keys, place);
        assert_ne!(own, foreign.as_bytes());
        assert_eq!(run(&keys, &args).status.code(), Some(0), "its own output is replaced by {option}");
        keys.file(place, earlier(place), 0o600);
        assert_eq!(run(&keys, &args).status.code(), Some(0), "an earlier one is replaced by {option}");
        keys.file(place, "", 0o600);
        assert_eq!(run(&keys, &args).status.code(), Some(0), "an empty file is replaced by {option}");
        fs::remove_file(keys.at(place)).expect("there");
    }
    // An output of another kind is not the file that the operator means.
    keys.file("nta.csv", earlier("nta.csv"), 0o600);
    refused(&run(&keys, &["--out", "other.csv", "--report", "nta.csv"]), "does not begin like an earlier report");
}

#[test]
fn a_policy_is_an_input_that_no_output_replaces() {
    let keys = folder();
    let policy = "version = 1\n[\"agency/nta\"]\ncolumns = {}\n";
    keys.file("policy.toml", policy, 0o600);
    let more = ["--policy", "policy.toml", "--out", "nta.csv", "--report", "policy.toml", "--overwrite", "policy.toml"];
    refused(&run(&keys, &more), "policy.toml is an input of this run");
    assert_eq!(read(&keys, "policy.toml"), policy.as_bytes());
}

#[test]
fn outputs_of_every_form_are_known_again() {
    let keys = folder();
    for place in ["a.csv", "a.parquet", "a.arrow"] {
        for form in ["text", "hex", "binary"] {
            if (place, form) == ("a.csv", "binary") {
                continue;
            }
            for _ in 0..2 {
                let args = ["--out", place, "--symbol", form, "--symbol-column", "kigo"];
                let output = run(&keys, &args);
                assert_eq!(output.status.code(), Some(0), "{place} {form}: {output:?}");
            }
            fs::remove_file(keys.at(place)).expect("there");
        }
    }
}

#[test]
fn the_symbols_of_another_key_are_not_replaced_without_being_named() {
    let keys = folder();
    for place in ["a.csv", "a.parquet", "a.arrow"] {
        let moj = |more: &[&str]| convert(&keys, &[&["roster.csv", "--key", MOJ_KEY, "--out", place], more].concat());
        assert_eq!(run(&keys, &["--out", place]).status.code(), Some(0));
        let nta = read(&keys, place);
        refused(&moj(&[]), "does not begin like an earlier output of this tool under the same key");
        assert_eq!(read(&keys, place), nta);
        assert_eq!(moj(&["--overwrite", place]).status.code(), Some(0));
        assert_eq!(moj(&[]).status.code(), Some(0));
        refused(&run(&keys, &["--out", place]), "under the same key");
    }
}

#[test]
fn a_file_of_insurers_symbols_that_comes_through_a_pipe_is_not_replaced_by_what_is_made_of_it() {
    let keys = folder();
    let [insurers, eligibility] = ["insurers/all/1", "eligibility/all/1"].map(|scope| {
        keys.scope(scope);
        format!("{}.key", scope.replace('/', "-"))
    });
    let made = convert(&keys, &["roster.csv", "--key", &insurers, "--out", "ins.csv"]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let roster = read(&keys, "ins.csv");
    let tag = rosters::scope_key("insurers/all/1").tag().to_string();
    let from = ["--from", "insurers-symbol", "--insurers-tag", &tag, "--column", "symbol", "--key", &eligibility];
    let mut child = command(&keys, &[&from[..], &["--out", "ins.csv"]].concat());
    let mut child = child.stdin(Stdio::piped()).spawn().expect("the tool runs");
    // It may be refused before it reads.
    let _ = child.stdin.take().expect("a pipe").write_all(&roster);
    refused(&child.wait_with_output().expect("it ends"), "under the same key");
    assert_eq!(read(&keys, "ins.csv"), roster);
}

#[test]
fn tables_say_that_their_key_is_a_test_key() {
    let keys = folder();
    for place in ["a.parquet", "a.arrow"] {
        assert_eq!(run(&keys, &["--out", place]).status.code(), Some(0));
        let file = read(&keys, place);
        assert!(file.windows(8).any(|bytes| bytes == b"fugo.use"), "{place}");
    }
}

#[test]
fn overwrite_names_a_file_that_the_run_writes() {
    let keys = folder();
    refused(&run(&keys, &["--out", "nta.csv", "--overwrite", "ntb.csv"]), "but this run does not write that file");
    keys.file("nta.csv", "mine\nand mine\n", 0o600);
    assert_eq!(run(&keys, &["--out", "nta.csv", "--overwrite", "./nta.csv"]).status.code(), Some(0));
}

#[test]
fn no_key_is_replaced_even_if_overwrite_names_it() {
    let keys = folder();
    let wide: Vec<u8> = IDENTITY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let late = format!("{}{IDENTITY}", "# a comment of the owner's\n".repeat(2_000));
    for precious in [IDENTITY.as_bytes(), &wide, late.as_bytes(), b"\nfugo-key 1\n", b"purpose,scope,epoch,tag\n"] {
        fs::write(keys.at("precious"), precious).expect("written");
        for args in [&["--out", "precious"][..], &["--out", "a.csv", "--rejects", "precious"]] {
            refused(&run(&keys, args), "is a key file, an identity or a registry of scopes");
            refused(&run(&keys, &[args, &["--overwrite", "precious"]].concat()), "is a key file, an identity");
        }
        if cfg!(feature = "demonstrations") {
            let place = keys.arg("precious");
            let synth = fugo(&["synth", "--rows", "1", "--out", &place, "--overwrite", &place]).output();
            refused(&synth.expect("the tool runs"), "is a key file, an identity");
        }
        assert_eq!(read(&keys, "precious"), precious);
    }
    let passphrase = keys.file("passphrase", "correct horse battery\n", 0o600);
    refused(&run(&keys, &["--out", "passphrase", "--overwrite", "passphrase"]), "may be a passphrase");
    assert_eq!(fs::read(passphrase).expect("there"), b"correct horse battery\n");
}

#[test]
fn a_file_that_cannot_be_read_is_not_replaced() {
    let keys = folder();
    let hidden = keys.file("nta.csv", earlier("nta.csv"), 0o000);
    if fs::read(&hidden).is_ok() {
        println!("skipped: this user reads every file");
        return;
    }
    refused(&run(&keys, &["--out", "nta.csv"]), "cannot be read");
}

#[test]
fn a_key_that_comes_while_a_run_reads_stays() {
    for place in ["new.key", "nta.rejects.csv"] {
        let keys = folder();
        let out = if place == "new.key" { "new.key" } else { "nta.csv" };
        let run = waiting(&keys, &["--out", out]);
        keys.file(place, IDENTITY, 0o600);
        let output = end(run);
        refused(&output, "another file was created there during the run");
        assert_eq!(read(&keys, place), IDENTITY.as_bytes());
    }
}

#[test]
fn a_file_that_is_changed_or_exchanged_while_a_run_reads_stays() {
    for is_exchanged in [false, true] {
        let keys = folder();
        keys.file("nta.csv", earlier("nta.csv"), 0o600);
        let run = waiting(&keys, &["--out", "nta.csv"]);
        if is_exchanged {
            keys.file("key", IDENTITY, 0o600);
            fs::rename(keys.at("key"), keys.at("nta.csv")).expect("renamed");
        } else {
            fs::write(keys.at("nta.csv"), IDENTITY).expect("written");
        }
        refused(&end(run), "was changed during the run");
        assert_eq!(read(&keys, "nta.csv"), IDENTITY.as_bytes());
        assert!(run_directories(&keys.at("")).is_empty());
    }
}

#[test]
fn the_second_of_two_runs_on_one_name_is_refused_at_once() {
    let keys = folder();
    let first = waiting(&keys, &["--out", "nta.csv"]);
    refused(&run(&keys, &["--out", "nta.csv"]), "another run is writing nta.csv");
    refused(&run(&keys, &["--out", "moj.csv", "--rejects", "nta.rejects.csv"]), "another run is writing");
    refused(&run(&keys, &["--out", "moj.csv", "--report", "NTA.csv"]), "another run is writing");
    if cfg!(feature = "demonstrations") {
        let place = keys.arg("nta.csv");
        refused(&fugo(&["synth", "--rows", "1", "--out", &place]).output().expect("it runs"), "another run is writing");
    }
    assert_eq!(run(&keys, &["--out", "moj.csv"]).status.code(), Some(0), "other names are free");
    assert_eq!(end(first).status.code(), Some(0));
    assert_eq!(read(&keys, "nta.csv"), format!("symbol\n{TEXT}\n").as_bytes());
    assert!(!keys.names().iter().any(|name| name.starts_with(".fugo")), "no lock is left");
}

#[test]
fn one_file_under_two_names_is_not_written_twice() {
    let keys = folder();
    let two =
        |a: &str, b: &str| convert(&keys, &["roster.csv", "--key", NTA_KEY, "--key", MOJ_KEY, "--out", a, "--out", b]);
    refused(&two("a.csv", "A.csv"), "differ only in upper and lower case");
    keys.file("a.csv", earlier("a.csv"), 0o600);
    fs::hard_link(keys.at("a.csv"), keys.at("b.csv")).expect("linked");
    refused(&two("a.csv", "b.csv"), "would be written twice");
}

#[test]
fn the_roster_is_an_input_through_another_name_too() {
    let keys = folder();
    fs::hard_link(keys.at("roster.csv"), keys.at("same.csv")).expect("linked");
    refused(&run(&keys, &["--out", "same.csv", "--overwrite", "same.csv"]), "is an input of this run");
}

#[test]
fn the_roster_through_another_mount_is_not_replaced() {
    let keys = folder();
    fs::create_dir(keys.at("bind")).expect("made");
    let script = format!(
        "mount --bind . bind || exit 77; \
         {} convert --test-keys roster.csv --key {NTA_KEY} --out bind/roster.csv --overwrite bind/roster.csv",
        env!("CARGO_BIN_EXE_fugo")
    );
    let mut shell = std::process::Command::new("unshare");
    let output = shell.args(["-r", "-m", "sh", "-c", &script]).current_dir(keys.at("")).output();
    match output {
        Ok(output) if output.status.code() == Some(2) && !stderr(&output).starts_with("unshare") => {
            refused(&output, "is an input of this run");
        }
        other => skip("a roster through another mount", format_args!("nothing can be mounted here: {other:?}")),
    }
    assert_eq!(read(&keys, "roster.csv"), format!("my_number\n{NUMBER}\n").as_bytes());
}

#[test]
fn a_directory_with_a_runs_name_is_not_cleared() {
    let keys = folder();
    fs::create_dir(keys.at(".fugo-run-zzzzzz")).expect("made");
    keys.file(".fugo-run-zzzzzz/2025.csv", "an archive", 0o600);
    assert_eq!(run(&keys, &["--out", "nta.csv"]).status.code(), Some(0));
    assert_eq!(read(&keys, ".fugo-run-zzzzzz/2025.csv"), b"an archive");
}

#[test]
fn a_mask_that_takes_every_right_leaves_nothing_behind() {
    let keys = folder();
    let script = format!(
        "umask 777; exec {} convert --test-keys roster.csv --key {NTA_KEY} --out nta.csv",
        env!("CARGO_BIN_EXE_fugo")
    );
    let mut shell = std::process::Command::new("sh");
    let output = shell.args(["-c", &script]).current_dir(keys.at("")).output().expect("a shell");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(fs::metadata(keys.at("nta.csv")).expect("there").mode() & 0o777, 0o600);
    assert!(!keys.names().iter().any(|name| name.starts_with(".fugo")));
}

#[test]
fn the_report_holds_the_digest_of_every_file() {
    let keys = folder();
    for out in ["nta.csv", "nta.parquet", "nta.arrow"] {
        for order in [&["--order", "symbol"][..], &["--order", "input", "--unique"]] {
            let args = [&["--out", out, "--report", "report.json"][..], order].concat();
            assert_eq!(run(&keys, &args).status.code(), Some(0));
            let report: serde_json::Value = serde_json::from_slice(&read(&keys, "report.json")).expect("JSON");
            let digest = |name: &str| {
                let digest = Sha256::digest(read(&keys, name));
                digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
            };
            assert_eq!(report["outputs"][0]["sha256"], digest(out), "{out}");
            assert_eq!(report["rejects_sha256"], digest("nta.rejects.csv"));
            assert_eq!(report["duplicates_sha256"], digest("nta.duplicates.csv"));
            fs::remove_file(keys.at(out)).expect("there");
        }
    }
}

#[cfg(feature = "demonstrations")]
#[test]
fn a_made_up_roster_does_not_replace_a_roster() {
    let keys = folder();
    let roster = keys.arg("roster.csv");
    let synth =
        |more: &[&str]| fugo(&[&["synth", "--rows", "1", "--out", &roster], more].concat()).output().expect("it runs");
    refused(&synth(&[]), "--overwrite");
    assert_eq!(read(&keys, "roster.csv"), format!("my_number\n{NUMBER}\n").as_bytes());
    assert_eq!(synth(&["--overwrite", &roster]).status.code(), Some(0));
    refused(&synth(&[]), "--overwrite");
}

#[cfg(feature = "demonstrations")]
#[test]
fn a_demo_clears_only_what_a_demo_made() {
    let keys = Keys::none();
    let dir = keys.arg("demo");
    let demo =
        || fugo(&["demo", "--rows", "200", "--scopes", "agency/nta/1", "--dir", &dir]).output().expect("it runs");
    assert_eq!(demo().status.code(), Some(0));
    assert_eq!(demo().status.code(), Some(0), "a demo is made anew");
    // Other files under the names of a demo's files.
    for name in ["roster.csv", "truth.csv", "root.key"] {
        let made = read(&keys, &format!("demo/{name}"));
        fs::rename(keys.at(&format!("demo/{name}")), keys.at("aside")).expect("moved");
        fs::write(keys.at(&format!("demo/{name}")), &made).expect("written");
        refused(&demo(), name);
        assert_eq!(read(&keys, &format!("demo/{name}")), made);
        fs::rename(keys.at("aside"), keys.at(&format!("demo/{name}"))).expect("moved back");
    }
    assert_eq!(demo().status.code(), Some(0), "a demo is made anew");
    keys.file("demo/mine.csv", "mine", 0o600);
    refused(&demo(), "mine.csv");
    assert_eq!(read(&keys, "demo/mine.csv"), b"mine");
    fs::remove_file(keys.at("demo/mine.csv")).expect("there");
    fs::write(keys.at("demo/root.key"), IDENTITY).expect("written");
    refused(&demo(), "root.key");
    assert_eq!(read(&keys, "demo/root.key"), IDENTITY.as_bytes());
    let _ = fs::set_permissions(keys.at("demo"), std::os::unix::fs::PermissionsExt::from_mode(0o700));
}

#[test]
fn a_fifo_as_a_lineage_file_is_refused_at_once() {
    let keys = folder();
    let fifo = keys.at("fifo");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("a FIFO");
    refused(&run(&keys, &["--out", "nta.csv", "--lineage", "fifo"]), "not a regular file");
}

#[test]
fn a_lineage_file_larger_than_a_quarter_of_the_memory_is_refused_before_it_is_read() {
    let keys = folder();
    fs::File::create(keys.at("big.csv")).and_then(|file| file.set_len(1 << 40)).expect("a sparse file");
    let output = run(&keys, &["--out", "nta.csv", "--lineage", "big.csv", "--memory", "16M"]);
    refused(&output, "a quarter of --memory is allowed, which is 4194304 bytes");
    assert!(!keys.at("nta.csv").exists());
}

#[test]
fn the_lists_stay_with_the_roster_and_the_folder_of_the_outputs_holds_outputs_alone() {
    let names = |keys: &Keys, folder: &str| {
        let files = fs::read_dir(keys.at(folder)).expect("a folder").map(|file| file.expect("a file").file_name());
        let mut names: Vec<String> = files.map(|name| name.into_string().expect("text")).collect();
        names.sort();
        names
    };
    let keys = keys_of(&[NTA, MOJ]);
    for folder in ["rosters", "out", "lists"] {
        fs::create_dir(keys.at(folder)).expect("made");
    }
    keys.file("rosters/roster.csv", "my_number\n123456789018\n12345\n", 0o600);
    let into_out = ["rosters/roster.csv", "--key", NTA_KEY, "--key", MOJ_KEY, "--out-dir", "out"];
    let output = convert(&keys, &into_out);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("rosters/agency-nta-1.rejects.csv"));
    assert_eq!(names(&keys, "out"), ["agency-moj-1.csv", "agency-nta-1.csv"]);
    let lists = ["agency-nta-1.duplicates.csv", "agency-nta-1.rejects.csv"];
    assert_eq!(names(&keys, "rosters"), [&lists[..], &["roster.csv"]].concat());
    // Another place for them.
    let output = convert(&keys, &[&into_out[..], &["--operator-dir", "lists"]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(names(&keys, "lists"), lists);
    refused(&convert(&keys, &[&into_out[..], &["--operator-dir", "absent"]].concat()), "does not exist");
    // A pipe has no folder of its own.
    let mut tool = command(&keys, &["--key", NTA_KEY, "--out", "out/nta.csv"]);
    let mut run = tool.stdin(Stdio::piped()).spawn().expect("it runs");
    run.stdin.take().expect("a pipe").write_all(b"my_number\n123456789018\n").expect("written");
    assert_eq!(run.wait().expect("it ends").code(), Some(0));
    assert_eq!(names(&keys, "out"), ["agency-moj-1.csv", "agency-nta-1.csv", "nta.csv"]);
    assert!(keys.at("nta.rejects.csv").exists() && keys.at("nta.duplicates.csv").exists());
}
