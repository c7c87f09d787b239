//! `fugo translate`: rows keyed by symbols of one scope become rows keyed by symbols of another.

mod rosters;
mod sample_keys;
mod tables;
mod translations;

use std::{fs, io::Write, process::Stdio, sync::Arc};

use arrow_array::{ArrayRef, BinaryArray, FixedSizeBinaryArray, Int64Array, RecordBatch, cast::AsArray};
use arrow_schema::{DataType, Field, Schema};
use rosters::{MOJ, NTA, NTA_KEY, Random, convert, file_of, keys_of, lines, number, numbers, read, symbols_of, text};
use sample_keys::{Keys, NUMBER, stderr};
use serde_json::Value;
use tables::{rows, symbols, table, texts, write};
use translations::{asked_of, command, refused, roster_of, standard, translate};

/// Rows of a memo each, keyed by the symbols of a scope.
fn memos(numbers: &[String]) -> Vec<(String, String)> {
    numbers.iter().cloned().zip((0..).map(|i| format!(",memo {i},\"a, \"\"b\"\"\""))).collect()
}

#[test]
fn rows_come_out_under_the_other_symbols_in_their_order_with_every_byte_of_the_other_columns() {
    let (keys, people) = (keys_of(&[NTA, MOJ]), numbers(3_000));
    roster_of(&keys, &people);
    let mut rows = memos(&people[..900]);
    Random::new(5).shuffle(&mut rows);
    asked_of(&keys, NTA, "symbol,memo,\"more, or less\"", &rows);
    let output = translate(&keys, &[]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(read(&keys, "moj.csv") == file_of(MOJ, "symbol,memo,\"more, or less\"", &rows));
    assert_eq!(lines(&keys, "moj.rejects.csv").len(), 1);
    assert_eq!(lines(&keys, "moj.roster-rejects.csv").len(), 1);
    let said = stderr(&output);
    assert!(said.contains("from agency/nta/1, tag 7c2cb2a1, to agency/moj/1"), "{said}");
    assert!(said.contains("columns that were copied and not searched for numbers or symbols: 2"), "{said}");
}

#[test]
fn the_order_of_the_asked_rows_and_of_the_roster_changes_no_byte() {
    let (keys, mut people) = (keys_of(&[NTA, MOJ]), numbers(2_000));
    let mut rows = memos(&people[..700]);
    let mut files = Vec::new();
    for seed in [1, 2] {
        Random::new(seed).shuffle(&mut people);
        Random::new(seed + 7).shuffle(&mut rows);
        roster_of(&keys, &people);
        asked_of(&keys, NTA, "symbol,memo,more", &rows);
        let threads = seed.to_string();
        assert_eq!(translate(&keys, &["--threads", &threads]).status.code(), Some(0));
        files.push(read(&keys, "moj.csv"));
    }
    assert!(files[0] == files[1]);
}

#[test]
fn every_asked_row_is_translated_unknown_rejected_or_a_duplicate() {
    let (keys, people) = (keys_of(&[NTA, MOJ]), numbers(2_000));
    roster_of(&keys, &people[..1_000]);
    let of = |number: &str| text(NTA, &symbols_of(NTA)(number));
    let other = text(MOJ, &symbols_of(MOJ)(&people[0]));
    let mut spoilt = of(&people[1]);
    spoilt.pop();
    let mut rows = vec!["symbol,memo".to_owned()];
    rows.extend(people[..100].iter().map(|number| format!("{},a", of(number))));
    // Records 101 to 103: nobody of the roster, one of them twice.
    rows.extend([1_500, 1_501, 1_500].map(|nth: usize| format!("{},b", of(&people[nth]))));
    // 104: of another key. 105: not a symbol. 106: a number. 107: too few fields.
    rows.extend([format!("{other},c"), format!("{spoilt},c"), format!("{NUMBER},c"), of(&people[2])]);
    // 108: equal to record 1. 109: differs from record 2.
    rows.extend([format!("{},\"a\"", of(&people[0])), format!("{},other", of(&people[1]))]);
    keys.file("asked.csv", &(rows.join("\n") + "\n"), 0o600);
    let output = translate(&keys, &["--report", "report.json"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let report: Value = serde_json::from_slice(&read(&keys, "report.json")).expect("JSON");
    let count = |name: &str| report[name].as_u64().expect("a count");
    assert_eq!(
        [count("asked"), count("translated"), count("unknown"), count("rejected"), count("people")],
        [109, 99, 3, 4, 100]
    );
    assert_eq!(report["duplicates"], serde_json::json!({ "equal": 1, "differing": 2, "people": 2 }));
    assert_eq!(report["roster"]["times_read"], 1);
    assert_eq!(lines(&keys, "moj.csv").len(), 100);
    let listed: Vec<String> = tables::rejects(&keys, "moj.rejects.csv")
        .iter()
        .map(|line| {
            line.split(',')
                .enumerate()
                .filter(|(i, _)| [0, 3, 4].contains(i))
                .map(|(_, cell)| cell)
                .collect::<Vec<_>>()
                .join(",")
        })
        .collect();
    assert_eq!(
        listed,
        [
            "104,symbol,wrong-key",
            "105,symbol,corrupted",
            "106,symbol,corrupted",
            "107,,fields",
            "101,,unknown-symbol",
            "102,,unknown-symbol",
            "103,,unknown-symbol",
        ]
    );
    let duplicates = lines(&keys, "moj.duplicates.csv");
    let outcomes: Vec<&str> = duplicates[1..].iter().map(|line| line.rsplit(',').next().expect("a cell")).collect();
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == "differs").count(), 2);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == "equal").count(), 1);
    let said = stderr(&output);
    for (name, count) in [("= translated", 99), ("+ unknown", 3), ("+ rejected", 4), ("+ duplicates", 3)] {
        assert!(said.contains(&format!("{name:<14}{count:>15}")), "{said}");
    }
}

