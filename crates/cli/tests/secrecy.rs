//! On a roster with many bad rows, the output of the tool contains no number of the roster, no eight consecutive
//! digits of one, and no part of a key. No input makes the tool panic.

mod rosters;
mod sample_keys;

use std::{collections::HashSet, fs, process::Output};

use rosters::{MOJ, MOJ_KEY, NTA, NTA_KEY, Random, convert, keys_of, number, numbers, read, scope_key};
use sample_keys::{Keys, NUMBER, ROOT_HEX, answer, stderr, stdout};

/// The secrets that must not appear.
struct Secrets {
    numbers: HashSet<String>,
    /// Every eight consecutive digits of each number.
    parts: HashSet<String>,
    /// Every eight consecutive bytes of each key, in hex.
    keys: Vec<String>,
}

impl Secrets {
    fn of(numbers: &[String]) -> Self {
        let parts = numbers.iter().flat_map(|number| (0..=4).map(|at| number[at..at + 8].to_owned())).collect();
        let hex = |scope: &&str| {
            scope_key(scope).expose_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
        };
        let keys = [NTA, MOJ, "insurers/all/1", "eligibility/all/1"].iter().map(hex).chain([ROOT_HEX.to_owned()]);
        let keys = keys.flat_map(|key| (0..=48).map(move |at| key[at..at + 16].to_owned())).collect();
        Self { numbers: numbers.iter().cloned().collect(), parts, keys }
    }

    fn are_kept_by(&self, what: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        for key in &self.keys {
            assert!(!text.contains(key), "{what} holds a part of a key");
        }
        for line in text.lines() {
            // Full-width digits count like ASCII digits, and separators hide nothing.
            let digits: Vec<char> = line.chars().map(ascii_digit).collect();
            let runs = digits.split(|c| !c.is_ascii_digit());
            let eights = runs.flat_map(|run| run.windows(8));
            assert!(!eights.into_iter().any(|run| self.parts.contains(&String::from_iter(run))), "{what} holds digits");
            let digits: Vec<char> = digits.into_iter().filter(char::is_ascii_digit).collect();
            let twelves = digits.windows(12);
            assert!(!twelves.into_iter().any(|run| self.numbers.contains(&String::from_iter(run))), "{what}");
        }
    }

    fn are_kept_by_run(&self, keys: &Keys, what: &str, output: &Output) {
        self.are_kept_by(&format!("{what}: standard output"), &output.stdout);
        self.are_kept_by(&format!("{what}: standard error"), &output.stderr);
        for name in keys.names() {
            let is_key = keys.at(&name).extension().is_some_and(|extension| extension == "key");
            if !is_key && !["roster.csv", "pairs.csv"].contains(&&*name) {
                self.are_kept_by(&format!("{what}: {name}"), &read(keys, &name));
            }
        }
    }
}

fn ascii_digit(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).expect("a digit"),
        _ => c,
    }
}

fn full_width(number: &str) -> String {
    number.chars().map(|c| char::from_u32(c as u32 - '0' as u32 + '０' as u32).expect("a digit")).collect()
}

/// Rows like those of real offices, good and bad, each with a number in some form.
fn messy(numbers: &[String]) -> String {
    let shape = |(i, n): (usize, &String)| match i % 20 {
        0 => format!("{}-{}-{},a", &n[..4], &n[4..8], &n[8..]),
        1 => format!("{},b", full_width(n)),
        2 => format!("{},c", &n[1..]),
        3 => format!("{n}0,d"),
        4 => format!("{}{},e", &n[..11], (n.as_bytes()[11] - b'0' + 1) % 10),
        5 => format!("{n},memo {n}"),
        6 => format!("{n},{}", full_width(n)),
        7 => format!("{n},\"{} {} {}\"", &n[..4], &n[4..8], &n[8..]),
        8 => format!("\"{n}\"x,f"),
        9 => format!("{n},g,h"),
        10 => n.clone(),
        11 => format!("{n},same\n{n},same"),
        12 => format!("{n},one\n{n},other"),
        13 => format!("No.{n},i"),
        14 => format!("{n} ,j"),
        15 => format!("{}/{},k", &n[..6], &n[6..]),
        _ => format!("{n},l"),
    };
    let rows = numbers.iter().enumerate().map(|row| shape(row) + "\n").collect::<Vec<_>>().concat();
    format!("my_number,memo\n{rows}")
}

