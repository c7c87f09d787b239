//! `fugo convert`: which forms of CSV it accepts, how it writes cells, and which rows it rejects.

mod rosters;
mod sample_keys;

use rosters::{NTA, convert_for_nta, file_of, lines, number, numbers, read};
use sample_keys::{Keys, NUMBER, answer, stderr};

/// Converts a roster without rejects and returns the file.
fn file_from(roster: impl AsRef<[u8]>, more: &[&str]) -> Vec<u8> {
    let keys = Keys::none();
    let output = convert_for_nta(&keys, roster, more);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    read(&keys, "nta.csv")
}

/// Converts a roster with rejects and returns their lines, without the header and the sentence at the end.
fn rejects_from(roster: impl AsRef<[u8]>, more: &[&str]) -> Vec<String> {
    let keys = Keys::none();
    let output = convert_for_nta(&keys, roster, more);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let rejects = lines(&keys, "nta.rejects.csv");
    assert_eq!(rejects[0], "record,line,byte,column,reason,detail");
    rejects[1..].iter().map(|line| line.splitn(6, ',').take(5).collect::<Vec<_>>().join(",")).collect()
}

/// The message of a run that is refused and leaves no file.
fn refusal_of(roster: impl AsRef<[u8]>, more: &[&str]) -> String {
    let keys = Keys::none();
    let output = convert_for_nta(&keys, roster, &[&["--quiet"], more].concat());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(keys.names(), ["agency-nta-1.key", "roster.csv"]);
    let said: Vec<&str> = stderr(&output).lines().filter(|line| !line.contains("is a test key")).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    said.join("\n")
}

fn one(kept: &str) -> Vec<u8> {
    let header = if kept.is_empty() { "symbol" } else { "symbol,name" };
    file_of(NTA, header, &[(NUMBER, kept)])
}

fn nothing() -> [(&'static str, &'static str); 0] {
    []
}

#[test]
fn a_roster_without_rows_gives_a_file_without_rows() {
    for roster in ["my_number,name\n", "my_number,name", "my_number,name\r\n", "\u{FEFF}my_number,name"] {
        assert_eq!(file_from(roster, &["--keep", "name"]), file_of(NTA, "symbol,name", &nothing()), "{roster:?}");
    }
}

#[test]
fn one_row_gives_one_row_whatever_ends_the_lines_and_whether_the_last_one_ends() {
    for end in ["\n", "\r\n"] {
        for last in ["", end] {
            let roster = format!("my_number,name{end}{NUMBER},Hanako{last}");
            assert_eq!(file_from(roster, &["--keep", "name"]), one(",Hanako"), "{end:?} {last:?}");
        }
    }
}

