//! `fugo convert`: whose symbol a row gets, with re-issued numbers and with insurers' symbols.

mod rosters;
mod sample_keys;

use std::{fs, process::Output};

use fugo::text::TextEncoder;
use rosters::{
    NTA, NTA_KEY, convert, convert_for_nta, file_of, keys_of, lines, number, numbers, read, scope_key, symbols_of,
};
use sample_keys::{Keys, NUMBER, stderr};
use serde_json::Value;

fn refused(output: &Output, reason: &str) {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(output).contains(reason), "{} does not say: {reason}", stderr(output));
}

/// A chain: the third number replaced the second, which replaced the first.
fn chain() -> ([String; 3], String) {
    let [first, second, third] = [1, 2, 3].map(number);
    let file = format!("new,previous\n{third},{second}\n{second},{first}\n");
    ([first, second, third], file)
}

fn with_lineage(roster: &str, pairs: &str) -> (Keys, Output) {
    let keys = Keys::none();
    keys.file("pairs.csv", pairs, 0o600);
    let more = ["--keep", "memo", "--lineage", "pairs.csv", "--report", "report.json"];
    let output = convert_for_nta(&keys, roster, &more);
    (keys, output)
}

#[test]
fn a_person_keeps_the_symbol_of_the_first_number() {
    let ([first, second, third], pairs) = chain();
    for number in [&first, &second, &third] {
        for pairs in [pairs.clone(), format!("\u{FEFF}{}", pairs.replace('\n', "\r\n")), pairs.trim_end().to_owned()] {
            let (keys, output) = with_lineage(&format!("my_number,memo\n{number},x\n{NUMBER},y\n"), &pairs);
            assert_eq!(output.status.code(), Some(0), "{output:?}");
            assert_eq!(read(&keys, "nta.csv"), file_of(NTA, "symbol,memo", &[(&*first, ",x"), (NUMBER, ",y")]));
            let report: Value = serde_json::from_slice(&read(&keys, "report.json")).expect("JSON");
            assert_eq!(report["reissued"], u64::from(number != &first));
        }
    }
}

#[test]
fn rows_under_both_numbers_of_a_person_are_that_persons() {
    let ([first, second, third], pairs) = chain();
    let roster = |memo: &str| format!("my_number,memo\n{third},x\n{NUMBER},y\n{first},x\n{second},{memo}\n");
    let (keys, output) = with_lineage(&roster("x"), &pairs);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(read(&keys, "nta.csv"), file_of(NTA, "symbol,memo", &[(&*first, ",x"), (NUMBER, ",y")]));
    let (keys, output) = with_lineage(&roster("z"), &pairs);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(read(&keys, "nta.csv"), file_of(NTA, "symbol,memo", &[(NUMBER, ",y")]));
    let outcomes = lines(&keys, "nta.duplicates.csv");
    assert_eq!(outcomes[1..], ["1,1,2,15,differs", "1,3,4,45,differs", "1,4,5,60,differs"]);
}

#[test]
fn a_kept_cell_that_holds_any_number_of_the_rows_person_makes_the_row_a_reject() {
    let ([first, second, third], pairs) = chain();
    for of_row in [&first, &second, &third] {
        for kept in [&first, &second, &third] {
            let (keys, output) = with_lineage(&format!("my_number,memo\n{of_row},old {kept}\n"), &pairs);
            assert_eq!(output.status.code(), Some(1));
            assert!(lines(&keys, "nta.rejects.csv")[1].starts_with("1,2,28,memo,kept-number,"));
        }
    }
}

#[test]
fn a_lineage_that_is_none_is_refused_with_its_line_and_without_its_numbers() {
    let [a, b, c] = [1, 2, 3].map(number);
    let cases = [
        (String::new(), "line 1: the file is empty"),
        (format!("{a},{b}\n"), "line 1: the header is not new,previous"),
        (format!("new,previous\n{a},{b}\n{a}\n"), "line 3: the number of fields is 1;"),
        (format!("new,previous\n{a},{b},{c}\n"), "line 2: the number of fields is 3;"),
        (format!("new,previous\n{a},123456789012\n"), "line 2: column previous: the check digit"),
        (format!("new,previous\n{a},{a}\n"), "line 2: new and previous are the same number"),
        (format!("new,previous\n{a},{b}\n{a},{c}\n"), "line 3: an earlier line has this number in the column new"),
        (format!("new,previous\n{b},{a}\n{c},{a}\n"), "line 3: an earlier line has this number in the column previous"),
        (format!("new,previous\n{a},{b}\n{b},{c}\n{c},{a}\n"), "is a cycle"),
        (format!("new,previous\n\"{a},{b}\n"), "line 2: a quoted field has no closing quote"),
    ];
    for (pairs, reason) in cases {
        let (keys, output) = with_lineage("my_number,memo\n", &pairs);
        refused(&output, reason);
        assert!([&a, &b, &c].iter().all(|number| !stderr(&output).contains(*number)), "{}", stderr(&output));
        assert!(!keys.at("nta.csv").exists());
    }
}

