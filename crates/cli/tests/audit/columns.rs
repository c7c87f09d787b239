//! Columns that hold the same values, under one name or under two.

use std::{fs, sync::Arc};

use arrow_array::{Array, StringArray, Time64MicrosecondArray};
use arrow_schema::{DataType, Field, Schema};

use crate::{
    PEOPLE, audit, both, deliver, linking, read, roster,
    rosters::{MOJ_KEY, NTA_KEY, convert, numbers},
    sample_keys::{stderr, stdout},
    with_columns, write, write_columns,
};

#[test]
fn a_column_on_which_rows_stand_alone_links_and_the_advice_names_what_can_stay() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "prefecture,member"]);
    let output = audit(&keys, &["nta.csv", "moj.csv"]);
    assert!(stdout(&output).contains("3,000 people in each file are the only ones with their values of `member`"));
    assert!(
        stdout(&output).contains("with `prefecture` alone no match beyond chance was found"),
        "{}",
        stdout(&output)
    );
    deliver(&keys, &roster(PEOPLE), "-coarse.csv", &["--keep", "prefecture"]);
    assert_eq!(linking(&keys, &["nta-coarse.csv", "moj-coarse.csv"]), [] as [&str; 0]);
}

#[test]
fn a_column_that_differs_from_file_to_file_does_not_hide_one_that_links() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "member,prefecture"]);
    // Each file has its own amounts, under the same header.
    for (name, times) in [("nta.csv", 7), ("moj.csv", 11)] {
        let lines = read(&keys, name);
        let row = |(i, line): (usize, &String)| {
            if i == 0 { format!("{line},amount") } else { format!("{line},{}", i * times) }
        };
        write(&keys, name, lines.iter().enumerate().map(row));
    }
    let output = audit(&keys, &["nta.csv", "moj.csv"]);
    assert!(stdout(&output).contains("3,000 people in each file are the only ones"), "{}", stdout(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn columns_of_other_names_are_matched_by_their_values_in_any_width_and_with_any_separators() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "member"]);
    let wide = |c: char| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xFEE0).expect("a digit") } else { c };
    let lines = read(&keys, "moj.csv");
    let row = |(i, line): (usize, &String)| {
        let (symbol, member) = line.split_once(',').expect("two cells");
        if i == 0 {
            "symbol,会員".to_owned()
        } else {
            format!("{symbol},{}", format!("{}-{}", &member[..2], &member[2..]).chars().map(wide).collect::<String>())
        }
    };
    write(&keys, "moj.csv", lines.iter().enumerate().map(row));
    let output = audit(&keys, &["nta.csv", "moj.csv"]);
    assert!(
        stdout(&output).contains("3,000 people in each file are the only ones with their values of `member` = `会員`"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn columns_of_few_values_and_other_names_are_matched_where_they_are_named() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "prefecture"]);
    // One person's prefecture is unique.
    for (name, header) in [("nta.csv", "symbol,prefecture"), ("moj.csv", "symbol,area")] {
        let mut lines = read(&keys, name);
        lines[0] = header.to_owned();
        let symbol = lines[1].split(',').next().expect("a symbol").to_owned();
        lines[1] = format!("{symbol},沖縄県");
        write(&keys, name, lines);
    }
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), [] as [&str; 0]);
    let paired = ["nta.csv", "moj.csv", "--pair", "prefecture=area"];
    assert_eq!(linking(&keys, &paired), ["columns"]);
    assert!(stdout(&audit(&keys, &paired)).contains("1 people in each file are the only ones"));
}

#[test]
fn a_few_common_values_among_many_are_counted_over_all_rows_in_every_run() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    // So many columns in so little memory that a sample holds one value in six.
    let names = |file: &str| (0..60).map(|i| format!("{file}{i}")).collect::<Vec<_>>().join(",");
    let empty = ",".repeat(60);
    // Numbers of each file's own, but for five people.
    let id = |i: usize, file: &str| match (i, file) {
        (0..5, _) => format!("x{i:09}{empty}"),
        (_, "a") => format!("a{:09}{empty}", i * 7_919_777 % 1_000_000_007),
        _ => format!("b{:09}{empty}", i * 10_472_911 % 1_000_000_007),
    };
    with_columns(&keys, "nta.csv", "a.csv", &format!("id,{}", names("a")), &|i| id(i, "a"));
    with_columns(&keys, "moj.csv", "b.csv", &format!("id,{}", names("b")), &|i| id(i, "b"));
    for _ in 0..4 {
        for more in [&[][..], &["--pair", "id=id"]] {
            assert_eq!(linking(&keys, &[&["a.csv", "b.csv", "--memory", "16M"], more].concat()), ["columns"]);
        }
    }
    let output = audit(&keys, &["a.csv", "b.csv", "--memory", "16M"]);
    assert!(stdout(&output).contains("5 people in each file are the only ones"), "{}", stdout(&output));
}

