//! `fugo convert` counts lines as well as records. It notices rows that a quote swallowed, and inputs that end early
//! or change.

mod rosters;
mod sample_keys;

use std::{fs, io::Write, process::Stdio, thread, time::Duration};

use rosters::{NTA, NTA_KEY, command, convert_for_nta, file_of, lines, number, numbers, read};
use rustix::process::{Pid, Signal, kill_process};
use sample_keys::{Keys, NUMBER, answer, stderr};

/// Converts and returns the messages. There must be outputs exactly if the status is not 2.
fn outcome(roster: impl AsRef<[u8]>, more: &[&str]) -> (Option<i32>, String, Keys) {
    let keys = Keys::none();
    let output = convert_for_nta(&keys, roster, more);
    let status = output.status.code();
    assert_eq!(keys.at("nta.csv").exists(), status != Some(2), "{output:?}");
    (status, stderr(&output).to_owned(), keys)
}

fn stops(roster: impl AsRef<[u8]>, more: &[&str], what: &str) {
    let (status, said, _) = outcome(roster.as_ref(), more);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains(what), "{said}");
    assert!(!numbers(60).iter().any(|number| said.contains(number.as_str())), "{said}");
}

/// Rows of `number,pref,memo`, with these memos in these rows.
fn roster(rows: u64, memos: &[(usize, &str)]) -> String {
    let mut text = "my_number,pref,memo\n".to_owned();
    for (i, number) in numbers(rows).iter().enumerate() {
        let memo = memos.iter().find(|(row, _)| *row == i).map_or("ok", |(_, memo)| memo);
        text.extend([format!("{number},Nara,{memo}\n")]);
    }
    text
}

const TAKES_IN: &str = "the quoted cell that opens there includes line";

#[test]
fn two_lone_quotes_in_a_column_of_text_stop_the_run_whether_it_is_kept_or_not() {
    for (from, to) in [(10, 50), (10, 11), (0, 59), (3, 4)] {
        for memos in [["\"", "\""], ["\"x", "y\""], ["\"", "x\""], ["\"", "\"abc"], ["\"", "5\" pipe"]] {
            let roster = roster(60, &[(from, memos[0]), (to, memos[1])]);
            let place = format!("record {} (line {}, byte", from + 1, from + 2);
            for more in [&["--keep", "memo"][..], &[], &["--keep", "pref"]] {
                stops(&roster, more, TAKES_IN);
                stops(&roster, more, &place);
                stops(roster.replace('\n', "\r\n"), more, TAKES_IN);
                stops(&roster, &[more, &["--multi-line-cells", "--max-rejects", "50%"]].concat(), TAKES_IN);
            }
        }
    }
}

#[test]
fn swallowed_rows_are_noticed_whatever_columns_the_quotes_are_in() {
    for (names, rows) in [
        ("memo,my_number,pref", ["\"x,N1,Nara", "x,N2,Nara", "x\",N3,Nara"]),
        ("pref,memo,my_number", ["Nara,\",N1", "Nara,x,N2", "Nara,\",N3"]),
        ("pref,memo,my_number", ["Nara,\",N1", "Nara,\",N2", "Nara,x,N3"]),
        ("my_number,memo,pref", ["N1,\",Nara", "N2,\",Nara", "N3,x,Nara"]),
        // The quotes open and close in different columns, which makes the whole record a reject.
        ("my_number,memo,pref", ["N1,\",Nara", "N2,x,Nara", "N3,x,\"Nara"]),
        ("my_number,memo,pref", ["N1,\",Nara", "N2,x,Nara", "N3,x,\""]),
        ("my_number,memo", ["N1,\"", "N2,x", "N3,\""]),
        ("my_number", ["\"", "N2", "\""]),
        ("my_number", ["\"N1", "N2", "N3\""]),
        // Every row in it is damaged.
        ("my_number,memo,pref", ["N1,\",Nara", "1234,x,Nara", "N3,\",Nara"]),
        ("my_number,memo,pref", ["N1,\",Nara", "N2", "N3,\",Nara"]),
        // There is another separator.
        ("my_number,memo,pref", ["N1,\",Nara", "N2;x;Nara;z", "N3,\",Nara"]),
    ] {
        let mut text = format!("{names}\n{}\n", rows.join("\n"));
        for (i, number) in numbers(3).iter().enumerate() {
            text = text.replace(&format!("N{}", i + 1), number);
        }
        stops(&text, &[], TAKES_IN);
        stops(text.replace('\n', "\r\n"), &[], TAKES_IN);
        stops(text.replace(',', "\t"), &["--delimiter", "tab"], TAKES_IN);
        let (cp932, ..) = encoding_rs::SHIFT_JIS.encode(&text);
        stops(cp932, &["--encoding", "cp932"], TAKES_IN);
    }
    let wide: String = numbers(2)[1].chars().map(|c| char::from_u32(c as u32 + 0xFEE0).expect("a digit")).collect();
    let text = format!("my_number,memo,pref,x\n{NUMBER},\"\n{wide},a\n\",Nara,x\n");
    stops(&text, &["--number-format", "lenient"], TAKES_IN);
    let (cp932, ..) = encoding_rs::SHIFT_JIS.encode(&text);
    stops(cp932, &["--encoding", "cp932"], TAKES_IN);
}