#[test]
fn no_run_over_a_messy_roster_repeats_a_number_or_a_key() {
    let numbers = numbers(2_000);
    let (secrets, roster) = (Secrets::of(&numbers), messy(&numbers));
    let two = ["--key", NTA_KEY, "--key", MOJ_KEY, "--out", "nta.csv", "--out", "moj.csv", "--report", "report.json"];
    let eligibility = ["--key", "eligibility-all-1.key", "--insurers-key", "insurers-all-1.key", "--out", "e.csv"];
    let runs: [(&[&str], i32); 12] = [
        (&[], 1),
        (&["--number-format", "lenient"], 1),
        (&["--number-format", "lenient", "--restore-zeros"], 1),
        (&["--order", "input"], 1),
        (&["--order", "input", "--unique"], 1),
        (&["--lineage", "pairs.csv"], 1),
        (&["--max-rejects", "3"], 2),
        (&["--max-rejects", "1%"], 2),
        (&["--column", "number"], 2),
        (&["--keep", "none"], 2),
        (&["--delimiter", ";"], 2),
        (&["--threads", "3", "--memory", "16M"], 1),
    ];
    for (more, status) in runs {
        for outputs in [&two[..], &eligibility] {
            let keys = keys_of(&[NTA, MOJ, "insurers/all/1", "eligibility/all/1"]);
            keys.file("roster.csv", &roster, 0o600);
            keys.file("pairs.csv", &format!("new,previous\n{},{}\n", numbers[19], numbers[39]), 0o600);
            let keep: &[&str] = if more.contains(&"--keep") { &[] } else { &["--keep", "memo"] };
            let output = convert(&keys, &[&["roster.csv"], keep, outputs, more].concat());
            assert_eq!(output.status.code(), Some(status), "{more:?}: {}", stderr(&output));
            secrets.are_kept_by_run(&keys, &more.join(" "), &output);
        }
    }
}