#[test]
fn a_column_of_the_same_name_with_empty_cells_or_one_word_does_not_hide_the_one_that_links() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    for unknown in ["", "不明"] {
        let phone = |i: usize| if i.is_multiple_of(20) { unknown.to_owned() } else { format!("0901{i:07}") };
        with_columns(&keys, "nta.csv", "a.csv", "phone", &phone);
        with_columns(&keys, "moj.csv", "b.csv", "phone,mobile", &|i| format!("{unknown},{}", phone(i)));
        assert!(linking(&keys, &["a.csv", "b.csv"]).contains(&"columns".to_owned()), "{unknown:?}");
    }
}

#[test]
fn times_outside_the_calendar_are_compared_by_their_stored_numbers() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    for (from, to) in [("nta.csv", "a.parquet"), ("moj.csv", "b.parquet")] {
        let symbols: Vec<String> = read(&keys, from)[1..].to_vec();
        // Hours after midnight of the next day.
        let times = (0..symbols.len() as u32).map(|i| 90_000_000_000 + i64::from(i));
        let times = Time64MicrosecondArray::from_iter_values(times);
        let schema = Schema::new(vec![
            Field::new("symbol", DataType::Utf8, false),
            Field::new("closing", times.data_type().clone(), true),
        ]);
        write_columns(&keys.at(to), schema, vec![Arc::new(StringArray::from(symbols)), Arc::new(times)]);
    }
    assert!(linking(&keys, &["a.parquet", "b.parquet"]).contains(&"columns".to_owned()));
}

#[test]
fn with_many_columns_a_note_says_that_not_all_combinations_were_compared_and_too_many_are_refused() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let names = |columns: usize| (0..columns).map(|i| format!("c{i}")).collect::<Vec<_>>().join(",");
    let cells = |columns: usize| vec!["1"; columns].join(",");
    for (columns, noted) in [(6, false), (7, true), (40, true)] {
        for (from, to) in [("nta.csv", "a.csv"), ("moj.csv", "b.csv")] {
            with_columns(&keys, from, to, &names(columns), &|_| cells(columns));
        }
        let output = audit(&keys, &["a.csv", "b.csv", "--notes"]);
        assert_eq!(stdout(&output).contains("sets of columns were counted, grown"), noted, "{}", stdout(&output));
    }
    with_columns(&keys, "nta.csv", "a.csv", &names(600), &|_| cells(600));
    for (args, most) in [(&["a.csv", "moj.csv"][..], 512), (&["moj.csv", "a.csv", "--memory", "16M"], 128)] {
        let output = audit(&keys, args);
        assert_eq!(output.status.code(), Some(2));
        let told = format!("the file has 601 columns; with this --memory an audit compares at most {most}");
        assert!(stderr(&output).contains(&told), "{}", stderr(&output));
    }
}

#[test]
fn people_match_though_one_file_has_several_rows_of_each() {
    let keys = both();
    let rows: String =
        roster(PEOPLE).lines().skip(1).flat_map(|row| (0..6).map(move |visit| format!("{row},{visit}\n"))).collect();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "member"]);
    deliver(
        &keys,
        &format!("my_number,prefecture,member,visit\n{rows}"),
        "-visits.csv",
        &["--keep", "member,visit", "--order", "input"],
    );
    let output = audit(&keys, &["nta.csv", "moj-visits.csv"]);
    assert!(
        stdout(&output).contains("3,000 people in each file are the only ones with their values of `member`"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_column_of_each_files_own_values_does_not_hide_one_of_another_name() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "member"]);
    let row = |(i, line): (usize, String)| {
        let (symbol, member) = line.split_once(',').expect("two cells");
        if i == 0 { "symbol,member,card".to_owned() } else { format!("{symbol},x{i},{member}") }
    };
    write(&keys, "moj.csv", read(&keys, "moj.csv").into_iter().enumerate().map(row));
    let output = audit(&keys, &["nta.csv", "moj.csv"]);
    assert!(
        stdout(&output).contains("3,000 people in each file are the only ones with their values of `member` = `card`"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_file_in_cp932_and_a_table_are_compared_as_text() {
    let keys = both();
    let address = |i: usize| format!("東京都千代田区霞が関三丁目中央合同庁舎第四号館厚生労働省別館北棟{i}");
    let rows = numbers(PEOPLE as u64).into_iter().enumerate().map(|(i, number)| format!("{number},{}\n", address(i)));
    let roster: String = std::iter::once("my_number,住所\n".to_owned()).chain(rows).collect();
    let (bytes, _, lost) = encoding_rs::SHIFT_JIS.encode(&roster);
    assert!(!lost);
    fs::write(keys.at("roster.csv"), &bytes).expect("written");
    let args = ["roster.csv", "--encoding", "cp932", "--keep", "住所", "-q", "--key", NTA_KEY, "--key", MOJ_KEY];
    let output = convert(&keys, &[&args[..], &["--out", "nta.csv", "--out", "moj.parquet"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(linking(&keys, &["nta.csv", "moj.parquet", "--encoding", "cp932"]), ["columns"]);
    let output = audit(&keys, &["nta.csv", "moj.parquet"]);
    assert!(stderr(&output).contains("--encoding"), "{}", stderr(&output));
}