#[test]
fn a_quote_in_the_header_that_takes_rows_in_stops_the_run() {
    let [a, b, ..] = &numbers(3)[..] else { unreachable!() };
    stops(format!("my_number,pref,\"memo\n{a},Nara,ok\n{b},Nara,\"\n"), &[], "record 0 (line 1, byte 15)");
    stops(format!("my_number,\"memo\n{a},Nara\",ok\n"), &[], TAKES_IN);
    let header = "\"個人\n番号\",memo";
    let (status, said, _) = outcome(format!("{header}\n{NUMBER},x\n"), &["--column", "個人\n番号"]);
    assert_eq!(status, Some(0), "{said}");
}

#[test]
fn genuine_cells_over_several_lines_pass_and_their_line_ends_are_counted() {
    let roster = format!(
        "my_number,address,memo\r\n{NUMBER},\"東京都\r\n千代田区1-2-3\r\n\",\"a\nb, c\"\r\n{},x,y\r\n\r\n{},x,\"z\nz\"",
        number(1),
        number(2),
    );
    let (status, said, keys) = outcome(&roster, &["--keep", "address,memo", "--report", "report.json"]);
    assert_eq!(status, Some(1), "{said}");
    let equation = "lines: 9 = 1 of the header + 4 records + 4 line ends within 3 quoted cells";
    assert!(said.contains(equation), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&read(&keys, "report.json")).expect("JSON");
    let expected = serde_json::json!(
        { "all": 9, "header": 1, "within_cells": 4, "cells_over_lines": 3, "last_has_no_end": true });
    assert_eq!(report["lines"], expected);
    let kept = |memo: &str| format!(",{memo}");
    let rows = [
        (NUMBER.to_owned(), kept("\"東京都\r\n千代田区1-2-3\r\n\",\"a\nb, c\"")),
        (number(1), kept("x,y")),
        (number(2), kept("x,\"z\nz\"")),
    ];
    assert_eq!(read(&keys, "nta.csv"), file_of(NTA, "symbol,address,memo", &rows));
}

#[test]
fn lines_are_counted_over_blocks_and_in_rejects() {
    let mut text = "my_number,memo\n".to_owned();
    for number in numbers(20_000) {
        text.extend([format!("{number},\"one\ntwo\"\n{number}0,\"one\ntwo\nthree\"\n")]);
    }
    let (status, _, keys) = outcome(&text, &["--keep", "memo", "--report", "report.json"]);
    assert_eq!(status, Some(1));
    let report: serde_json::Value = serde_json::from_slice(&read(&keys, "report.json")).expect("JSON");
    assert_eq!((&report["read"], &report["lines"]["all"]), (&40_000.into(), &100_001.into()));
    assert_eq!(report["lines"]["within_cells"], 60_000);
}

#[test]
fn the_lines_are_printed_where_only_the_header_spans_several() {
    let (status, said, _) = outcome(format!("my_number,\"me\nmo\"\n{NUMBER},x\n"), &[]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("lines: 3 = 2 of the header + 1 records + 0 line ends within 0 quoted cells"), "{said}");
}

#[test]
fn cells_that_look_like_rows_pass_if_they_are_meant_and_a_number_in_them_never_does() {
    let roster = |line: &str| format!("my_number,memo\n{NUMBER},\"a\n{line}\nb\"\n");
    stops(roster("c, d"), &["--keep", "memo"], "which has 2 fields like the header");
    let (status, said, _) = outcome(roster("c, d"), &["--keep", "memo", "--multi-line-cells"]);
    assert_eq!(status, Some(0), "{said}");
    stops(roster(&number(1)), &["--multi-line-cells"], "a valid number or symbol begins this line");
    let long = format!("my_number,memo\n{NUMBER},\"{}\"\n", "x\n".repeat(100));
    stops(&long, &[], "the cell there has 101 lines; at most 100 are allowed");
    assert_eq!(outcome(&long, &["--multi-line-cells"]).0, Some(0));
}