#[test]
fn a_lineage_without_pairs_changes_nothing() {
    for pairs in ["new,previous", "new,previous\n", "\"new\",\"previous\"\r\n"] {
        let (keys, output) = with_lineage(&format!("my_number,memo\n{NUMBER},x\n"), pairs);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(read(&keys, "nta.csv"), file_of(NTA, "symbol,memo", &[(NUMBER, ",x")]));
    }
}

const INSURERS: &str = "insurers/all/1";
const ELIGIBILITY: &str = "eligibility/all/1";
const INSURERS_KEY: &str = "insurers-all-1.key";
const ELIGIBILITY_KEY: &str = "eligibility-all-1.key";

/// Keys of both stages, and a roster.
fn eligibility() -> (Keys, Vec<(String, String)>) {
    let keys = keys_of(&[INSURERS, ELIGIBILITY, "insurers/all/2"]);
    let rows: Vec<_> = numbers(1_200).into_iter().enumerate().map(|(i, number)| (number, format!(",p{i}"))).collect();
    let lines = rows.iter().map(|(number, kept)| format!("{number}{kept}\n")).collect::<Vec<_>>().concat();
    keys.file("roster.csv", &format!("my_number,name\n{lines}"), 0o600);
    (keys, rows)
}

#[test]
fn eligibility_symbols_are_the_same_from_numbers_and_from_the_insurers_file() {
    let (keys, rows) = eligibility();
    let args = [
        "roster.csv",
        "--keep",
        "name",
        "--key",
        INSURERS_KEY,
        "--key",
        ELIGIBILITY_KEY,
        "--insurers-key",
        INSURERS_KEY,
    ];
    let output = convert(&keys, &[&args[..], &["--out", "insurers.csv", "--out", "direct.csv"]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let tag = scope_key(INSURERS).tag().to_string();
    let args = ["insurers.csv", "--from", "insurers-symbol", "--insurers-tag", &tag, "--column", "symbol"];
    let output =
        convert(&keys, &[&args[..], &["--keep", "name", "--key", ELIGIBILITY_KEY, "--out", "issued.csv"]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let expected = file_of(ELIGIBILITY, "symbol,name", &rows);
    assert!(read(&keys, "direct.csv") == expected && read(&keys, "issued.csv") == expected);
    assert!(read(&keys, "insurers.csv") == file_of(INSURERS, "symbol,name", &rows));
}

#[test]
fn an_eligibility_key_asks_for_the_insurers_key_of_epoch_1_and_no_other() {
    let (keys, _) = eligibility();
    keys.scope(NTA);
    let with = |args: &[&str]| convert(&keys, &[&["roster.csv", "--out", "e.csv"], args].concat());
    refused(&with(&["--key", ELIGIBILITY_KEY]), "give the insurers' key of epoch 1 with --insurers-key");
    refused(
        &with(&["--key", ELIGIBILITY_KEY, "--insurers-key", "insurers-all-2.key"]),
        "the epoch of the insurers' key is 2; eligibility symbols need the insurers' key of epoch 1",
    );
    refused(&with(&["--key", ELIGIBILITY_KEY, "--insurers-key", NTA_KEY]), "purpose is agency");
    assert!(!keys.at("e.csv").exists());
}

#[test]
fn from_insurers_symbols_only_an_eligibility_key_makes_symbols() {
    let (keys, _) = eligibility();
    keys.scope(NTA);
    let with = |args: &[&str]| {
        let all = [&["roster.csv", "--from", "insurers-symbol", "--column", "my_number", "--out", "e.csv"], args];
        convert(&keys, &all.concat())
    };
    let tag = scope_key(INSURERS).tag().to_string();
    refused(&with(&["--insurers-tag", &tag, "--key", NTA_KEY]), "purpose is agency");
    refused(
        &with(&["--insurers-tag", &tag, "--key", ELIGIBILITY_KEY, "--insurers-key", INSURERS_KEY]),
        "give one --key, the eligibility key, and no --insurers-key",
    );
    assert_eq!(with(&["--key", ELIGIBILITY_KEY]).status.code(), Some(2));
    keys.file("pairs.csv", "new,previous\n", 0o600);
    refused(
        &with(&["--insurers-tag", &tag, "--key", ELIGIBILITY_KEY, "--lineage", "pairs.csv"]),
        "--lineage needs numbers",
    );
}

#[test]
fn symbols_of_another_key_or_purpose_and_what_is_none_are_rejects() {
    let (keys, _) = eligibility();
    let symbol = symbols_of(INSURERS)(NUMBER);
    let text = rosters::text(INSURERS, &symbol);
    let later = rosters::text("insurers/all/2", &symbols_of("insurers/all/2")(NUMBER));
    let agency = rosters::text(NTA, &symbols_of(NTA)(NUMBER));
    let wrong = TextEncoder::new(fugo::Purpose::Insurers, scope_key(NTA).tag()).encode(&symbol).to_string();
    let upper = text.to_uppercase();
    let cells = [&text, &later, &wrong, &agency, &upper, &format!(" {text}"), NUMBER, "", &format!("\"{text}\"")];
    let roster = format!("s,memo\n{}", cells.map(|cell| format!("{cell},\n")).concat());
    keys.file("symbols.csv", &roster, 0o600);
    let tag = scope_key(INSURERS).tag().to_string();
    let args = ["symbols.csv", "--from", "insurers-symbol", "--insurers-tag", &tag, "--column", "s"];
    let output = convert(&keys, &[&args[..], &["--key", ELIGIBILITY_KEY, "--out", "e.csv"]].concat());
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(read(&keys, "e.csv"), file_of(ELIGIBILITY, "symbol", &[(NUMBER, "")]));
    let rejects = lines(&keys, "e.rejects.csv");
    let reasons: Vec<_> = rejects[1..].iter().map(|line| line.split(',').nth(4).expect("a reason")).collect();
    assert_eq!(
        reasons,
        ["wrong-key", "wrong-key", "wrong-purpose", "corrupted", "corrupted", "corrupted", "corrupted"]
    );
    assert!(!stderr(&output).contains(&text) && !rejects.concat().contains(&text));
}

#[test]
fn a_kept_cell_that_holds_the_rows_insurers_symbol_makes_the_row_a_reject() {
    let (keys, _) = eligibility();
    let symbol = symbols_of(INSURERS)(NUMBER);
    let text = rosters::text(INSURERS, &symbol);
    let hex: String = symbol.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let tag = scope_key(INSURERS).tag().to_string();
    let uuid = format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
    for kept in [&text, &text.to_uppercase(), &hex, &hex.to_uppercase(), &uuid, &format!("\"x,{text}\"")] {
        fs::write(keys.at("symbols.csv"), format!("s,memo\n{text},{kept}\n")).expect("written");
        let args = ["symbols.csv", "--from", "insurers-symbol", "--insurers-tag", &tag, "--column", "s"];
        let more = ["--keep", "memo", "--key", ELIGIBILITY_KEY, "--out", "e.csv", "--max-rejects", "100%"];
        assert_eq!(convert(&keys, &[&args[..], &more].concat()).status.code(), Some(1), "{kept}");
        assert!(lines(&keys, "e.rejects.csv")[1].contains(",memo,kept-symbol,"), "{kept}");
    }
}

#[test]
fn a_number_beside_an_insurers_symbol_does_not_reach_the_issuers_output() {
    let (keys, _) = eligibility();
    let text = rosters::text(INSURERS, &symbols_of(INSURERS)(NUMBER));
    let tag = scope_key(INSURERS).tag().to_string();
    let args = ["symbols.csv", "--from", "insurers-symbol", "--insurers-tag", &tag, "--column", "s"];
    let more = ["--keep", "memo", "--key", ELIGIBILITY_KEY, "--out", "e.csv", "--max-rejects", "100%"];
    for kept in [
        NUMBER,
        "1234-5678-9018",
        "1234 5678 9018",
        "１２３４５６７８９０１８",
        "No.123456789018",
        "\"x 1234,5678,9018\"",
    ] {
        fs::write(keys.at("symbols.csv"), format!("s,memo\n{text},{kept}\n")).expect("written");
        assert_eq!(convert(&keys, &[&args[..], &more].concat()).status.code(), Some(1), "{kept}");
        assert!(lines(&keys, "e.rejects.csv")[1].contains(",memo,kept-other-number,"), "{kept}");
        assert_eq!(lines(&keys, "e.csv").len(), 1);
    }
}
