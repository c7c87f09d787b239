//! `fugo convert`: a file is a function of the set of its rows, independent of their order, the threads and the
//! memory.

mod rosters;
mod sample_keys;

use std::fs;

use rosters::{MOJ, MOJ_KEY, NTA, NTA_KEY, Random, convert, file_of, keys_of, lines, numbers, read, symbols_of};
use sample_keys::Keys;
use serde_json::Value;

type Row = (String, String);

/// A roster of these rows, and of lines that are rejects, in an order that the seed gives.
fn roster(rows: &[Row], faults: &[&str], seed: u64) -> String {
    let mut lines: Vec<String> = rows.iter().map(|(number, kept)| format!("{number}{kept}\n")).collect();
    lines.extend(faults.iter().map(|fault| format!("{fault}\n")));
    Random::new(seed).shuffle(&mut lines);
    format!("my_number,memo\n{}", lines.concat())
}

/// Converts for two agencies; gives both files and the report.
fn files(keys: &Keys, roster: &str, more: &[&str]) -> ([Vec<u8>; 2], Value) {
    fs::write(keys.at("roster.csv"), roster).expect("written");
    let args =
        ["roster.csv", "--keep", "memo", "--key", NTA_KEY, "--key", MOJ_KEY, "--out", "nta.csv", "--out", "moj.csv"];
    let output =
        convert(keys, &[&args[..], &["--quiet", "--report", "report.json", "--max-rejects", "100%"], more].concat());
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    let report = serde_json::from_slice(&read(keys, "report.json")).expect("JSON");
    (["nta.csv", "moj.csv"].map(|name| read(keys, name)), report)
}

fn expected(rows: &[Row]) -> [Vec<u8>; 2] {
    [NTA, MOJ].map(|scope| file_of(scope, "symbol,memo", rows))
}

/// 5,000 rows: people with one row, with equal rows and with rows that differ.
fn mixed() -> Vec<Row> {
    let mut random = Random::new(5);
    let people = numbers(4_000);
    let mut rows: Vec<Row> = people.iter().enumerate().map(|(i, number)| (number.clone(), format!(",p{i}"))).collect();
    for _ in 0..1_000 {
        let (number, kept) = rows[random.below(people.len())].clone();
        let differs = random.below(3) == 0;
        rows.push((number, if differs { format!("{kept}x") } else { kept }));
    }
    rows
}

const FAULTS: [&str; 7] =
    ["", "bad,x", "123456789012,x", "000000000000,x", "1,2,3", "\"a\"b,c", "123456789018,123456789018"];