#[test]
fn rows_that_end_in_cr_alone_are_not_one_reject() {
    let [a, b, c] = &numbers(3)[..] else { unreachable!() };
    stops(format!("my_number,name\n{a},x\r{b},y\r{c},z\n"), &[], "lines that end in CR alone were read as one record");
    stops(format!("my_number\n{a}\r{b}\r{c}\n"), &[], "lines that end in CR alone were read as one record");
    // Quoted cells: the quotes in the middle do not belong to a row.
    for text in [
        format!("my_number,name\n\"{a}\",\"x\"\r\"{b}\",\"y\"\r\"{c}\",\"z\"\r"),
        format!("my_number,name\n{a},\"x\"\r{b},\"y\"\r{c},\"z\"\n"),
        format!("my_number,name\n{a},x\r{b}\n"),
        format!("my_number,name\n{a},x\r;{b};\n"),
        format!("my_number,name\n{a},x,y\rz,{b},y\r1,2,{c}\n"),
    ] {
        for more in [&["--keep", "name"][..], &[]] {
            stops(&text, more, "lines that end in CR alone were read as one record");
        }
    }
}

#[test]
fn a_header_that_took_a_row_in_stops_the_run() {
    let [a, b, c] = &numbers(3)[..] else { unreachable!() };
    for text in [
        format!("my_number,memo,{b}\n{a},a,b\n{c},c,d\n"),
        format!("my_number,memo\t\"{a}\",a\n{b},b\n{c},c\n"),
        format!("memo,my_number,x{a}\na,{b},1\n"),
    ] {
        stops(&text, &["--keep", "memo"], "holds twelve digits that are a valid MyNumber");
    }
}

#[test]
fn rows_that_end_in_cr_alone_within_quotes_are_noticed_as_others_are() {
    for between in [1, 2, 10, 40] {
        let text = roster(60, &[(5, "\""), (5 + between, "\"")]);
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        let taken_in: String = lines.splice(6..6 + between, []).map(|line| line.replace('\n', "\r")).collect();
        lines.insert(6, &taken_in);
        let text = lines.concat();
        for more in
            [&["--keep", "memo"][..], &[], &["--keep", "memo", "--other-codes", "memo"], &["--multi-line-cells"]]
        {
            stops(&text, more, TAKES_IN);
            stops(text.replace('\n', "\r\n"), more, TAKES_IN);
        }
    }
    // A cell that has a CR on purpose stays unchanged.
    let (status, said, keys) = outcome(format!("my_number,memo\n{NUMBER},\"Nara\rShi\"\n"), &["--keep", "memo"]);
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(read(&keys, "nta.csv"), file_of(NTA, "symbol,memo", &[(NUMBER, ",\"Nara\rShi\"")]));
}

#[test]
fn the_first_swallowed_row_is_named_however_many_threads_read() {
    let mut memos = Vec::new();
    for at in (0..40_000).step_by(8_000) {
        memos.extend([(at + 5_000, "\""), (at + 5_001, "\"")]);
    }
    let text = roster(40_000, &memos);
    for threads in ["1", "4"] {
        stops(&text, &["--threads", threads], "record 5001 (line 5002, byte");
    }
}

#[test]
fn the_rows_expected_are_the_rows_read_or_nothing_is_written() {
    let text = format!("my_number\n{NUMBER}\n{NUMBER}\nx\n");
    let (status, said, _) = outcome(&text, &["--expect-rows", "3"]);
    assert_eq!(status, Some(1), "{said}");
    stops(&text, &["--expect-rows", "4"], "the input has 3 rows; --expect-rows allows exactly 4");
    stops(&text, &["--expect-rows", "2"], "the input has at least 3 rows so far; --expect-rows allows exactly 2");
    stops("my_number\n", &["--expect-rows", "1"], "the input has 0 rows");
    assert_eq!(outcome("my_number\n", &["--expect-rows", "0"]).0, Some(0));
}

