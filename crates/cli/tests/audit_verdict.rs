//! What `fugo audit` says of a pair of files: which counts are accepted, what is printed and written, and what is found
//! that needs a roster, a second column or the order of entry.

mod rosters;
mod sample_keys;

use std::{
    fs,
    process::{Command, Output},
};

use rosters::{Random, numbers};
use sample_keys::{Keys, stderr, stdout};
use serde_json::Value;
use sha2::{Digest, Sha256};

const PEOPLE: usize = 2_000;

fn audit(keys: &Keys, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fugo")).current_dir(keys.at("")).arg("audit").args(args).output().expect("it runs")
}

/// Symbols as hexadecimal digits, in ascending order. Another seed gives other symbols.
fn symbols(seed: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    let mut symbols: Vec<String> =
        (0..PEOPLE).map(|_| format!("{:016x}{:016x}", random.next(), random.next())).collect();
    symbols.sort_unstable();
    symbols
}

/// A file of symbols in their order. `cell(i)` is the cell of person i; people are in another order in each file.
fn write(keys: &Keys, name: &str, seed: u64, header: &str, cell: &dyn Fn(usize) -> String) {
    let mut people: Vec<usize> = (0..PEOPLE).collect();
    Random::new(seed + 1_000).shuffle(&mut people);
    let row = |(symbol, person): (&String, &usize)| format!("{symbol},{}\n", cell(*person));
    let rows: String = symbols(seed).iter().zip(&people).map(row).collect();
    fs::write(keys.at(name), format!("symbol,{header}\n{rows}")).expect("written");
}

