//! `fugo convert`: one test per behaviour of keys, outputs, totals and refusals.

mod rosters;
mod sample_keys;

use std::{
    fs,
    io::Write,
    os::unix::fs::{MetadataExt, symlink},
    process::{Command, Output, Stdio},
};

use rosters::{
    MOJ, MOJ_KEY, NTA, NTA_KEY, command, convert, convert_for_nta, earlier, file_of, keys_of, lines, number, numbers,
    read, rows_in, symbols_of,
};
use sample_keys::{Keys, NUMBER, SYMBOL, TEXT, answer, set_mode, stderr, stdout};
use serde_json::{Value, json};

/// Some clean rows: a header, and a name for each number.
fn clean(rows: u64) -> (String, Vec<(String, String)>) {
    let rows: Vec<_> = numbers(rows).into_iter().enumerate().map(|(i, number)| (number, format!(",p{i}"))).collect();
    let lines = rows.iter().map(|(number, kept)| format!("{number}{kept}\n")).collect::<Vec<_>>().concat();
    (format!("my_number,name\n{lines}"), rows)
}

fn refused(output: &Output, reason: &str) {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said: Vec<&str> = stderr(output).lines().filter(|line| !line.starts_with("fugo: warning")).collect();
    let said: Vec<&str> = said.into_iter().filter(|line| !["fugo: reading", "fugo: sorting"].contains(line)).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains(reason), "{said:?} does not say: {reason}");
    assert_eq!(stdout(output), "");
}

fn fugo(keys: &Keys, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fugo"));
    command.current_dir(keys.at("")).args(args).stdin(Stdio::null()).output().expect("a run")
}

fn report(keys: &Keys) -> Value {
    serde_json::from_slice(&read(keys, "report.json")).expect("JSON")
}

#[test]
fn each_way_to_give_what_is_missing_is_named() {
    let said = |args: &[&str]| stderr(&answer(args, "")).to_owned();
    assert!(said(&["convert", "a.csv", "--key", "a.key"]).contains("<--out <FILE>|--out-dir <DIR>>"));
    let said = said(&["deliver", "a.csv", "--out-dir", "b", "--signing-key", "c.key"]);
    for ways in
        ["<--recipients <FILE>|--recipient", "<--report <FILE>|--scope", "<--audit-report <FILE>|--without-audit>"]
    {
        assert!(said.contains(ways), "{said}");
    }
}