#[test]
fn a_last_record_without_a_line_end_is_named() {
    let cut = "the last record, record 2 (line 3), has no line end, but the others have one";
    let whole = format!("my_number,name\n{NUMBER},a\n{},bcd", number(1));
    for (text, named) in [(whole.clone(), true), (whole[..whole.len() - 2].to_owned(), true), (whole + "\n", false)] {
        let (status, said, _) = outcome(&text, &["--keep", "name"]);
        assert_eq!((status, said.contains(cut)), (Some(0), named), "{said}");
    }
    assert!(
        outcome(format!("my_number,name\n{NUMBER},\"a\nb\""), &[])
            .1
            .contains("the last record, record 1 (line 2), has no line end")
    );
    assert!(!outcome("my_number,name", &[]).1.contains("no line end"));
}

#[test]
fn a_pipe_tells_nothing_of_its_end_and_that_is_said() {
    let keys = Keys::none();
    keys.scope(NTA);
    let said = |args: &[&str]| {
        let mut run = command(&keys, &[&["--key", NTA_KEY, "--out", "nta.csv"], args].concat());
        let mut run = run.stdin(Stdio::piped()).spawn().expect("the tool runs");
        let text = format!("my_number\n{NUMBER}\n");
        run.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("read");
        stderr(&run.wait_with_output().expect("it ends")).to_owned()
    };
    assert!(said(&[]).contains("the input was a pipe"));
    assert!(!said(&["--expect-rows", "1"]).contains("the input was a pipe"));
}

#[test]
fn a_roster_that_changes_while_it_is_read_stops_the_run() {
    for change in ["append", "truncate", "rewrite", "replace", "remove", "back-dated"] {
        let keys = Keys::none();
        keys.scope(NTA);
        let place = keys.at("roster.csv");
        fs::write(&place, roster(300_000, &[])).expect("written");
        let args = ["roster.csv", "--key", NTA_KEY, "--out", "nta.csv", "--threads", "1"];
        let run = command(&keys, &args).spawn().expect("the tool runs");
        // The run directory exists, so the roster is open, and reading it takes longer than this.
        while rosters::run_directories(&keys.at("")).is_empty() {
            thread::sleep(Duration::from_millis(1));
        }
        kill_process(Pid::from_child(&run), Signal::STOP).expect("it runs");
        let row = format!("{NUMBER},Nara,late\n");
        let before = fs::metadata(&place).expect("there").modified().expect("a time");
        match change {
            "append" => {
                let mut file = fs::OpenOptions::new().append(true).open(&place).expect("there");
                file.write_all(row.as_bytes()).expect("written");
            }
            "truncate" => {
                fs::OpenOptions::new().write(true).open(&place).expect("there").set_len(1 << 20).expect("cut");
            }
            "rewrite" => fs::write(&place, roster(300_000, &[(299_999, "no")])).expect("written"),
            "replace" => {
                fs::write(keys.at("next.csv"), roster(10, &[])).expect("written");
                fs::rename(keys.at("next.csv"), &place).expect("renamed");
            }
            "remove" => fs::remove_file(&place).expect("removed"),
            _ => {
                let file = fs::OpenOptions::new().write(true).open(&place).expect("there");
                std::os::unix::fs::FileExt::write_all_at(&file, b"M", 0).expect("written");
                file.set_modified(before).expect("set");
            }
        }
        kill_process(Pid::from_child(&run), Signal::CONT).expect("it is there");
        let output = run.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(2), "{change}: {output:?}");
        let said = stderr(&output);
        assert!(said.contains("roster.csv changed while it was read") || change == "truncate", "{change}: {said}");
        assert!(!keys.at("nta.csv").exists(), "{change}");
    }
}

#[test]
fn a_swallowed_row_in_a_file_to_be_audited_stops_the_audit() {
    let keys = Keys::none();
    for (i, scope) in [NTA, rosters::MOJ].into_iter().enumerate() {
        let rows: Vec<_> = numbers(9).into_iter().map(|number| (number, format!(",memo{i}"))).collect();
        fs::write(keys.at(&format!("{i}.csv")), file_of(scope, "symbol,memo", &rows)).expect("written");
    }
    let audit = |a: &str| answer(&["audit", &keys.arg(a), &keys.arg("1.csv")], "");
    assert_ne!(audit("0.csv").status.code(), Some(2));
    let mut rows = lines(&keys, "0.csv");
    rows[3] = rows[3].replace("memo0", "\"");
    rows[5] = rows[5].replace("memo0", "\"");
    fs::write(keys.at("cut.csv"), rows.join("\n") + "\n").expect("written");
    let output = audit("cut.csv");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("record 3 (line 4, byte"), "{output:?}");
}