#[test]
fn the_number_may_stand_in_any_column_and_in_quotes() {
    for roster in ["my_number,name\n\"N\",x\n", "name,my_number\nx,\"N\"\n", "\"name\",\"my_number\"\nx,N\r\n"] {
        let file = file_from(roster.replace('N', NUMBER), &["--keep", "name"]);
        let header = if roster.starts_with("\"name") { "symbol,\"name\"" } else { "symbol,name" };
        assert_eq!(file, file_of(NTA, header, &[(NUMBER, ",x")]), "{roster}");
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_header() {
    let file = file_from(format!("\u{FEFF}my_number,name\n{NUMBER},x\n"), &["--keep", "name"]);
    assert_eq!(file, one(",x"));
    let file = file_from(format!("\u{FEFF}\"name\nof two lines\",my_number\nx,{NUMBER}\n"), &[]);
    assert_eq!(file, one(""));
}

#[test]
fn kept_cells_stay_as_they_are_byte_for_byte() {
    for cell in [
        "",
        "\"\"",
        "\"a,b\"",
        "\"two\nlines\"",
        "\"two\r\nlines\"",
        "\"a \"\"b\"\" c\"",
        " x ",
        "a\"b",
        "東京都",
        "a\0b",
    ] {
        let roster = format!("name,my_number,rest\n{cell},{NUMBER},y\n");
        assert_eq!(file_from(roster, &["--keep", "name"]), one(&format!(",{cell}")), "{cell:?}");
    }
}

#[test]
fn kept_columns_come_in_the_order_asked_for() {
    let roster = format!("a,my_number,b,c\n1,{NUMBER},2,3\n");
    let expected = file_of(NTA, "symbol,c,a", &[(NUMBER, ",3,1")]);
    assert_eq!(file_from(&roster, &["--keep", "c,a"]), expected);
    assert_eq!(file_from(&roster, &["--keep", "c", "--keep", "a"]), expected);
}

#[test]
fn fields_may_be_parted_by_tabs_semicolons_and_bars() {
    for (name, part) in [("tab", '\t'), (";", ';'), ("|", '|')] {
        let roster = format!("my_number{part}name\n{NUMBER}{part}a,b\n");
        let expected = file_of(NTA, &format!("symbol{part}name"), &[(NUMBER, format!("{part}a,b"))]);
        assert_eq!(file_from(roster, &["--delimiter", name, "--keep", "name"]), expected, "{name}");
    }
}

#[test]
fn cp932_is_kept_byte_for_byte_and_headers_are_named_in_it() {
    // 0x5C, 0x7C and 0x40 are second bytes of characters here; a comma never is one.
    let (roster, ..) = encoding_rs::SHIFT_JIS.encode("個人番号,氏名\r\n１２３４５６７８９０１８,ソポァ髙﨑表\r\n");
    let more = ["--encoding", "cp932", "--column", "個人番号", "--keep", "氏名", "--number-format", "lenient"];
    let file = file_from(&roster, &more);
    let header = roster.iter().position(|byte| *byte == b',').expect("a comma");
    let end = roster.iter().position(|byte| *byte == b'\r').expect("a line end");
    let row = &roster[end + 2..roster.len() - 2];
    let name = &row[row.iter().position(|byte| *byte == b',').expect("a comma")..];
    let utf8 = file_of(NTA, "", &[(NUMBER, name)]);
    assert_eq!(file, [b"symbol", &roster[header..end], &utf8].concat());
}

#[test]
fn a_delimiter_that_cp932_characters_may_end_in_is_refused() {
    let said = refusal_of(format!("my_number|name\n{NUMBER}|x\n"), &["--encoding", "cp932", "--delimiter", "|"]);
    assert!(said.contains("second byte of a CP932"), "{said}");
}

#[test]
fn strict_takes_twelve_ascii_digits_and_lenient_what_real_files_hold() {
    let shapes = ["1234-5678-9018", " 123456789018 ", "１２３４５６７８９０１８", "\"1234 5678 9018\""];
    for shape in shapes {
        let roster = format!("my_number\n{shape}\n");
        assert_eq!(rejects_from(&roster, &[]), ["1,2,10,my_number,non-digit"], "{shape}");
        assert_eq!(file_from(&roster, &["--number-format", "lenient"]), one(""), "{shape}");
    }
}

#[test]
fn numbers_that_are_none_are_rejected_with_their_reason() {
    let roster = "my_number\n12345678901x\n12345678901\n123456789012\n000000000000\n\"\"\n";
    let rejects = rejects_from(roster, &[]);
    assert_eq!(
        rejects,
        [
            "1,2,10,my_number,non-digit",
            "2,3,23,my_number,length",
            "3,4,35,my_number,check-digit",
            "4,5,48,my_number,never-issued",
            "5,6,61,my_number,length",
        ]
    );
    let roster = "my_number\n1.23457E+11\n1234/5678/9018\n12-34-5678-9018\n\"\"\n";
    let rejects = rejects_from(roster, &["--number-format", "lenient"]);
    assert_eq!(
        rejects,
        [
            "1,2,10,my_number,scientific-notation",
            "2,3,22,my_number,character",
            "3,4,37,my_number,grouping",
            "4,5,53,my_number,empty",
        ]
    );
}

#[test]
fn blank_lines_and_wrong_counts_of_fields_are_rejects_where_they_stand() {
    let roster = format!("my_number,name\n\n{NUMBER}\r\n\r\n{NUMBER},a,b\n{NUMBER},\"two\nlines\"\n,\n");
    let rejects = rejects_from(roster, &["--keep", "name"]);
    assert_eq!(
        rejects,
        ["1,2,15,,blank-line", "2,3,16,,fields", "3,4,30,,blank-line", "4,5,32,,fields", "6,8,74,my_number,length"]
    );
}

#[test]
fn text_behind_a_closing_quote_is_a_reject_and_the_rows_around_it_are_not() {
    let keys = Keys::none();
    let other = number(1);
    let roster = format!("my_number,name\n{NUMBER},\"a\"b\n{other},\"c\"\n\"{NUMBER}\"0,d\n");
    let output = convert_for_nta(&keys, roster, &["--keep", "name"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(read(&keys, "nta.csv"), file_of(NTA, "symbol,name", &[(other, ",\"c\"")]));
    let rejects = lines(&keys, "nta.rejects.csv");
    assert!(rejects[1].starts_with("1,2,15,,quote,") && rejects[2].starts_with("3,4,50,,quote,"), "{rejects:?}");
}

#[test]
fn a_quote_that_nobody_closes_stops_the_run_and_is_named() {
    let said = refusal_of(format!("my_number,name\n{NUMBER},a\n{NUMBER},\"b\n{NUMBER},c\n"), &[]);
    assert!(said.contains("record 2 (line 3, byte 30) has no end"), "{said}");
    let long = format!("my_number,name\n{NUMBER},\"{}", "x\n".repeat(1 << 20));
    let said = refusal_of(long, &[]);
    assert!(said.contains("record 1 (line 2, byte 15) has no end"), "{said}");
}

#[test]
fn a_record_may_have_a_mebibyte_wherever_it_stands() {
    let wide = "x".repeat((1 << 20) - NUMBER.len() - 1);
    for rows_before in [0, 1, 30_000] {
        let mut rows: Vec<_> = numbers(rows_before).into_iter().map(|number| (number, String::new())).collect();
        rows.push((NUMBER.to_owned(), wide.clone()));
        let roster = |wide: &str, end: &str| {
            let rows =
                rows[..rows.len() - 1].iter().map(|(number, _)| format!("{number},\n")).collect::<Vec<_>>().concat();
            format!("my_number,name\n{rows}{NUMBER},{wide}{end}")
        };
        let expected: Vec<_> = rows.iter().map(|(number, kept)| (number, format!(",{kept}"))).collect();
        for end in ["", "\n"] {
            let file = file_from(roster(&wide, end), &["--keep", "name"]);
            assert!(file == file_of(NTA, "symbol,name", &expected), "{rows_before} rows before");
        }
        let said = refusal_of(roster(&format!("{wide}x"), "\n"), &["--keep", "name"]);
        assert!(said.contains("has no end within 1048576 bytes"), "{said}");
    }
}

#[test]
fn the_longest_rows_that_are_written_can_be_read_again() {
    let keys = Keys::none();
    let wide = "x".repeat((1 << 20) - NUMBER.len() - 1);
    let roster = format!("my_number,name\n{NUMBER},{wide}\n{NUMBER},{wide}\n");
    let output = convert_for_nta(&keys, &roster, &["--keep", "name", "--order", "input", "--unique"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(read(&keys, "nta.csv") == file_of(NTA, "symbol,name", &[(NUMBER, format!(",{wide}"))]));
    let other = keys.file("other.csv", str::from_utf8(&read(&keys, "nta.csv")).expect("text"), 0o600);
    let output = answer(&["audit", &keys.arg("nta.csv"), &other, "--allow", "one-scope"], "");
    assert!(!stderr(&output).contains("has no end"), "{}", stderr(&output));
    assert_ne!(output.status.code(), Some(2), "{}", stderr(&output));
}

#[test]
fn an_output_that_programs_would_take_for_another_format_is_refused() {
    for name in ["PAR1", "ARROW1", "%PDF-1", "{\\rtf"] {
        assert!(refusal_of(format!("my_number\n{NUMBER}\n"), &["--symbol-column", name]).contains("another format"));
    }
}

#[test]
fn a_line_of_ten_megabytes_stops_the_run() {
    for roster in ["x".repeat(10_000_000), format!("my_number\n{}", "1".repeat(10_000_000))] {
        assert!(refusal_of(roster, &[]).contains("has no end within 1048576 bytes"));
    }
}

#[test]
fn a_thousand_columns_are_kept() {
    let names: Vec<String> = (0..1000).map(|i| format!("c{i}")).collect();
    let cells: Vec<String> = (0..1000).map(|i| format!("v{i}")).collect();
    let roster = format!("{},my_number\n{},{NUMBER}\n", names.join(","), cells.join(","));
    let file = file_from(roster, &["--keep", &names.join(",")]);
    let expected = file_of(NTA, &format!("symbol,{}", names.join(",")), &[(NUMBER, format!(",{}", cells.join(",")))]);
    assert_eq!(file, expected);
}

#[test]
fn bytes_that_are_no_text_in_a_kept_cell_make_the_row_a_reject() {
    let keys = Keys::none();
    let roster = [b"my_number,name\n", NUMBER.as_bytes(), b",\xFFx\n", number(1).as_bytes(), b",y\n"].concat();
    let output = convert_for_nta(&keys, &roster, &["--keep", "name"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(read(&keys, "nta.csv"), file_of(NTA, "symbol,name", &[(number(1), ",y")]));
    assert!(lines(&keys, "nta.rejects.csv")[1].starts_with("1,2,28,name,encoding,"));
    // A column that is not kept may hold anything.
    assert_eq!(file_from([b"my_number,name\n", NUMBER.as_bytes(), b",\xFFx\n"].concat(), &[]), one(""));
}

#[test]
fn a_cp932_character_that_lacks_its_second_byte_spoils_its_own_row_only() {
    let roster = [b"my_number,name,city\n", NUMBER.as_bytes(), b",\x83,x\n"].concat();
    let rejects = rejects_from(roster, &["--encoding", "cp932", "--keep", "name"]);
    assert_eq!(rejects, ["1,2,33,name,encoding"]);
}

#[test]
fn a_kept_cell_that_holds_the_rows_number_makes_the_row_a_reject() {
    let shapes = [
        NUMBER,
        "1234-5678-9018",
        "１２３４５６７８９０１８",
        "\"1234,5678,9018\"",
        "x123456789018y",
        "1２3４5６7８9０1８",
        "99123456789018",
        "\"1234\n5678\n9018\"",
        // The formula has the check digit in it.
        "1234-5678-901",
    ];
    for shape in shapes {
        let roster = format!("my_number,memo\n{NUMBER},{shape}\n");
        assert_eq!(rejects_from(&roster, &["--keep", "memo"]), ["1,2,28,memo,kept-number"], "{shape}");
        assert_eq!(file_from(&roster, &[]), one(""), "{shape}");
    }
}

#[test]
fn a_kept_cell_that_holds_the_number_without_its_leading_zeros_makes_the_row_a_reject() {
    let number = number(123_456_789);
    assert!(number.starts_with("00"));
    for kept in [&number[1..], &number[2..]] {
        let roster = format!("my_number,memo\n{number},{kept}\n");
        assert_eq!(rejects_from(&roster, &["--keep", "memo"]), ["1,2,28,memo,kept-number"], "{kept}");
    }
}

#[test]
fn a_kept_number_in_cp932_is_found_and_second_bytes_are_no_digits() {
    let roster = |memo: &str| {
        let text = format!("my_number,memo\n{NUMBER},{memo}\n");
        encoding_rs::SHIFT_JIS.encode(&text).0.into_owned()
    };
    let more = ["--encoding", "cp932", "--keep", "memo"];
    assert_eq!(rejects_from(roster("番号は１２３４５６７８９０１８"), &more), ["1,2,28,memo,kept-number"]);
    let keys = Keys::none();
    assert_eq!(convert_for_nta(&keys, roster("番号は１２３４５６７８９１１８"), &more).status.code(), Some(0));
}

#[test]
fn another_rows_digits_in_a_kept_cell_are_no_fault() {
    assert_eq!(
        file_from(format!("my_number,name\n{NUMBER},1985-04-01 03-1234-5678\n"), &["--keep", "name"]),
        one(",1985-04-01 03-1234-5678")
    );
}

#[test]
fn restored_zeros_are_counted() {
    let keys = Keys::none();
    let short = number(123_456);
    let digits = number(12_345_678_901 % 10_000_000_000);
    let roster = format!("my_number\n{}\n{NUMBER}\n{}\n", digits.trim_start_matches('0'), short);
    let more = ["--number-format", "lenient", "--restore-zeros", "--report", "report.json"];
    let output = convert_for_nta(&keys, roster, &more);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(stderr(&output).contains("leading zeros restored: 1 (one 住民票コード of 11 digits"), "{output:?}");
    let report: serde_json::Value = serde_json::from_slice(&read(&keys, "report.json")).expect("JSON");
    assert_eq!((&report["zeros_restored"], &report["normalized"]), (&1.into(), &1.into()));
    assert_eq!(read(&keys, "nta.csv"), file_of(NTA, "symbol", &[(&*digits, ""), (NUMBER, ""), (&*short, "")]));
    assert!(
        refusal_of("my_number\n", &["--restore-zeros"]).contains("--restore-zeros needs the lenient number format")
    );
}

#[test]
fn a_column_that_is_not_there_is_refused_and_the_first_line_is_not_shown() {
    let said = refusal_of("number,name\n1,2\n", &[]);
    assert!(said.contains("none of the 2 columns of the first line has the header `my_number`"), "{said}");
    // Without a header, the first line is the row of a person.
    let said = refusal_of("山田太郎,東京都,1-2-3\n", &[]);
    assert!(!said.contains("山田") && !said.contains("1-2-3"), "{said}");
    assert!(refusal_of("my_number,123456789\n", &["--keep", "123456789"]).contains("has 9 to 12 digits as its header"));
    let said = refusal_of("my_number,name\n1,2\n", &["--keep", "city"]);
    assert!(said.contains("has the header `city`"), "{said}");
    assert!(refusal_of("my_number,name\n", &["--keep", ""]).contains("has the header ``"));
}

#[test]
fn a_file_without_a_header_is_refused_and_its_first_row_is_not_repeated() {
    for cells in
        [NUMBER, "１２３４５６７８９０１８", "1234-5678-9018", "1234,5678,9018", "12345678901", "山田,123456789018"]
    {
        let said = refusal_of(format!("{cells},Taro\n{NUMBER},Hanako\n"), &[]);
        assert!(said.contains("the first line looks like data"), "{said}");
        assert!(!said.contains("Taro") && !said.contains("1234") && !said.contains('１'), "{said}");
    }
}

#[test]
fn a_header_that_stands_twice_is_refused_if_it_is_asked_for() {
    for roster in ["my_number,my_number,a\n", "\"my_number\",a,my_number\n"] {
        assert!(refusal_of(roster, &[]).contains("several columns have the header `my_number`"));
    }
    assert!(refusal_of("my_number,a,a\n", &["--keep", "a"]).contains("several columns have the header `a`"));
    assert_eq!(file_from(format!("my_number,a,a\n{NUMBER},1,2\n"), &[]), one(""));
}

#[test]
fn the_column_of_persons_is_never_kept() {
    assert!(refusal_of("my_number,a\n", &["--keep", "a,my_number"]).contains("which must not be in an output"));
    assert!(refusal_of("my_number,a\n", &["--keep", "a,a"]).contains("--keep names `a` twice"));
}

#[test]
fn names_that_differ_only_in_case_are_refused_because_duckdb_and_spark_take_them_for_one() {
    let refused = |args: &[&str], name: &str| {
        let refusal = refusal_of("my_number,symbol,sex,SEX\n", args);
        assert!(refusal.contains(&format!("an output has two columns with the name `{name}`")), "{refusal}");
    };
    refused(&["--keep", "symbol"], "symbol");
    refused(&["--keep", "sex", "--symbol-column", "SEX"], "sex");
    refused(&["--keep", "sex,SEX"], "SEX");
}

#[test]
fn an_input_without_a_header_line_is_refused() {
    assert!(refusal_of("", &[]).contains("does not even have a header"));
    for roster in ["\n", "\r\n", "\u{FEFF}", "\u{FEFF}\n", "\"a\"b\n"] {
        assert!(refusal_of(roster, &[]).contains("the first line is not a header"), "{roster:?}");
    }
}

#[test]
fn lines_that_end_in_cr_alone_are_refused_and_not_taken_for_one_header() {
    let said = refusal_of(format!("my_number,name\r{NUMBER},Taro\r"), &[]);
    assert!(said.contains("lines that end in CR alone"), "{said}");
    assert!(!said.contains("Taro"));
}

#[test]
fn a_header_in_another_encoding_is_refused() {
    let (header, ..) = encoding_rs::SHIFT_JIS.encode("個人番号,氏名\n");
    assert!(refusal_of(&header, &[]).contains("header 1 of 2 is not text in the encoding of the file"));
    let utf16: Vec<u8> = "\u{FEFF}my_number\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    refusal_of(utf16, &[]);
}