/// The records of the duplicates file, each with its outcome, by record.
fn by_record(keys: &Keys) -> Vec<(u64, String)> {
    let lines = lines(keys, "nta.duplicates.csv");
    let mut found: Vec<_> = lines[1..]
        .iter()
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            (fields[1].parse().expect("a record"), fields[4].to_owned())
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_shuffled_roster_gives_the_same_files_on_one_two_and_three_threads() {
    let keys = keys_of(&[NTA, MOJ]);
    let rows = mixed();
    let expected = expected(&rows);
    for seed in 0..3 {
        let roster = roster(&rows, &FAULTS, seed);
        let mut lists = Vec::new();
        for threads in ["1", "2", "3"] {
            let (files, report) = files(&keys, &roster, &["--threads", threads]);
            assert!(files == expected, "seed {seed}, {threads} threads");
            assert_eq!(report["rejected"], FAULTS.len());
            lists.push((read(&keys, "nta.duplicates.csv"), read(&keys, "nta.rejects.csv")));
        }
        assert!(lists.iter().all(|list| *list == lists[0]), "seed {seed}");
    }
}

#[test]
fn rows_that_spill_give_the_same_files_as_rows_that_do_not() {
    let keys = keys_of(&[NTA, MOJ]);
    let mut random = Random::new(6);
    let mut rows: Vec<Row> = numbers(30_000)
        .into_iter()
        .map(|number| {
            // Most cells are narrow; some are wider than a page in memory.
            let width = if random.below(4) == 0 { random.below(6_000) } else { random.below(600) };
            let memo = format!("{:x}", random.next()).repeat(width / 16 + 1);
            (number, format!(",{memo}"))
        })
        .collect();
    for _ in 0..2_000 {
        rows.push(rows[random.below(30_000)].clone());
        let (number, kept) = rows[random.below(30_000)].clone();
        rows.push((number, format!("{kept}x")));
    }
    let roster = roster(&rows, &FAULTS, 1);
    let in_memory = files(&keys, &roster, &["--memory", "1G"]);
    assert!(in_memory.0 == expected(&rows));
    assert_eq!(in_memory.1["temporary_bytes"], 0);
    assert_eq!(in_memory.1["kernel_level"], fugo::batch::level());
    let duplicates = read(&keys, "nta.duplicates.csv");
    for threads in ["1", "2", "3"] {
        let spilled = files(&keys, &roster, &["--memory", "16M", "--threads", threads]);
        assert!(spilled.1["temporary_bytes"].as_u64().expect("a count") > 10_000_000);
        assert!(spilled.0 == in_memory.0 && read(&keys, "nta.duplicates.csv") == duplicates, "{threads} threads");
        assert_eq!(spilled.1["duplicates"], in_memory.1["duplicates"]);
    }
}

#[test]
fn more_threads_than_memory_is_for_change_nothing() {
    let keys = keys_of(&[NTA, MOJ]);
    let rows = mixed();
    let (files, _) = files(&keys, &roster(&rows, &FAULTS, 1), &["--memory", "16M", "--threads", "256"]);
    assert!(files == expected(&rows));
}

/// 300,000 rows of one person among other people: more than a partition may hold in memory.
fn one_person_heavy(memo_of: impl Fn(usize) -> String) -> Vec<Row> {
    let people = numbers(2_001);
    let one = |number: &String| (number.clone(), ",other".to_owned());
    let mut rows: Vec<Row> = people[1..].iter().map(one).collect();
    rows.extend((0..300_000).map(|i| (people[0].clone(), memo_of(i))));
    rows
}

fn heavy(memo_of: impl Fn(usize) -> String, equal: bool) {
    let keys = keys_of(&[NTA, MOJ]);
    let rows = one_person_heavy(memo_of);
    let roster = roster(&rows, &[], 1);
    let in_memory = files(&keys, &roster, &["--memory", "2G"]).0;
    assert!(in_memory == expected(&rows));
    let duplicates = read(&keys, "nta.duplicates.csv");
    let listed = by_record(&keys);
    assert_eq!(listed.len(), 300_000);
    let outcome = |i: usize| match (equal, i) {
        (true, 0) => "converted",
        (true, _) => "equal",
        (false, _) => "differs",
    };
    assert!(listed.iter().enumerate().all(|(i, (_, found))| found == outcome(i)));
    for threads in ["1", "2", "3"] {
        let (files, report) = files(&keys, &roster, &["--memory", "16M", "--threads", threads]);
        assert!(files == in_memory, "{threads} threads");
        assert!(read(&keys, "nta.duplicates.csv") == duplicates, "duplicates on {threads} threads");
        assert_eq!(report["converted"], 2_000 + u64::from(equal));
        assert_eq!(report["duplicates"]["people"], 1);
    }
}

#[test]
fn a_person_with_more_equal_rows_than_memory_holds_has_one_row() {
    heavy(|_| ",the same".to_owned(), true);
}

#[test]
fn a_person_with_more_rows_than_memory_holds_that_differ_has_none() {
    heavy(|i| format!(",memo {i}"), false);
}

#[test]
fn one_row_that_differs_among_all_too_many_is_seen() {
    heavy(|i| if i == 200_000 { ",another".to_owned() } else { ",the same".to_owned() }, false);
}

#[test]
fn people_with_too_many_rows_whose_symbols_start_alike_are_told_apart() {
    let keys = keys_of(&[NTA, MOJ]);
    let symbol_of = symbols_of(NTA);
    let mut by_start: Vec<([u8; 16], String)> =
        numbers(3_000).into_iter().map(|number| (symbol_of(&number), number)).collect();
    by_start.sort();
    // Two people whose symbols start with the same two bytes, and a third with the same first byte.
    let pair = by_start.windows(2).position(|pair| pair[0].0[..2] == pair[1].0[..2]).expect("a pair among so many");
    let first_byte = by_start[pair].0[0];
    let third = by_start.iter().position(|(symbol, _)| symbol[0] == first_byte).expect("at least the pair");
    let mut rows: Vec<Row> = by_start.iter().map(|(_, number)| (number.clone(), ",x".to_owned())).collect();
    for i in 0..100_000 {
        rows.push((by_start[pair].1.clone(), ",x".to_owned()));
        rows.push((by_start[pair + 1].1.clone(), format!(",{i}")));
        rows.push((by_start[third].1.clone(), ",x".to_owned()));
    }
    let roster = roster(&rows, &[], 1);
    let in_memory = files(&keys, &roster, &["--memory", "2G"]).0;
    assert!(in_memory == expected(&rows));
    let duplicates = read(&keys, "nta.duplicates.csv");
    for threads in ["1", "2"] {
        let (files, _) = files(&keys, &roster, &["--memory", "16M", "--threads", threads]);
        assert!(files == in_memory && read(&keys, "nta.duplicates.csv") == duplicates, "{threads} threads");
    }
}

#[test]
fn input_order_with_unique_has_the_rows_of_symbol_order() {
    let keys = keys_of(&[NTA, MOJ]);
    let rows = mixed();
    let roster = roster(&rows, &FAULTS, 1);
    let by_symbol = files(&keys, &roster, &[]);
    let duplicates = read(&keys, "nta.duplicates.csv");
    for threads in ["1", "2", "3"] {
        let by_input = files(&keys, &roster, &["--order", "input", "--unique", "--threads", threads]);
        assert_eq!(by_input.1["duplicates"], by_symbol.1["duplicates"]);
        assert!(read(&keys, "nta.duplicates.csv") == duplicates);
        for (by_input, scope) in by_input.0.iter().zip([NTA, MOJ]) {
            // Their order is the input's: the order of the first row of each person.
            let symbol_of = symbols_of(scope);
            let in_order = roster.lines().skip(1).filter_map(|line| line.split_once(','));
            let mut written: std::collections::HashSet<Vec<u8>> =
                file_of(scope, "symbol,memo", &rows).split(|byte| *byte == b'\n').skip(1).map(<[u8]>::to_vec).collect();
            let mut expected = b"symbol,memo\n".to_vec();
            for (number, memo) in in_order.filter(|(number, _)| fugo::MyNumber::parse(number).is_ok()) {
                let row = format!("{},{memo}", rosters::text(scope, &symbol_of(number))).into_bytes();
                if written.remove(&row) {
                    expected.extend_from_slice(&[&row[..], b"\n"].concat());
                }
            }
            assert!(*by_input == expected, "{scope} on {threads} threads");
        }
    }
}

#[test]
fn a_piped_roster_gives_what_the_file_gives() {
    let keys = keys_of(&[NTA, MOJ]);
    let rows = mixed();
    let roster = roster(&rows, &FAULTS, 1);
    let expected = files(&keys, &roster, &[]).0;
    let args = ["--quiet", "--keep", "memo", "--key", NTA_KEY, "--out", "piped.csv"];
    let script = format!("cat roster.csv | {} convert --test-keys {}", env!("CARGO_BIN_EXE_fugo"), args.join(" "));
    let mut shell = std::process::Command::new("sh");
    let output = shell.args(["-c", &script]).current_dir(keys.at("")).output().expect("a shell");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(read(&keys, "piped.csv") == expected[0]);
    assert!(read(&keys, "piped.rejects.csv") == read(&keys, "nta.rejects.csv"));
}