fn linking(keys: &Keys, args: &[&str]) -> Vec<(String, u64)> {
    let output = audit(keys, &[args, &["--json"]].concat());
    assert_eq!(stderr(&output), "", "{args:?}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let links = report["findings"].as_array().expect("findings").iter().filter(|finding| finding["weight"] == "links");
    let of = |finding: &Value| {
        (finding["kind"].as_str().expect("a kind").to_owned(), finding["count"].as_u64().unwrap_or(0))
    };
    links.map(of).collect()
}

#[test]
fn a_clean_pair_prints_one_line_and_its_notes_are_printed_on_request() {
    let keys = Keys::none();
    write(&keys, "a.csv", 1, "sex", &|i| (i % 2).to_string());
    write(&keys, "b.csv", 2, "sex", &|i| (i % 2).to_string());
    assert_eq!(stdout(&audit(&keys, &["a.csv", "b.csv"])), "nothing was found that links these files\n");
    let with_notes = audit(&keys, &["a.csv", "b.csv", "--notes"]);
    assert!(stdout(&with_notes).contains("note    row-counts:"), "{}", stdout(&with_notes));
    assert_eq!(with_notes.status.code(), Some(0));
}

#[test]
fn a_count_of_right_guesses_is_accepted_and_one_more_is_not() {
    let keys = Keys::none();
    // Groups of two: each of 2,000 people is guessed right one time in two.
    write(&keys, "a.csv", 1, "household", &|i| format!("h{}", i / 2));
    write(&keys, "b.csv", 2, "household", &|i| format!("h{}", i / 2));
    assert_eq!(linking(&keys, &["a.csv", "b.csv"]), [("columns".to_owned(), 1_000)]);
    let output = audit(&keys, &["a.csv", "b.csv"]);
    let said = stdout(&output);
    assert!(said.contains("2,000 people are in groups of 2, where one guess in 2 is right"), "{said}");
    assert!(said.contains("leave `household` out of one of the files"), "{said}");
    assert_eq!(audit(&keys, &["a.csv", "b.csv", "--allow", "columns=1000"]).status.code(), Some(0));
    assert_eq!(audit(&keys, &["a.csv", "b.csv", "--allow", "columns=999"]).status.code(), Some(1));
    let refused = audit(&keys, &["a.csv", "b.csv", "--allow", "columns"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("--allow columns=COUNT"), "{}", stderr(&refused));
}

#[test]
fn the_report_has_the_digests_of_the_files_and_replaces_only_a_report_of_an_audit() {
    let keys = Keys::none();
    write(&keys, "a.csv", 1, "sex", &|i| (i % 2).to_string());
    write(&keys, "b.csv", 2, "member", &|i| i.to_string());
    let args = ["a.csv", "b.csv", "--report", "audit.json"];
    for _ in 0..2 {
        assert_eq!(audit(&keys, &args).status.code(), Some(0));
    }
    let report: Value = serde_json::from_slice(&fs::read(keys.at("audit.json")).expect("read")).expect("JSON");
    assert_eq!((&report["fugo_audit"], &report["links"]), (&Value::from(1), &Value::from(false)));
    for (file, name) in report["files"].as_array().expect("files").iter().zip(["a.csv", "b.csv"]) {
        let digest = base16ct::lower::encode_string(&Sha256::digest(fs::read(keys.at(name)).expect("read")));
        assert_eq!((&file["file"], &file["rows"], &file["sha256"]), (&name.into(), &PEOPLE.into(), &digest.into()));
    }
    fs::write(keys.at("audit.json"), "{\"notes\": \"mine\"}\n").expect("written");
    let refused = audit(&keys, &args);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("does not begin like an earlier report of an audit"), "{}", stderr(&refused));
    let refused = audit(&keys, &["a.csv", "b.csv", "--report", "a.csv"]);
    assert!(stderr(&refused).contains("is an input of this run"), "{}", stderr(&refused));
}

#[test]
fn serial_numbers_of_the_order_of_entry_link_though_no_value_is_common() {
    let keys = Keys::none();
    write(&keys, "a.csv", 1, "seq", &|i| (100_001 + i).to_string());
    write(&keys, "b.csv", 2, "no", &|i| format!("K{}", 5_000_017 + 3 * i));
    assert_eq!(linking(&keys, &["a.csv", "b.csv"]), [("order".to_owned(), 0)]);
    // Codes with gaps are not serial numbers.
    write(&keys, "b.csv", 2, "no", &|i| format!("K{}", 5_000_017 + i * i));
    assert_eq!(linking(&keys, &["a.csv", "b.csv"]), []);
}

#[test]
fn times_of_entry_are_found_by_the_people_with_equal_values() {
    let keys = Keys::none();
    // Two hundred branches, whose people were entered at random times; each file has times of its own.
    let mut random = Random::new(5);
    let branches: Vec<usize> = (0..PEOPLE).map(|_| random.below(200)).collect();
    let time = |second: usize| {
        format!(
            "2026-{:02}-{:02} {:02}:{:02}:00",
            1 + second / 40_320,
            1 + second / 1_440 % 28,
            second / 60 % 24,
            second % 60
        )
    };
    let cell = |times: usize| {
        let branches = &branches;
        move |i: usize| format!("{},{}", branches[i], time(i * times + i * 7 % times))
    };
    write(&keys, "a.csv", 1, "branch,entered", &cell(60));
    write(&keys, "b.csv", 2, "branch,created", &cell(97));
    assert_eq!(linking(&keys, &["a.csv", "b.csv"]), [("order".to_owned(), 0)]);
    // The same times in an order of their own.
    let own = |i: usize| format!("{},{}", branches[i], time(i * 1_201 % PEOPLE * 97));
    write(&keys, "b.csv", 2, "branch,created", &own);
    assert_eq!(linking(&keys, &["a.csv", "b.csv"]), []);
}

#[test]
fn digests_of_numbers_are_found_with_the_roster_and_digests_of_the_other_files_symbols_without() {
    let keys = Keys::none();
    let all = numbers(PEOPLE as u64);
    fs::write(keys.at("roster.csv"), format!("my_number\n{}\n", all.join("\n"))).expect("written");
    let sha = |text: &str| base16ct::lower::encode_string(&Sha256::digest(text));
    write(&keys, "a.csv", 1, "ref", &|i| sha(&all[i]));
    write(&keys, "b.csv", 2, "sex", &|i| (i % 2).to_string());
    assert_eq!(linking(&keys, &["a.csv", "b.csv"]), []);
    let with_roster = ["a.csv", "b.csv", "--roster", "roster.csv"];
    assert_eq!(linking(&keys, &with_roster), [("numbers".to_owned(), PEOPLE as u64)]);
    assert!(stdout(&audit(&keys, &with_roster)).contains("SHA-256 of the number"));
    let own = symbols(2);
    write(&keys, "a.csv", 1, "ref", &|i| sha(&own[i]));
    assert_eq!(linking(&keys, &["a.csv", "b.csv"]), [("symbols-beside".to_owned(), PEOPLE as u64)]);
    let refused = audit(&keys, &["a.csv", "b.csv", "--roster", "b.csv", "--roster-column", "sex"]);
    assert!(stderr(&refused).contains("--roster holds no valid number"), "{}", stderr(&refused));
}

#[test]
fn a_date_in_every_row_does_not_hide_that_few_people_changed() {
    let keys = Keys::none();
    let file = |name: &str, date: &str, moved: usize| {
        let place = |i: usize| if i < moved { "沖縄県" } else { "東京都" };
        let rows = symbols(1).into_iter().enumerate();
        let rows = rows.map(|(i, symbol)| format!("{symbol},{},{date}\n", place(i))).collect::<Vec<_>>().concat();
        fs::write(keys.at(name), format!("symbol,prefecture,as_of\n{rows}")).expect("written");
    };
    file("1.csv", "2026-10-01", 0);
    file("2.csv", "2026-11-01", 12);
    let args = ["1.csv", "2.csv", "--allow", "one-scope"];
    assert_eq!(linking(&keys, &args), [("small-delta".to_owned(), 12)]);
    assert!(
        stdout(&audit(&keys, &args)).contains("12 people are in both files and have different values in `prefecture`")
    );
    assert_eq!(linking(&keys, &[&args[..], &["--allow", "small-delta=12"]].concat()), []);
    assert_eq!(linking(&keys, &[&args[..], &["--allow", "small-delta=11"]].concat()), [("small-delta".to_owned(), 12)]);
}

#[test]
fn a_hundred_columns_are_compared_and_the_few_that_link_together_are_found() {
    let keys = Keys::none();
    let mut random = Random::new(9);
    let bits: Vec<u64> = (0..PEOPLE).map(|_| random.next()).collect();
    // Twenty columns that both files have, among eighty of each file's own.
    let own = |seed: u64| {
        let mut random = Random::new(seed);
        (0..PEOPLE).map(|_| [random.next(), random.next()]).collect::<Vec<_>>()
    };
    let header: String =
        (0..20).map(|k| format!("f{k}")).chain((0..80).map(|k| format!("g{k}"))).collect::<Vec<_>>().join(",");
    for (name, seed, shared) in [("a.csv", 1, true), ("b.csv", 2, true), ("c.csv", 3, false)] {
        let own = own(seed + 50);
        let others: Vec<u64> = own.iter().map(|words| words[0].rotate_left(17) ^ words[1]).collect();
        write(&keys, name, seed, &header, &|i| {
            let shared = if shared { bits[i] } else { others[i] };
            let cells = (0..20).map(|k| shared >> k & 1).chain((0..80).map(|k| own[i][k / 64] >> (k % 64) & 1));
            cells.map(|bit| bit.to_string()).collect::<Vec<_>>().join(",")
        });
    }
    let found = linking(&keys, &["a.csv", "b.csv"]);
    assert!(matches!(&found[..], [(kind, 1_500..)] if kind == "columns"), "{found:?}");
    assert_eq!(linking(&keys, &["a.csv", "c.csv"]), []);
}