#[test]
fn a_person_with_two_numbers_in_the_roster_is_translated_once_by_the_first() {
    let keys = keys_of(&[NTA, MOJ]);
    let [old, new, other] = [1, 2, 3].map(number);
    keys.file("lineage.csv", &format!("new,previous\n{new},{old}\n"), 0o600);
    let rows = [(old.clone(), ",a"), (other.clone(), ",b")];
    asked_of(&keys, NTA, "symbol,memo", &rows);
    for people in [vec![old.clone(), new.clone(), other.clone()], vec![new.clone(), other.clone()]] {
        roster_of(&keys, &people);
        let output = translate(&keys, &["--lineage", "lineage.csv"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(read(&keys, "moj.csv") == file_of(MOJ, "symbol,memo", &rows));
    }
    // Without the lineage the new number is another person, and the asked symbol is nobody's.
    let output = translate(&keys, &["--max-rejects", "100%"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(read(&keys, "moj.csv") == file_of(MOJ, "symbol,memo", &rows[1..]));
}

#[test]
fn the_roster_is_read_as_convert_reads_it_and_its_rejects_are_listed_apart() {
    let keys = keys_of(&[NTA, MOJ]);
    let people = numbers(4);
    let grouped = |number: &str| format!("{}-{}-{}", &number[..4], &number[4..8], &number[8..]);
    let roster = format!("name;nr\na;{}\nb;{}\nc;12345\nd;{}\n", grouped(&people[0]), people[1], people[2]);
    keys.file("roster.csv", &roster, 0o600);
    let rows: Vec<_> = people[..3].iter().map(|number| (number, ",x")).collect();
    asked_of(&keys, NTA, "symbol,memo", &rows);
    let more = ["--roster-delimiter", ";", "--column", "nr", "--number-format", "lenient"];
    let output = translate(&keys, &more);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(read(&keys, "moj.csv") == file_of(MOJ, "symbol,memo", &rows));
    let rejects = tables::rejects(&keys, "moj.roster-rejects.csv");
    assert!(rejects.len() == 1 && rejects[0].starts_with("3,4,") && rejects[0].ends_with(",nr,length"), "{rejects:?}");
    let said = refused(&translate(&keys, &[&more[..], &["--max-roster-rejects", "0"]].concat()));
    assert!(said.contains("the roster: 1 of the first 4 rows are rejects"), "{said}");
}

#[test]
fn rotation_is_a_translation_from_one_epoch_to_the_next() {
    let keys = keys_of(&[NTA, "agency/nta/2"]);
    let people = numbers(500);
    roster_of(&keys, &people);
    let rows = memos(&people);
    asked_of(&keys, NTA, "symbol,memo,more", &rows);
    let output = command(&keys, &["--from-key", NTA_KEY, "--to-key", "agency-nta-2.key", "--out", "two.csv"]).output();
    assert_eq!(output.expect("the tool runs").status.code(), Some(0));
    assert!(read(&keys, "two.csv") == file_of("agency/nta/2", "symbol,memo,more", &rows));
}

#[test]
fn symbols_of_insurers_become_eligibility_symbols() {
    let keys = keys_of(&["insurers/all/1", "eligibility/all/1"]);
    let people = numbers(50);
    roster_of(&keys, &people);
    let rows: Vec<_> = people.iter().map(|number| (number, "")).collect();
    asked_of(&keys, "insurers/all/1", "symbol", &rows);
    let args = ["--from-key", "insurers-all-1.key", "--to-key", "eligibility-all-1.key", "--out", "shikaku.csv"];
    let said = refused(&command(&keys, &args).output().expect("the tool runs"));
    assert!(
        said.contains("--to-key") && said.contains("give the insurers' key of epoch 1 with --insurers-key"),
        "{said}"
    );
    let output = command(&keys, &[&args[..], &["--insurers-key", "insurers-all-1.key"]].concat()).output();
    assert_eq!(output.expect("the tool runs").status.code(), Some(0));
    assert!(read(&keys, "shikaku.csv") == file_of("eligibility/all/1", "symbol", &rows));
}

/// A column of binary symbols with the metadata of a scope, and other columns of several types, bytes among them.
fn columns(scope: &str, numbers: &[String]) -> RecordBatch {
    let symbol_of = symbols_of(scope);
    let symbols: ArrayRef = Arc::new(
        FixedSizeBinaryArray::try_from_iter(numbers.iter().map(|number| symbol_of(number))).expect("16 bytes"),
    );
    let key = rosters::scope_key(scope);
    let field = fugo_columnar::symbol_field("symbol", key.scope(), key.tag(), false);
    let sealed: Vec<Vec<u8>> = (0..numbers.len()).map(|i| vec![0xff, 0, i as u8]).collect();
    let others: [(&str, ArrayRef); 3] = [
        ("memo", texts((0..numbers.len()).map(|i| format!("memo {i}")))),
        ("sealed", Arc::new(BinaryArray::from_iter_values(sealed))),
        ("count", Arc::new((0_i64..).take(numbers.len()).map(|i| (i % 5 > 0).then_some(i)).collect::<Int64Array>())),
    ];
    let mut fields = vec![field];
    fields.extend(others.iter().map(|(name, column)| Field::new(*name, column.data_type().clone(), true)));
    let columns = [symbols].into_iter().chain(others.into_iter().map(|(_, column)| column)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("columns of one length")
}

#[test]
fn tables_keep_the_types_and_bytes_of_their_columns_and_name_the_new_key() {
    let (keys, people) = (keys_of(&[NTA, MOJ]), numbers(300));
    roster_of(&keys, &people);
    for (from, to) in [("asked.parquet", "moj.arrow"), ("asked.arrow", "moj.parquet")] {
        write(&keys.at(from), &[columns(NTA, &people)]);
        let output =
            command(&keys, &[from, "--from-key", NTA_KEY, "--to-key", "agency-moj-1.key", "--out", to]).output();
        let output = output.expect("the tool runs");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let (found, expected) = (table(&keys, to), columns(MOJ, &people));
        let metadata = |batch: &RecordBatch| batch.schema().field(0).metadata()["fugo.tag"].clone();
        assert_eq!(metadata(&found), metadata(&expected));
        let memos: Vec<_> = people.iter().cloned().zip((0..).map(|i| format!("memo {i}"))).collect();
        assert!(rows(&found) == tables::expected(MOJ, &memos));
        // Each row keeps its bytes: the last byte is that of the memo's number.
        let (sealed, memo) = (found.column_by_name("sealed").expect("a column"), tables::column_texts(&found, "memo"));
        assert_eq!(sealed.data_type(), &DataType::Binary);
        for (bytes, memo) in sealed.as_binary::<i32>().iter().zip(memo) {
            let nth: usize = memo.expect("a memo")[5..].parse().expect("a number");
            assert_eq!(bytes.expect("bytes"), [0xff, 0, nth as u8]);
        }
        assert_eq!(symbols(&found).len(), 300);
    }
}

#[test]
fn a_table_of_another_scope_or_without_a_scope_is_refused_and_so_are_bytes_in_csv() {
    let (keys, people) = (keys_of(&[NTA, MOJ]), numbers(3));
    roster_of(&keys, &people);
    let refusal = |batch: RecordBatch, out: &str| {
        write(&keys.at("asked.parquet"), &[batch]);
        let args = ["asked.parquet", "--from-key", NTA_KEY, "--to-key", "agency-moj-1.key", "--out", out];
        refused(&command(&keys, &args).output().expect("the tool runs"))
    };
    let said = refusal(columns(MOJ, &people), "out.parquet");
    assert!(said.contains("holds symbols of agency/moj/1 with the tag"), "{said}");
    let plain = tables::batch(&[("symbol", columns(NTA, &people).column(0).clone())]);
    let said = refusal(plain, "out.parquet");
    assert!(said.contains("holds bytes without the metadata of their key"), "{said}");
    let said = refusal(columns(NTA, &people), "out.csv");
    assert!(said.contains("the column `sealed` holds bytes, and CSV cannot hold bytes"), "{said}");
    let with_two = {
        let batch = columns(NTA, &people);
        let second = columns(MOJ, &people);
        let mut fields: Vec<_> = batch.schema().fields().iter().cloned().collect();
        fields.push(Arc::new(second.schema().field(0).clone().with_name("moj")));
        let columns = batch.columns().iter().cloned().chain([second.column(0).clone()]).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("columns of one length")
    };
    let said = refusal(with_two, "out.parquet");
    assert!(
        said.contains("the column `moj` holds symbols; symbols of two scopes in one row link the scopes"),
        "{said}"
    );
}

#[test]
fn little_memory_reads_the_roster_several_times_and_writes_the_same_bytes() {
    let (keys, people) = (keys_of(&[NTA, MOJ]), numbers(160_000));
    roster_of(&keys, &people);
    // As `convert` writes it, which is quicker than one symbol at a time.
    let output = convert(&keys, &["roster.csv", "--key", NTA_KEY, "--out", "asked.csv", "--quiet"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let mut files = Vec::new();
    for (memory, least) in [("1G", 1), ("16M", 2)] {
        let output = translate(&keys, &["--memory", memory, "--threads", "2", "--report", "report.json"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let report: Value = serde_json::from_slice(&read(&keys, "report.json")).expect("JSON");
        let times = report["roster"]["times_read"].as_u64().expect("a count");
        assert!(if least == 1 { times == 1 } else { times >= least }, "{memory}: {times}");
        assert_eq!((report["translated"].as_u64(), report["roster"]["read"].as_u64()), (Some(160_000), Some(160_000)));
        files.push(read(&keys, "moj.csv"));
    }
    assert!(files[0] == files[1]);
    let output = convert(&keys, &["roster.csv", "--key", "agency-moj-1.key", "--out", "expected.csv", "--quiet"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(files[0] == read(&keys, "expected.csv"));

    // A pipe is read once: enough for much memory, and refused for little.
    for (memory, status) in [("1G", 0), ("16M", 2)] {
        let mut run = command(&keys, &["--memory", memory, "--quiet"]);
        let mut run = translations::piped(&mut run).stdin(Stdio::piped()).spawn().expect("the tool runs");
        let _ = run.stdin.take().expect("a pipe").write_all(&read(&keys, "roster.csv"));
        let output = run.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(status), "{output:?}");
        if status == 2 {
            assert!(stderr(&output).contains("a pipe is read once"), "{output:?}");
        }
    }
}

#[test]
fn what_cannot_be_translated_is_refused_before_the_roster_is_read() {
    let (keys, people) = (keys_of(&[NTA, MOJ]), numbers(5));
    roster_of(&keys, &people);
    asked_of(&keys, NTA, "symbol,memo,more", &standard(&people));
    let refusal = |args: &[&str]| refused(&command(&keys, args).output().expect("the tool runs"));
    let keys_and_out = ["--from-key", NTA_KEY, "--to-key", "agency-moj-1.key", "--out", "moj.csv"];
    let said = refusal(&["asked.csv", "--from-key", NTA_KEY, "--to-key", NTA_KEY, "--out", "x.csv"]);
    assert!(said.contains("have the same tag 7c2cb2a1"), "{said}");
    let said = refusal(&[&["asked.csv", "--symbol-column", "nobody"], &keys_and_out[..]].concat());
    assert!(said.contains("the asked rows: ") && said.contains("`nobody`"), "{said}");
    let said = refusal(&[&["asked.csv", "--column", "nobody"], &keys_and_out[..]].concat());
    assert!(said.contains("the roster: ") && said.contains("`nobody`"), "{said}");
    let said = refusal(&[&["asked.csv", "--expect-rows", "4"], &keys_and_out[..]].concat());
    assert!(said.contains("--expect-rows allows exactly 4 rows"), "{said}");
    let said = refusal(&["asked.csv", "--from-key", NTA_KEY, "--to-key", "agency-moj-1.key", "--out", "asked.csv"]);
    assert!(said.contains("asked.csv is an input of this run"), "{said}");
    assert!(!keys.at("moj.csv").exists());
}

#[test]
fn a_failure_replaces_nothing_and_an_earlier_output_is_replaced_as_a_whole() {
    let (keys, people) = (keys_of(&[NTA, MOJ]), numbers(40));
    roster_of(&keys, &people);
    let rows = standard(&people);
    asked_of(&keys, NTA, "symbol,memo,more", &rows);
    assert_eq!(translate(&keys, &[]).status.code(), Some(0));
    let before = read(&keys, "moj.csv");
    // Most symbols are nobody's now.
    roster_of(&keys, &people[..10]);
    let said = refused(&translate(&keys, &[]));
    assert!(said.contains("30 of 40 rows are missing from the outputs"), "{said}");
    assert!(read(&keys, "moj.csv") == before);
    assert_eq!(translate(&keys, &["--max-rejects", "30"]).status.code(), Some(1));
    assert!(read(&keys, "moj.csv") == file_of(MOJ, "symbol,memo,more", &rows[..10]));
    assert!(refused(&translate(&keys, &["--max-rejects", "29"])).contains("--max-rejects allows 29 rows"));
}

#[test]
fn cells_over_many_lines_are_allowed_in_the_roster_too() {
    let (keys, people) = (keys_of(&[NTA, MOJ]), numbers(3));
    let lines = "line\n".repeat(150);
    let rows: Vec<String> = people.iter().map(|number| format!("{number},\"{lines}\"\n")).collect();
    fs::write(keys.at("roster.csv"), format!("my_number,memo\n{}", rows.concat())).expect("written");
    asked_of(&keys, NTA, "symbol,memo,more", &standard(&people));
    assert!(refused(&translate(&keys, &[])).contains("give --multi-line-cells"));
    let output = translate(&keys, &["--multi-line-cells"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(read(&keys, "moj.csv") == file_of(MOJ, "symbol,memo,more", &standard(&people)));
}

#[test]
fn a_report_has_the_name_of_a_file_that_is_complete_or_absent() {
    let (keys, people) = (keys_of(&[NTA, MOJ]), numbers(3));
    roster_of(&keys, &people);
    asked_of(&keys, NTA, "symbol,memo,more", &standard(&people));
    for name in ["-", "report.gz"] {
        let _ = refused(&translate(&keys, &["--report", name]));
        assert!(!keys.at(name).exists() && !keys.at("moj.csv").exists());
    }
}

#[test]
fn no_asked_rows_replace_an_earlier_output_only_if_none_were_expected() {
    let (keys, people) = (keys_of(&[NTA, MOJ]), numbers(3));
    roster_of(&keys, &people);
    asked_of(&keys, NTA, "symbol,memo,more", &standard(&people));
    assert_eq!(translate(&keys, &[]).status.code(), Some(0));
    let before = read(&keys, "moj.csv");
    asked_of(&keys, NTA, "symbol,memo,more", &standard(&[]));
    assert!(refused(&translate(&keys, &[])).contains("0 of 0 rows are missing"));
    assert!(read(&keys, "moj.csv") == before);
    let output = translate(&keys, &["--expect-rows", "0"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(read(&keys, "moj.csv"), b"symbol,memo,more\n");
}

#[test]
fn a_number_in_another_column_is_carried_because_columns_are_not_searched() {
    let (keys, people) = (keys_of(&[NTA, MOJ]), numbers(20));
    roster_of(&keys, &people);
    let rows: Vec<_> = people.iter().map(|number| (number, format!(",{number}"))).collect();
    asked_of(&keys, NTA, "symbol,memo", &rows);
    assert_eq!(translate(&keys, &[]).status.code(), Some(0));
    assert!(read(&keys, "moj.csv") == file_of(MOJ, "symbol,memo", &rows));
    let _ = fs::remove_file(keys.at("moj.csv"));
}

/// Whether `fugo audit` finds that two files link.
fn is_linked(keys: &Keys, a: &str, b: &str) -> bool {
    let mut audit = sample_keys::fugo(&["audit", a, b]);
    let output = audit.current_dir(keys.at("")).output().expect("the tool runs");
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    output.status.code() == Some(1)
}

#[test]
fn two_agencies_link_the_people_of_a_translation_by_what_was_provided_and_nobody_else() {
    let (keys, people) = (keys_of(&[NTA, MOJ]), numbers(6_000));
    roster_of(&keys, &people);
    for (key, out) in [(NTA_KEY, "of-nta.csv"), ("agency-moj-1.key", "of-moj.csv")] {
        let output = convert(&keys, &["roster.csv", "--key", key, "--out", out, "--quiet"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    let rows: Vec<_> =
        people[..2_000].iter().zip(0..).map(|(number, i)| (number, format!(",{}", 70_001 * i))).collect();
    asked_of(&keys, NTA, "symbol,amount", &rows);
    assert_eq!(translate(&keys, &[]).status.code(), Some(0));
    // The symbols of both files, as they were issued, and those of the answer without what was provided.
    assert!(!is_linked(&keys, "of-nta.csv", "of-moj.csv"));
    let translated = lines(&keys, "moj.csv");
    let bare: Vec<&str> = translated.iter().filter_map(|line| line.split(',').next()).collect();
    keys.file("bare.csv", &(bare.join("\n") + "\n"), 0o600);
    assert!(!is_linked(&keys, "of-nta.csv", "bare.csv"));
    // With the amounts, the provider's rows and the answer link: this is what a translation is for.
    assert!(is_linked(&keys, "asked.csv", "moj.csv"));
}
