//! What an audit prints, and what it never prints.

use std::{collections::HashMap, fs};

use arrow_schema::{DataType, Field, Schema};

use crate::{
    PEOPLE, audit, both, deliver, kinds, read, roster,
    rosters::numbers,
    sample_keys::{stderr, stdout},
    write, write_parquet,
};

#[test]
fn a_file_name_cannot_show_a_number_or_forge_a_line() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    fs::create_dir(keys.at("945807302153")).expect("made");
    let forged = "x\n\nnothing was found that links these files\n\u{1b}[31m.csv";
    for name in ["123456789018.csv", "1234-5678-9018.csv", "１２３４５６７８９０１８.csv", "945807302153/n.csv", forged]
    {
        fs::copy(keys.at("nta.csv"), keys.at(name)).expect("copied");
        for args in [&[name, "moj.csv", "--notes"][..], &[name, "moj.csv", "--json"]] {
            let output = audit(&keys, args);
            let said = format!("{}{}", stdout(&output), stderr(&output));
            assert!(!said.contains(name) && !said.contains("945807302153"), "{said}");
            // JSON escapes the escapes once more.
            let plain = said.replace("\\\\", "\\");
            assert!(plain.contains("[not shown]") || plain.contains("x\\n\\nnothing"), "{said}");
            assert!(!said.contains('\u{1b}'), "{said}");
        }
    }
}

#[test]
fn names_out_of_a_file_cannot_forge_lines_and_a_first_line_of_cells_is_refused() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "member"]);
    let mut lines = read(&keys, "nta.csv");
    lines[0] = "symbol,\"member\nlinks   none: \u{1b}[31m\"".to_owned();
    write(&keys, "forged.csv", lines.clone());
    let output = audit(&keys, &["forged.csv", "moj.csv"]);
    assert!(stdout(&output).contains("\\nlinks   none: \\u{1b}[31m"), "{}", stdout(&output));
    assert!(!stdout(&output).contains('\u{1b}'));
    write(&keys, "headless.csv", lines.split_off(1));
    let output = audit(&keys, &["headless.csv", "moj.csv"]);
    assert!(stderr(&output).contains("the first line holds a symbol, so it is not a header"), "{}", stderr(&output));
}

#[test]
fn what_a_table_says_of_itself_is_noted() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    for agency in ["nta", "moj"] {
        let symbols = read(&keys, &format!("{agency}.csv"))[1..].to_vec();
        let none = vec![None; symbols.len()];
        let fields = vec![Field::new("symbol", DataType::Utf8, false), Field::new("memo", DataType::Utf8, true)];
        let metadata = HashMap::from([("batch_id".to_owned(), "b-0193".to_owned())]);
        write_parquet(
            &keys.at(&format!("{agency}.parquet")),
            Schema::new(fields).with_metadata(metadata),
            symbols,
            none,
        );
    }
    let output = audit(&keys, &["nta.parquet", "moj.parquet", "--notes"]);
    assert!(stdout(&output).contains("both files have the same value for `batch_id`"), "{}", stdout(&output));
    assert!(stdout(&output).contains("last written"), "{}", stdout(&output));
    assert!(!stdout(&output).contains("b-0193"));
}

#[test]
fn times_of_writing_that_lie_apart_are_no_finding() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    assert!(kinds(&keys, &["nta.csv", "moj.csv"]).contains(&"metadata".to_owned()));
    let past = std::time::SystemTime::now() - std::time::Duration::from_secs(7_200);
    let file = fs::File::options().write(true).open(keys.at("nta.csv")).expect("opened");
    file.set_modified(past).expect("set");
    assert!(!kinds(&keys, &["nta.csv", "moj.csv"]).contains(&"metadata".to_owned()));
}

#[test]
fn an_audit_in_many_readings_says_what_one_in_one_reading_says() {
    let keys = both();
    let people = 200_000;
    deliver(&keys, &roster(people), ".csv", &["--keep", "prefecture,member"]);
    let said = |memory: &str| stdout(&audit(&keys, &["nta.csv", "moj.csv", "--memory", memory])).to_owned();
    // 400,000 rows and six hashes of eight bytes for each: more than 16 MB, less than 1 GB.
    assert_eq!(said("16M"), said("1G"));
    assert!(said("1G").contains("200,000 people in each file are the only ones"));
}

#[test]
fn no_value_of_a_cell_is_printed() {
    let keys = both();
    deliver(&keys, &roster(1_200), ".csv", &["--keep", "prefecture,member"]);
    let row = |(i, line): (usize, String)| {
        if i == 0 { format!("{line},123456789018") } else { format!("{line},{}", numbers(1)[0]) }
    };
    write(&keys, "nta-numbers.csv", read(&keys, "nta.csv").into_iter().enumerate().map(row));
    for args in [["nta.csv", "moj.csv", "--json"], ["nta-numbers.csv", "moj.csv", "--json"]] {
        for args in [&args[..2], &args[..]] {
            let output = audit(&keys, args);
            let said = format!("{}{}", stdout(&output), stderr(&output));
            for secret in ["東京都", "00007", "kikan1", &numbers(1)[0], "123456789018"] {
                assert!(!said.contains(secret), "{secret} in {said}");
            }
        }
    }
}