#[test]
fn the_known_answer_is_given_in_text_and_in_hex() {
    let keys = Keys::none();
    assert_eq!(convert_for_nta(&keys, format!("my_number\n{NUMBER}\n"), &[]).status.code(), Some(0));
    assert_eq!(read(&keys, "nta.csv"), format!("symbol\n{TEXT}\n").as_bytes());
    let output = convert_for_nta(&keys, format!("my_number\n{NUMBER}\n"), &["--symbol", "hex"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(read(&keys, "nta.csv"), format!("symbol\n{SYMBOL}\n").as_bytes());
}

#[test]
fn rows_are_in_ascending_order_of_symbol_bytes_and_not_of_their_text() {
    let keys = Keys::none();
    let (roster, rows) = clean(500);
    convert_for_nta(&keys, &roster, &["--keep", "name"]);
    let file = read(&keys, "nta.csv");
    assert!(file == file_of(NTA, "symbol,name", &rows));
    let texts: Vec<&[u8]> = file.split(|byte| *byte == b'\n').skip(1).filter(|line| !line.is_empty()).collect();
    assert!(!texts.is_sorted());

    convert_for_nta(&keys, &roster, &["--keep", "name", "--symbol", "hex"]);
    let symbol_of = symbols_of(NTA);
    let hex = |symbol: [u8; 16]| symbol.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let mut expected: Vec<String> =
        rows.iter().map(|(number, kept)| format!("{}{kept}", hex(symbol_of(number)))).collect();
    expected.sort();
    assert_eq!(lines(&keys, "nta.csv")[1..], expected);
}

#[test]
fn several_keys_give_the_files_that_each_gives_alone() {
    let scopes = [NTA, MOJ, "research/cohort-a/7", "insurers/all/1"];
    let keys = keys_of(&scopes);
    let (roster, rows) = clean(3_000);
    fs::write(keys.at("roster.csv"), roster).expect("written");
    let files: Vec<String> = scopes.iter().map(|scope| format!("{}.key", scope.replace('/', "-"))).collect();
    let mut args = vec!["roster.csv", "--keep", "name", "--out-dir", "."];
    args.extend(files.iter().flat_map(|file| ["--key", file]));
    assert_eq!(convert(&keys, &args).status.code(), Some(0));
    for (scope, key) in scopes.iter().zip(&files) {
        let alone = format!("alone-{key}.csv");
        let output = convert(&keys, &["roster.csv", "--keep", "name", "--key", key, "--out", &alone]);
        assert_eq!(output.status.code(), Some(0));
        let together = read(&keys, &format!("{}.csv", scope.replace('/', "-")));
        assert!(together == read(&keys, &alone) && together == file_of(scope, "symbol,name", &rows), "{scope}");
    }
}

#[test]
fn the_roster_comes_by_path_or_on_standard_input() {
    let keys = keys_of(&[NTA]);
    for args in [&["--key", NTA_KEY, "--out", "nta.csv"][..], &["-", "--key", NTA_KEY, "--out", "nta.csv"]] {
        let mut tool = command(&keys, args).stdin(Stdio::piped()).spawn().expect("the tool runs");
        let mut input = tool.stdin.take().expect("a pipe");
        // In pieces that split the number, and with a pause, as from a slow writer.
        for piece in ["my_num", "ber\n1234", "56789018", "\n"] {
            input.write_all(piece.as_bytes()).expect("it reads");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        drop(input);
        assert_eq!(tool.wait_with_output().expect("it ends").status.code(), Some(0));
        assert_eq!(read(&keys, "nta.csv"), format!("symbol\n{TEXT}\n").as_bytes());
        fs::remove_file(keys.at("nta.csv")).expect("removed");
    }
}

#[test]
fn the_symbol_column_has_the_header_that_is_asked_for() {
    let keys = Keys::none();
    convert_for_nta(&keys, format!("my_number\n{NUMBER}\n"), &["--symbol-column", "kikan"]);
    assert_eq!(read(&keys, "nta.csv"), format!("kikan\n{TEXT}\n").as_bytes());
    for name in ["", "a,b", "a\nb", "\"", "符号"] {
        refused(&convert_for_nta(&keys, "my_number\n", &["--symbol-column", name]), "--symbol-column must be ASCII");
    }
}

#[test]
fn equal_rows_of_a_person_collapse_and_rows_that_differ_are_set_aside() {
    let keys = Keys::none();
    let (a, b, c) = (number(1), number(2), number(3));
    let roster = format!("my_number,name\n{b},x\n{a},y\n{b},x\n{c},1\n{c},2\n{b},x\n{c},1\n");
    let output = convert_for_nta(&keys, roster, &["--keep", "name", "--report", "report.json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(read(&keys, "nta.csv"), file_of(NTA, "symbol,name", &[(&a, ",y"), (&b, ",x")]));
    let symbol_of = symbols_of(NTA);
    let (first, second) = if symbol_of(&b) < symbol_of(&c) { (1, 2) } else { (2, 1) };
    let mut expected = [
        format!("{first},1,2,15,converted"),
        format!("{first},3,4,45,equal"),
        format!("{first},6,7,90,equal"),
        format!("{second},4,5,60,differs"),
        format!("{second},5,6,75,differs"),
        format!("{second},7,8,105,differs"),
    ];
    expected.sort();
    let duplicates = lines(&keys, "nta.duplicates.csv");
    assert_eq!((&*duplicates[0], &duplicates[1..]), ("person,record,line,byte,outcome", &expected[..]));
    let report = report(&keys);
    assert_eq!(report["duplicates"], json!({ "equal": 2, "differing": 3, "people": 2 }));
}

#[test]
fn equal_rows_alone_are_no_fault() {
    let keys = Keys::none();
    let output = convert_for_nta(&keys, format!("my_number\n{NUMBER}\n{NUMBER}\n"), &[]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(read(&keys, "nta.csv"), format!("symbol\n{TEXT}\n").as_bytes());
}

#[test]
fn rows_that_differ_only_in_columns_that_are_not_kept_are_equal() {
    let keys = Keys::none();
    let output = convert_for_nta(&keys, format!("my_number,a,b\n{NUMBER},1,x\n{NUMBER},2,x\n"), &["--keep", "b"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(read(&keys, "nta.csv"), file_of(NTA, "symbol,b", &[(NUMBER, ",x")]));
}

#[test]
fn the_report_reconciles_and_says_what_the_files_hold() {
    let keys = keys_of(&[NTA, MOJ]);
    let (roster, rows) = clean(2_000);
    let (twice, differing) = (&rows[0].0, &rows[1].0);
    let roster = format!("{roster}{twice},p0\n{differing},other\nbad,x\n\n123456789012,x\n{NUMBER}\n");
    fs::write(keys.at("roster.csv"), roster).expect("written");
    let args =
        ["roster.csv", "--key", NTA_KEY, "--key", MOJ_KEY, "--out", "nta.csv", "--out", "moj.csv", "--keep", "name"];
    let output = convert(&keys, &[&args[..], &["--report", "report.json"]].concat());
    assert_eq!(output.status.code(), Some(1));
    let report = report(&keys);
    let count = |name: &str| report[name].as_u64().expect("a count");
    assert_eq!((count("read"), count("converted"), count("rejected")), (2_006, 1_999, 4));
    assert_eq!(report["duplicates"], json!({ "equal": 1, "differing": 2, "people": 2 }));
    let reasons = json!({ "blank-line": 1, "check-digit": 1, "fields": 1, "non-digit": 1 });
    assert_eq!(report["rejected_by_reason"], reasons);
    for (i, (scope, file)) in [(NTA, "nta.csv"), (MOJ, "moj.csv")].into_iter().enumerate() {
        let output = &report["outputs"][i];
        assert_eq!((&output["scope"], &output["file"]), (&json!(scope), &json!(file)));
        assert_eq!((&output["rows"], &output["unique"]), (&json!(1_999), &json!(true)));
        assert_eq!(rows_in(&read(&keys, file)), 1_999);
    }
    assert_eq!(rows_in(&read(&keys, "nta.rejects.csv")), 4);
    assert_eq!(rows_in(&read(&keys, "nta.duplicates.csv")), 4);
    assert_eq!((&report["use"], &report["fugo_report"]), (&json!("test"), &json!(1)));
    let said: Vec<Vec<&str>> = stderr(&output).lines().map(|line| line.split_whitespace().collect()).collect();
    for line in ["read 2,006", "= converted 1,999", "+ rejected 4 nta.rejects.csv", "+ duplicates 3 nta.duplicates.csv"]
    {
        assert!(said.iter().any(|said| said.join(" ") == line), "{line} is not said: {said:?}");
    }
}

#[test]
fn a_run_leaves_its_files_and_nothing_else_and_they_are_the_owners_alone() {
    let keys = Keys::none();
    convert_for_nta(&keys, format!("my_number\n{NUMBER}\n"), &["--report", "report.json"]);
    let names = ["agency-nta-1.key", "nta.csv", "nta.duplicates.csv", "nta.rejects.csv", "report.json", "roster.csv"];
    assert_eq!(keys.names(), names);
    for name in &names[1..5] {
        assert_eq!(fs::metadata(keys.at(name)).expect("there").mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn files_are_the_owners_alone_whatever_the_mask_and_whatever_was_there() {
    let keys = keys_of(&[NTA]);
    keys.file("nta.csv", earlier("nta.csv"), 0o666);
    keys.file("roster.csv", &format!("my_number\n{NUMBER}\n"), 0o600);
    let script = format!(
        "umask 0; exec {} convert --test-keys roster.csv --key {NTA_KEY} --out nta.csv",
        env!("CARGO_BIN_EXE_fugo")
    );
    let mut shell = Command::new("sh");
    let output = shell.args(["-c", &script]).current_dir(keys.at("")).output().expect("a shell");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for name in ["nta.csv", "nta.rejects.csv", "nta.duplicates.csv"] {
        assert_eq!(fs::metadata(keys.at(name)).expect("there").mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn few_rows_are_warned_of_and_many_are_not() {
    let keys = Keys::none();
    let output = convert_for_nta(&keys, clean(999).0, &[]);
    assert!(stderr(&output).contains("fugo: warning: an output has fewer than 1000 rows"));
    let output = convert_for_nta(&keys, clean(1_000).0, &[]);
    assert!(!stderr(&output).contains("fewer than"));
}

#[test]
fn a_test_key_is_refused_unless_it_is_asked_for() {
    let keys = Keys::none();
    keys.scope(NTA);
    keys.file("roster.csv", &format!("my_number\n{NUMBER}\n"), 0o600);
    let args = ["convert", "roster.csv", "--key", NTA_KEY, "--out", "nta.csv"];
    let output = fugo(&keys, &args);
    refused(&output, "this is a test key");
    assert!(stderr(&output).contains("--test-keys"));
    assert!(!keys.at("nta.csv").exists());
    assert_eq!(fugo(&keys, &[&args[..], &["--test-keys", "--report", "report.json"]].concat()).status.code(), Some(0));
    assert_eq!(report(&keys)["use"], "test");
}

#[test]
fn a_quiet_run_says_only_that_a_key_is_a_test_key() {
    let keys = Keys::none();
    let output = convert_for_nta(&keys, "my_number\nbad\n", &["--quiet", "--order", "input"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!((stderr(&output).lines().count(), stdout(&output)), (1, ""));
    assert!(stderr(&output).contains("is a test key"));
}

#[test]
fn input_order_is_kept_on_request_with_a_warning_and_without_a_claim() {
    let keys = Keys::none();
    let (roster, rows) = clean(1_500);
    let roster = format!("{roster}{},p0\n", rows[0].0);
    let output = convert_for_nta(&keys, roster, &["--keep", "name", "--order", "input", "--report", "report.json"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        stderr(&output).contains("warning: --order input") && stderr(&output).contains("uniqueness was not checked")
    );
    let symbol_of = symbols_of(NTA);
    let line = |(number, kept): &(String, String)| format!("{}{kept}", rosters::text(NTA, &symbol_of(number)));
    let expected: Vec<String> = rows.iter().chain(&rows[..1]).map(line).collect();
    assert_eq!(lines(&keys, "nta.csv")[1..], expected);
    assert_eq!(report(&keys)["outputs"][0]["unique"], Value::Null);
}

#[test]
fn input_order_with_unique_drops_what_symbol_order_drops() {
    let keys = Keys::none();
    let (a, b, c) = (number(1), number(2), number(3));
    let roster = format!("my_number,name\n{b},\"x\ny\"\nbad,\n{c},1\n{a},z\n{b},\"x\ny\"\n{c},2\n");
    let more = ["--keep", "name", "--order", "input", "--unique", "--report", "report.json"];
    assert_eq!(convert_for_nta(&keys, roster, &more).status.code(), Some(1));
    let symbol_of = symbols_of(NTA);
    let text = |number: &str| rosters::text(NTA, &symbol_of(number));
    assert_eq!(read(&keys, "nta.csv"), format!("symbol,name\n{},\"x\ny\"\n{},z\n", text(&b), text(&a)).as_bytes());
    assert_eq!(report(&keys)["outputs"][0]["unique"], json!(true));
    refused(&convert_for_nta(&keys, "my_number\n", &["--unique"]), "--unique is for --order input only");
}

#[test]
fn more_rejects_than_allowed_stop_the_run_and_leave_the_files() {
    let keys = Keys::none();
    let roster = format!("my_number\n{NUMBER}\nbad\nbad\n{}\n", number(1));
    keys.file("nta.csv", earlier("nta.csv"), 0o600);
    for (limit, stops) in [("0", true), ("1", true), ("2", false), ("49%", true), ("50%", false), ("0%", true)] {
        let output = convert_for_nta(&keys, &roster, &["--max-rejects", limit]);
        if stops {
            refused(&output, "2 of the first 4 rows are rejects; --max-rejects allows");
            assert_eq!(read(&keys, "nta.csv"), earlier("nta.csv").as_bytes());
            assert_eq!(keys.names(), [NTA_KEY, "nta.csv", "roster.csv"]);
        } else {
            assert_eq!(output.status.code(), Some(1), "{limit}");
            fs::remove_file(keys.at("nta.rejects.csv")).expect("removed");
            fs::remove_file(keys.at("nta.duplicates.csv")).expect("removed");
            keys.file("nta.csv", earlier("nta.csv"), 0o600);
        }
    }
    for limit in ["-1", "1.5", "x%", "101%", "-1%", "NaN%", "%", "99999999999999999999999"] {
        assert_eq!(convert_for_nta(&keys, &roster, &["--max-rejects", limit]).status.code(), Some(2), "{limit}");
    }
}

#[test]
fn rejects_duplicates_and_temporary_rows_go_where_they_are_asked_to() {
    let keys = Keys::none();
    for folder in ["lists", "temp", "out"] {
        fs::create_dir(keys.at(folder)).expect("made");
    }
    let more = ["--rejects", "lists/r.csv", "--duplicates", "lists/d.csv", "--temp-dir", "temp"];
    assert_eq!(convert_for_nta(&keys, format!("my_number\n{NUMBER}\nbad\n"), &more).status.code(), Some(1));
    assert_eq!(lines(&keys, "lists/r.csv").len(), 2);
    assert_eq!(lines(&keys, "lists/d.csv"), ["person,record,line,byte,outcome"]);
    for folder in ["temp", "out"] {
        assert_eq!(fs::read_dir(keys.at(folder)).expect("there").count(), 0);
    }
    assert!(!keys.at("nta.rejects.csv").exists());
}

#[test]
fn keys_and_outputs_must_be_as_many() {
    let keys = keys_of(&[NTA, MOJ]);
    keys.file("roster.csv", "my_number\n", 0o600);
    let args = ["roster.csv", "--key", NTA_KEY, "--key", MOJ_KEY];
    refused(&convert(&keys, &[&args[..], &["--out", "a.csv"]].concat()), "2 --key and 1 --out");
    assert_eq!(convert(&keys, &args).status.code(), Some(2));
    let both = [&args[..], &["--out", "a.csv", "--out", "b.csv", "--out-dir", "."]].concat();
    assert_eq!(convert(&keys, &both).status.code(), Some(2));
}

#[test]
fn a_key_given_twice_is_refused() {
    let keys = keys_of(&[NTA]);
    fs::copy(keys.at(NTA_KEY), keys.at("copy.key")).expect("copied");
    set_mode(&keys.at("copy.key"), 0o600);
    keys.file("roster.csv", "my_number\n", 0o600);
    let args = ["roster.csv", "--key", NTA_KEY, "--key", "copy.key", "--out", "a.csv", "--out", "b.csv"];
    refused(&convert(&keys, &args), "have the same tag");
}

#[test]
fn keys_of_no_use_here_are_refused() {
    let keys = Keys::root();
    keys.scope(NTA);
    keys.scope("insurers/all/1");
    keys.file("roster.csv", "my_number\n", 0o600);
    let with = |args: &[&str]| convert(&keys, &[&["roster.csv", "--out", "a.csv"], args].concat());
    refused(&with(&["--key", "root.key"]), "is a root key");
    refused(&with(&["--key", "absent.key"]), "cannot read absent.key");
    refused(&with(&["--key", "roster.csv"]), "cannot open roster.csv");
    refused(&with(&["--key", NTA_KEY, "--insurers-key", "insurers-all-1.key"]), "no --key is an eligibility key");
}

#[test]
fn no_file_is_written_twice_and_none_that_is_read_is_overwritten() {
    let keys = keys_of(&[NTA, MOJ]);
    fs::create_dir(keys.at("sub")).expect("made");
    let roster = format!("my_number\n{NUMBER}\n");
    keys.file("roster.csv", &roster, 0o600);
    keys.file("pairs.csv", "new,previous\n", 0o600);
    let before = keys.names();
    let with = |args: &[&str]| convert(&keys, &[&["roster.csv", "--key", NTA_KEY], args].concat());
    for place in ["roster.csv", "./roster.csv", "sub/../roster.csv", NTA_KEY] {
        refused(&with(&["--out", place]), "is an input of this run");
    }
    refused(&with(&["--out", "a.csv", "--lineage", "pairs.csv", "--report", "pairs.csv"]), "is an input of this run");
    refused(&with(&["--out", "a.csv", "--rejects", "./a.csv"]), "would be written twice");
    refused(&with(&["--out", "a.csv", "--report", "a.rejects.csv"]), "would be written twice");
    refused(&with(&["--key", MOJ_KEY, "--out", "a.csv", "--out", "sub/../a.csv"]), "would be written twice");
    assert_eq!((keys.names(), read(&keys, "roster.csv")), (before, roster.into_bytes()));
}

#[test]
fn the_roster_on_standard_input_is_not_overwritten_either() {
    let keys = keys_of(&[NTA]);
    let roster = format!("my_number\n{NUMBER}\n");
    keys.file("roster.csv", &roster, 0o600);
    fs::hard_link(keys.at("roster.csv"), keys.at("same.csv")).expect("linked");
    for place in ["roster.csv", "same.csv"] {
        let mut tool = command(&keys, &["--key", NTA_KEY, "--out", place]);
        let file = fs::File::open(keys.at("roster.csv")).expect("there");
        refused(&tool.stdin(file).output().expect("the tool runs"), "is the input of this run");
    }
    assert_eq!(read(&keys, "roster.csv"), roster.as_bytes());
}

#[test]
fn only_a_regular_file_is_replaced() {
    let keys = Keys::none();
    let elsewhere = keys.file("elsewhere.csv", "as before", 0o600);
    fs::create_dir(keys.at("folder")).expect("made");
    symlink(&elsewhere, keys.at("link")).expect("linked");
    symlink(keys.at("nowhere"), keys.at("dangling")).expect("linked");
    symlink(keys.at("folder"), keys.at("link-to-folder")).expect("linked");
    // A socket is used instead of a device, which a test must not touch.
    let _socket = std::os::unix::net::UnixListener::bind(keys.at("socket")).expect("bound");
    let roster = format!("my_number\n{NUMBER}\n");
    keys.scope(NTA);
    keys.file("roster.csv", &roster, 0o600);
    let before = keys.names();
    for place in ["folder", "link", "dangling", "link-to-folder", "socket"] {
        let output = convert(&keys, &["roster.csv", "--key", NTA_KEY, "--out", place]);
        refused(&output, "exists and is not a regular file");
        let output = convert(&keys, &["roster.csv", "--key", NTA_KEY, "--out", "nta.csv", "--report", place]);
        refused(&output, "exists and is not a regular file");
    }
    assert_eq!((keys.names(), read(&keys, "elsewhere.csv")), (before, b"as before".to_vec()));
    let output = convert(&keys, &["roster.csv", "--key", NTA_KEY, "--out", "link-to-folder/nta.csv"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(read(&keys, "folder/nta.csv"), format!("symbol\n{TEXT}\n").as_bytes());
}

#[test]
fn a_name_that_no_file_can_have_is_refused_before_anything_is_read() {
    let keys = keys_of(&[NTA]);
    let long = |len: usize| "x".repeat(len);
    for (place, reason) in [("new/", "names a directory"), (&long(256), "cannot write"), (&long(250), "cannot write")] {
        // With 250 characters the output could be made, but its rejects file could not.
        refused(&convert(&keys, &["absent.csv", "--key", NTA_KEY, "--out", place]), reason);
    }
    assert_eq!(keys.names(), [NTA_KEY]);
}

#[test]
fn a_directory_that_is_missing_is_refused_before_anything_is_read() {
    let keys = keys_of(&[NTA]);
    // The roster does not exist either; the run stops before it looks.
    for args in [["--out", "missing/a.csv"], ["--out-dir", "missing"]] {
        let output = convert(&keys, &[&["absent.csv", "--key", NTA_KEY], &args[..]].concat());
        refused(&output, "does not exist");
    }
    let output = convert(&keys, &["absent.csv", "--key", NTA_KEY, "--out", "a.csv"]);
    refused(&output, "cannot read absent.csv");
    let output = convert(&keys, &[".", "--key", NTA_KEY, "--out", "a.csv"]);
    refused(&output, ". is a directory");
    keys.file("roster.csv", "my_number\n", 0o600);
    let output = convert(&keys, &["roster.csv", "--key", NTA_KEY, "--out", "a.csv", "--temp-dir", "missing"]);
    refused(&output, "cannot");
    assert_eq!(keys.names(), [NTA_KEY, "roster.csv"]);
}

#[test]
fn files_of_an_earlier_run_stay_when_a_run_is_refused_at_its_end() {
    let keys = Keys::none();
    let names = ["nta.csv", "nta.rejects.csv", "nta.duplicates.csv", "report.json"];
    for name in names {
        keys.file(name, earlier(name), 0o600);
    }
    // The quote without its closing quote comes after several blocks of good rows.
    let (roster, _) = clean(100_000);
    let output = convert_for_nta(&keys, roster + "\"", &["--keep", "name", "--report", "report.json"]);
    refused(&output, "record 100001 (line 100002, ");
    assert!(names.iter().all(|name| read(&keys, name) == earlier(name).as_bytes()));
    assert!(rosters::run_directories(&keys.at("")).is_empty());
}

#[test]
fn memory_and_threads_have_their_ranges() {
    let keys = Keys::none();
    for more in [["--memory", "15M"], ["--memory", "x"], ["--threads", "0"], ["--threads", "257"]] {
        assert_eq!(convert_for_nta(&keys, "my_number\n", &more).status.code(), Some(2), "{more:?}");
    }
}

#[test]
fn a_bad_option_is_no_panic_and_leaves_nothing() {
    let keys = Keys::none();
    for delimiter in ["", "\"", "\n", "a", "1", "-", ".", " ", "、", ",,"] {
        assert_eq!(convert_for_nta(&keys, "my_number\n", &["--delimiter", delimiter]).status.code(), Some(2));
    }
    assert_eq!(keys.names(), [NTA_KEY, "roster.csv"]);
}

#[test]
fn a_symbol_of_another_scope_does_not_stand_in_a_row() {
    let keys = Keys::none();
    let other = rosters::text(MOJ, &symbols_of(MOJ)(&number(5)));
    let roster = format!("my_number,memo\n{NUMBER},\"{other} \"\n{},{}x\n", number(7), &other[..40]);
    assert_eq!(convert_for_nta(&keys, roster, &["--keep", "memo"]).status.code(), Some(1));
    let rejects = lines(&keys, "nta.rejects.csv");
    assert_eq!(rejects.len(), 2);
    assert!(rejects[1].contains(",memo,kept-symbol,"));
}

#[test]
fn keys_identities_and_registries_are_never_replaced() {
    let keys = Keys::none();
    let beginnings =
        ["fugo-key 1\n", "age-encryption.org/v1\n", "# created: 2026\nAGE-SECRET-KEY-", "purpose,scope,epoch,tag\n"];
    for beginning in beginnings {
        fs::write(keys.at("precious"), beginning).expect("written");
        for option in ["--rejects", "--duplicates", "--report"] {
            let output = convert_for_nta(&keys, format!("my_number\n{NUMBER}\n"), &[option, "precious"]);
            refused(&output, "precious is a key file, an identity or a registry of scopes");
        }
        let output = fugo(&keys, &["synth", "--rows", "1", "--out", "precious"]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(read(&keys, "precious"), beginning.as_bytes());
    }
}

#[test]
fn a_number_in_place_of_a_name_is_not_repeated() {
    let keys = keys_of(&[NTA]);
    for args in [
        &["convert", "--test-keys", NUMBER, "--key", NTA_KEY, "--out", "o.csv"][..],
        &["key", "inspect", NUMBER],
        &["check", "./1234-5678-9018"],
        &["1234-5678-9018"],
    ] {
        let output = fugo(&keys, args);
        assert_eq!(output.status.code(), Some(2));
        assert!(!stderr(&output).contains("5678"), "{output:?}");
        assert!(stderr(&output).contains("[not shown]"), "{output:?}");
    }
}
