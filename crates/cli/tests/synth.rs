//! `fugo synth` as a user runs it.

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    io::Read,
    path::Path,
    process::Stdio,
};

use assert_cmd::Command;

fn synth(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fugo"));
    command.arg("synth").args(arguments);
    command
}

fn stdout(arguments: &[&str]) -> Vec<u8> {
    synth(arguments).assert().success().get_output().stdout.clone()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_same_options_give_the_same_bytes() {
    let roster = stdout(&["--rows", "30000", "--mess", "2"]);
    assert_eq!(roster, stdout(&["--rows", "30000", "--mess", "2", "--seed", "1"]));
    assert_ne!(roster, stdout(&["--rows", "30000", "--mess", "2", "--seed", "2"]));
}

#[test]
fn a_clean_roster_has_distinct_valid_numbers() {
    let roster = String::from_utf8(stdout(&["--rows", "50000"])).unwrap();
    let mut lines = roster.lines();
    assert_eq!(lines.next(), Some("my_number,birth_date,sex,prefecture,insurer"));
    let numbers: HashSet<&str> = lines.map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(numbers.len(), 50_000);
    assert!(numbers.iter().all(|number| fugo::MyNumber::parse(number).is_ok()));
}

#[test]
fn no_rows_are_a_header() {
    assert_eq!(stdout(&["--rows", "0"]), b"my_number,birth_date,sex,prefecture,insurer\n");
}

#[test]
fn the_mark_and_the_line_end_are_as_asked() {
    let roster = stdout(&["--rows", "2", "--bom", "--line-end", "crlf"]);
    assert!(roster.starts_with(b"\xEF\xBB\xBFmy_number,"));
    assert_eq!(roster.split(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\r")).count(), 3);
}

#[test]
fn cp932_decodes_to_what_utf_8_says() {
    let utf8 = stdout(&["--rows", "20000"]);
    let cp932 = stdout(&["--rows", "20000", "--encoding", "cp932"]);
    let (text, _, errors) = encoding_rs::SHIFT_JIS.decode(&cp932);
    assert!(!errors && text.as_bytes() == utf8 && cp932.len() < utf8.len());
    let messy = stdout(&["--rows", "20000", "--encoding", "cp932", "--mess", "50"]);
    assert!(!encoding_rs::SHIFT_JIS.decode(&messy).2);
}

#[test]
fn cp932_has_no_byte_order_mark() {
    let output = synth(&["--rows", "1", "--encoding", "cp932", "--bom"]).assert().code(2);
    assert_eq!(String::from_utf8_lossy(&output.get_output().stderr).lines().count(), 2);
}

#[test]
fn files_appear_whole_for_their_owner_only_with_totals_on_standard_error() {
    let folder = tempfile::tempdir().unwrap();
    let (out, truth) = (folder.path().join("roster.csv"), folder.path().join("truth.csv"));
    let arguments =
        ["--rows", "5000", "--mess", "1.5", "--out", out.to_str().unwrap(), "--truth", truth.to_str().unwrap()];
    let assert = synth(&arguments).assert().success();
    let totals = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(assert.get_output().stdout.is_empty() && totals.starts_with("fugo: 5000 rows, "));

    let truth = fs::read_to_string(&truth).unwrap();
    assert_eq!(truth.lines().next(), Some("record,line,kind,strict,lenient,lenient_zeros,of_record"));
    assert!(totals.contains(&format!(" {} damaged", truth.lines().count() - 1)));
    assert_eq!(fs::read(&out).unwrap(), stdout(&["--rows", "5000", "--mess", "1.5"]));
    assert_eq!(names(folder.path()), ["roster.csv", "truth.csv"]);
    #[cfg(unix)]
    for file in [&out, &folder.path().join("truth.csv")] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_place_that_cannot_be_written_is_refused_before_anything_is() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("missing/roster.csv");
    synth(&["--rows", "1", "--out", nowhere.to_str().unwrap()]).assert().code(2);
    synth(&["--rows", "1", "--out", folder.path().to_str().unwrap()]).assert().code(2);
    let same = folder.path().join("same.csv");
    let same = same.to_str().unwrap();
    synth(&["--rows", "1", "--out", same, "--truth", same]).assert().code(2);
    let twice = ["--rows", "1", "--out", "same.csv", "--truth", "./same.csv"];
    synth(&twice).current_dir(folder.path()).assert().code(2);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn arguments_out_of_range_are_refused() {
    synth(&["--rows", "100000000000"]).assert().code(2);
    synth(&["--rows", "1", "--mess", "100.1"]).assert().code(2);
    synth(&[]).assert().code(2);
}

#[test]
fn a_reader_that_goes_away_is_a_quiet_end() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_fugo"))
        .args(["synth", "--rows", "99999999999"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdout.take().unwrap().read_exact(&mut [0; 1000]).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn convert_makes_of_a_messy_roster_what_the_truth_says() {
    let folder = tempfile::tempdir().unwrap();
    let fugo = |arguments: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fugo"));
        command.current_dir(folder.path()).args(arguments.split(' ')).assert()
    };
    // Rows of a file by record number: one of its columns.
    let column = |file: &str, name: &str| -> BTreeMap<u64, String> {
        let mut reader = csv::Reader::from_path(folder.path().join(file)).unwrap();
        let place = reader.headers().unwrap().iter().position(|header| header == name).unwrap();
        let record = reader.headers().unwrap().iter().position(|header| header == "record").unwrap();
        reader.records().map(Result::unwrap).map(|row| (row[record].parse().unwrap(), row[place].to_owned())).collect()
    };
    fugo("key new --plaintext --use test --out root.key").success();
    fugo("key derive --plaintext --root root.key --scope agency/nta/1 --out nta.key").success();
    for encoding in ["utf-8", "cp932"] {
        fugo(&format!("synth --rows 40000 --mess 30 --encoding {encoding} --out roster.csv --truth truth.csv --overwrite roster.csv"))
            .success();
        for (mode, format) in [
            ("strict", "--number-format strict"),
            ("lenient", "--number-format lenient"),
            ("lenient_zeros", "--number-format lenient --restore-zeros"),
        ] {
            let files = "--key nta.key --out out.csv --rejects rejects.csv --duplicates duplicates.csv";
            let keep = "--keep birth_date,sex,prefecture,insurer";
            fugo(&format!("convert --test-keys {files} {keep} --encoding {encoding} {format} roster.csv")).code(1);

            let (mut truth, of) = (column("truth.csv", mode), column("truth.csv", "of_record"));
            truth.retain(|_, outcome| outcome != "ok");
            let is_repeat = |outcome: &str| outcome == "equal" || outcome == "differs";
            let (mut repeats, rejects): (BTreeMap<_, _>, BTreeMap<_, _>) =
                truth.into_iter().partition(|(_, outcome)| is_repeat(outcome));
            for (record, outcome) in repeats.clone() {
                let first = if outcome == "equal" { "converted" } else { "differs" };
                repeats.insert(of[&record].parse().unwrap(), first.to_owned());
            }
            assert!(!rejects.is_empty() && !repeats.is_empty());
            assert_eq!(column("rejects.csv", "reason"), rejects, "{encoding}, {mode}");
            assert_eq!(column("duplicates.csv", "outcome"), repeats, "{encoding}, {mode}");
        }
    }
}