#[test]
fn no_roster_that_is_refused_is_repeated() {
    let numbers = numbers(100);
    let secrets = Secrets::of(&numbers);
    let rows = messy(&numbers);
    let headless = rows.split_once('\n').expect("lines").1;
    let rosters = [
        headless.to_owned(),
        numbers.iter().map(|number| full_width(number) + "\n").collect(),
        rows.replace('\n', "\r"),
        format!("{rows}{},\"never closed\n{}\n", numbers[0], numbers[1]),
        rows.replacen("memo", &format!("\"memo\" {}", numbers[0]), 1),
        numbers.join(","),
        numbers.join("\n"),
        format!("my_number,{}\n", numbers.join(",my_number,")),
        rows.replace(',', "\t"),
    ];
    for roster in rosters {
        let keys = keys_of(&[NTA]);
        keys.file("roster.csv", &roster, 0o600);
        let output = convert(&keys, &["roster.csv", "--key", NTA_KEY, "--out", "nta.csv", "--keep", "memo"]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        secrets.are_kept_by_run(&keys, "a refused run", &output);
    }
}

#[test]
fn no_lineage_that_is_refused_is_repeated() {
    let numbers = numbers(4);
    let secrets = Secrets::of(&numbers);
    let [a, b, c, d] = &numbers[..] else { unreachable!("four numbers") };
    for pairs in [
        format!("{a},{b}\n"),
        format!("new,previous\n{a};{b}\n"),
        format!("new,previous\n{a},{b}\n{a},{c}\n"),
        format!("new,previous\n{a},{b}\n{b},{a}\n"),
        format!("new,previous\n{a},{}\n", full_width(b)),
        format!("new,previous\n{a},\"{b}\n{c},{d}\n"),
    ] {
        let keys = keys_of(&[NTA]);
        keys.file("roster.csv", "my_number\n", 0o600);
        keys.file("pairs.csv", &pairs, 0o600);
        let output = convert(&keys, &["roster.csv", "--key", NTA_KEY, "--out", "nta.csv", "--lineage", "pairs.csv"]);
        assert_eq!(output.status.code(), Some(2));
        secrets.are_kept_by_run(&keys, "a refused lineage", &output);
    }
}

#[test]
fn checking_a_messy_roster_repeats_no_number() {
    let numbers = numbers(500);
    let secrets = Secrets::of(&numbers);
    for args in [&["check"][..], &["check", "--lenient"], &["check", "--lenient", "--restore-zeros"]] {
        let output = answer(args, messy(&numbers));
        assert_eq!(output.status.code(), Some(1));
        secrets.are_kept_by(&args.join(" "), &output.stdout);
        secrets.are_kept_by(&args.join(" "), &output.stderr);
    }
}

/// Random bytes, or random combinations of pieces of rosters.
fn garbage(random: &mut Random, numbers: &[String]) -> Vec<u8> {
    const PIECES: [&[u8]; 24] = [
        b"\"",
        b"\"\"",
        b",",
        b",",
        b",",
        b"\n",
        b"\n",
        b"\r\n",
        b"\r",
        b"\0",
        b"\xEF\xBB\xBF",
        b"\x82\x4F",
        b"\x83",
        b"\xFF",
        b"\x81\x7C",
        "１".as_bytes(),
        "ー".as_bytes(),
        b"my_number",
        b"memo",
        b" ",
        b"-",
        b"1.2E+11",
        b"0",
        b"x",
    ];
    let len = random.below(400);
    if random.below(3) == 0 {
        return (0..len).map(|_| random.next().to_le_bytes()[0]).collect();
    }
    let mut bytes = if random.below(4) == 0 { Vec::new() } else { b"my_number,memo\n".to_vec() };
    for _ in 0..len {
        match random.below(6) {
            0 => bytes.extend_from_slice(numbers[random.below(numbers.len())].as_bytes()),
            1 => bytes.extend_from_slice(format!("{},x\n", numbers[random.below(numbers.len())]).as_bytes()),
            _ => bytes.extend_from_slice(PIECES[random.below(PIECES.len())]),
        }
    }
    bytes
}

#[test]
fn garbage_is_no_panic_and_its_totals_reconcile() {
    let numbers = [numbers(20), vec![NUMBER.to_owned(), number(123_456)]].concat();
    let mut random = Random::new(7);
    let keys = keys_of(&[NTA, "eligibility/all/1"]);
    let options: [&[&str]; 8] = [
        &[],
        &["--keep", "memo"],
        &["--keep", "memo", "--number-format", "lenient"],
        &["--keep", "memo", "--number-format", "lenient", "--restore-zeros", "--encoding", "cp932"],
        &["--order", "input", "--unique", "--keep", "memo"],
        &["--order", "input", "--encoding", "cp932"],
        &["--delimiter", "tab"],
        &["--max-rejects", "10%"],
    ];
    let (mut finished, mut refused) = (0, 0);
    for case in 0..400 {
        let mut roster = garbage(&mut random, &numbers);
        // A number in a cell over several lines stops the run, so most random input with quotes or bare CR is
        // refused.
        if case % 3 > 0 {
            roster.retain(|byte| *byte != b'"');
        }
        if case % 4 > 0 {
            roster.retain(|byte| *byte != b'\r');
        }
        fs::write(keys.at("roster.csv"), &roster).expect("written");
        let more = options[case % options.len()];
        let args = ["roster.csv", "--key", NTA_KEY, "--out", "nta.csv", "--report", "report.json", "--threads", "2"];
        let output = convert(&keys, &[&args[..], more].concat());
        assert!(!stderr(&output).contains("panicked") && stdout(&output).is_empty(), "{output:?}");
        assert!(matches!(output.status.code(), Some(0..=2)), "{output:?}");
        if output.status.code() == Some(2) {
            refused += 1;
            assert_eq!(keys.names(), [NTA_KEY, "eligibility-all-1.key", "roster.csv"]);
            continue;
        }
        finished += 1;
        let report: serde_json::Value = serde_json::from_slice(&read(&keys, "report.json")).expect("JSON");
        let count = |value: &serde_json::Value| value.as_u64().expect("a count");
        let (equal, differing) = (count(&report["duplicates"]["equal"]), count(&report["duplicates"]["differing"]));
        let (converted, rejected) = (count(&report["converted"]), count(&report["rejected"]));
        assert_eq!(count(&report["read"]), converted + rejected + equal + differing);
        let rows = |name: &str| {
            let delimiter = if more.contains(&"tab") && name == "nta.csv" { b'\t' } else { b',' };
            let bytes = read(&keys, name);
            let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(&bytes[..]);
            reader.byte_records().count() as u64
        };
        assert_eq!(rows("nta.rejects.csv"), rejected, "{:?}", String::from_utf8_lossy(&roster));
        // A lone CR ends a line for that reader, and is a byte of a cell here.
        if !roster.contains(&b'\r') {
            assert_eq!(rows("nta.csv"), converted, "{:?}", String::from_utf8_lossy(&roster));
        }
        for name in ["nta.csv", "nta.rejects.csv", "nta.duplicates.csv", "report.json"] {
            fs::remove_file(keys.at(name)).expect("put in place");
        }
    }
    assert!(finished > 40 && refused > 40, "{finished} runs finished and {refused} were refused");
}

#[test]
fn garbage_for_insurers_symbols_and_for_checks_is_no_panic() {
    let numbers = numbers(20);
    let mut random = Random::new(8);
    let keys = keys_of(&["eligibility/all/1"]);
    let tag = scope_key("insurers/all/1").tag().to_string();
    for _ in 0..50 {
        let roster = garbage(&mut random, &numbers);
        fs::write(keys.at("roster.csv"), &roster).expect("written");
        let args = ["roster.csv", "--from", "insurers-symbol", "--insurers-tag", &tag, "--keep", "memo"];
        let output = convert(&keys, &[&args[..], &["--key", "eligibility-all-1.key", "--out", "e.csv"]].concat());
        assert!(matches!(output.status.code(), Some(0..=2)) && !stderr(&output).contains("panicked"), "{output:?}");
        for args in [&["check"][..], &["check", "--lenient", "--restore-zeros"]] {
            let output = answer(args, roster.clone());
            assert!(matches!(output.status.code(), Some(0..=2)) && !stderr(&output).contains("panicked"), "{output:?}");
        }
    }
}
