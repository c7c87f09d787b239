//! `fugo convert` and `fugo check`: files that are not what they seem. Each works, or a message says what it is.

mod rosters;
mod sample_keys;

use std::fs;

use rosters::{NTA, NTA_KEY, convert, convert_for_nta, file_of, number, numbers, read};
use sample_keys::{Keys, NUMBER, answer, stderr, stdout};

fn converted(roster: impl AsRef<[u8]>, more: &[&str]) -> Vec<u8> {
    let keys = Keys::none();
    let output = convert_for_nta(&keys, roster, more);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    read(&keys, "nta.csv")
}

fn refusal(roster: impl AsRef<[u8]>, more: &[&str]) -> String {
    let keys = Keys::none();
    let output = convert_for_nta(&keys, roster, more);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(!keys.at("nta.csv").exists());
    stderr(&output).to_owned()
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn a_ctrl_z_at_the_end_is_no_row_and_no_part_of_one() {
    let text = format!("my_number,name\r\n{NUMBER},a\r\n{},b", number(1));
    let expected = file_of(NTA, "symbol,name", &[(NUMBER.to_owned(), ",a"), (number(1), ",b")]);
    for end in ["\x1A", "\r\n\x1A", "\r\n\x1A\x1A\x1A"] {
        assert_eq!(converted(format!("{text}{end}"), &["--keep", "name"]), expected, "{end:?}");
    }
    let many: String = numbers(30_000).iter().map(|number| format!("{number}\n")).collect::<Vec<_>>().concat();
    let output = converted(format!("my_number\n{many}\x1A"), &["--expect-rows", "30000"]);
    assert_eq!(rosters::rows_in(&output), 30_000);
}

#[test]
fn headers_are_found_in_other_code_points_and_with_what_nobody_sees() {
    for (header, column) in [
        ("\u{FEFF}\u{FEFF}my_number", "my_number"),
        ("マイナンハ\u{3099}ー", "マイナンバー"),
        ("マイナンバー", "マイナンハ\u{3099}ー"),
        ("my_number ", "my_number"),
        ("\u{200B}my_number\u{A0}", "my_number"),
    ] {
        let file = converted(format!("{header},name\n{NUMBER},x\n"), &["--column", column, "--keep", "name"]);
        assert_eq!(file, file_of(NTA, "symbol,name", &[(NUMBER, ",x")]), "{header:?}");
    }
    let said = refusal("My_Number,name\n", &[]);
    assert!(said.contains("similar names: `My_Number`"), "{said}");
}

#[test]
fn files_of_another_kind_are_named_with_what_to_do() {
    let text = format!("my_number,name\r\n{NUMBER},x\r\n");
    for (bytes, what) in [
        (utf16(&format!("\u{FEFF}{text}"), false), "text in UTF-16LE"),
        (utf16(&format!("\u{FEFF}{text}"), true), "text in UTF-16BE"),
        (utf16(&text, false), "text in UTF-16LE"),
        (utf16(&text, true), "text in UTF-16BE"),
        (b"\x1F\x8B\x08\0\0\0\0\0".to_vec(), "a gzip file"),
        (b"\x28\xB5\x2F\xFD\x04\0".to_vec(), "a zstd file"),
        (b"\xFD7zXZ\0\0".to_vec(), "an xz file"),
        (b"BZh91AY&SYx".to_vec(), "a bzip2 file"),
        (b"PK\x03\x04\x14\0\x06\0".to_vec(), "Excel workbook (.xlsx)"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0".to_vec(), "an old or an encrypted Excel workbook"),
        (b"FEA1\0\0\0\0".to_vec(), "a Feather file of version 1"),
        (b"%PDF-1.7\n".to_vec(), "a PDF"),
        (format!("[{{\"my_number\": \"{NUMBER}\"}}]\n").into_bytes(), "JSON"),
        (format!("{{\"my_number\": \"{NUMBER}\"}}\n").into_bytes(), "JSON"),
    ] {
        let said = refusal(&bytes, &[]);
        assert!(said.contains(what) && said.lines().count() <= 3, "{what}: {said}");
        assert!(!said.contains(NUMBER));
        let checked = answer(&["check"], bytes);
        assert_eq!(checked.status.code(), Some(2), "{what}");
        assert!(stderr(&checked).contains(what), "{checked:?}");
    }
}

#[test]
fn another_separator_and_another_encoding_are_named() {
    for (separator, name) in [(";", "';'"), ("\t", "'tab'"), ("|", "'|'")] {
        let said = refusal(format!("my_number{separator}name{separator}x\n"), &[]);
        assert!(said.contains(&format!("give --delimiter {name}")), "{said}");
    }
    let said = refusal("個人番号,氏名\n", &["--column", "個人番号", "--encoding", "cp932"]);
    assert!(said.contains("leave out --encoding cp932"), "{said}");
    let (cp932, ..) = encoding_rs::SHIFT_JIS.encode("個人番号,氏名\n");
    let said = refusal(cp932, &["--column", "個人番号"]);
    assert!(said.contains("give --encoding cp932"), "{said}");
    let said = refusal("my_number\0,name\n", &[]);
    assert!(said.contains("NUL bytes"), "{said}");
}

#[test]
fn names_of_outputs_that_would_lie_are_refused() {
    let keys = Keys::none();
    keys.scope(NTA);
    fs::write(keys.at("roster.csv"), format!("my_number\n{NUMBER}\n")).expect("written");
    let run = |args: &[&str]| convert(&keys, &[&["roster.csv", "--key", NTA_KEY], args].concat());
    for name in ["-", "a.csv.gz", "a.zst", "a.xlsx", "a.json", "a.ZIP"] {
        for args in [&["--out", name][..], &["--out", "a.csv", "--rejects", name]] {
            let output = run(args);
            assert_eq!(output.status.code(), Some(2), "{name}: {output:?}");
            assert!(!keys.at(name).exists() && !keys.at("a.csv").exists());
        }
    }
    assert_eq!(run(&["--out", "a.csv", "--report", "a.json"]).status.code(), Some(0));
    assert_eq!(run(&["--out", "b.json", "--output-format", "csv"]).status.code(), Some(0));
}

#[test]
fn a_lineage_file_may_end_in_blank_lines_and_ctrl_z() {
    let (new, previous) = (number(1), number(2));
    let expected = file_of(NTA, "symbol", &[(&*previous, "")]);
    for text in [
        format!("new,previous\n{new},{previous}\n\n"),
        format!("new,previous\r\n{new},{previous}\r\n\r\n\r\n\x1A"),
        format!("\u{FEFF}\u{FEFF}new,previous\n{new},{previous}"),
    ] {
        let keys = Keys::none();
        fs::write(keys.at("lineage.csv"), &text).expect("written");
        let output = convert_for_nta(&keys, format!("my_number\n{new}\n"), &["--lineage", "lineage.csv"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(read(&keys, "nta.csv"), expected);
    }
    for (text, what) in [
        (format!("new,previous\n\n{new},{previous}\n"), "line 2: the line is blank"),
        (format!("new,previous\n\"{new},{previous}\n{previous},{new}\"\n"), "line 2: the number of fields is 1;"),
        (format!("new,previous\r{new},{previous}\r"), "the first line contains a CR"),
    ] {
        let keys = Keys::none();
        fs::write(keys.at("lineage.csv"), &text).expect("written");
        let output = convert_for_nta(&keys, "my_number\n", &["--lineage", "lineage.csv"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(what), "{output:?}");
        assert!(!stderr(&output).contains(&*new));
    }
}

#[test]
fn check_skips_marks_and_says_what_it_met() {
    let text = format!("\u{FEFF}{NUMBER}\r\n{NUMBER}\r\n");
    let strict = answer(&["check"], text.clone());
    assert_eq!(strict.status.code(), Some(1));
    assert!(
        stdout(&strict).starts_with("line 1: the byte at offset 0 ")
            && stderr(&strict).contains("with --lenient the mark is skipped")
    );
    let lenient = answer(&["check", "--lenient"], format!("\u{FEFF}{text}\x1A"));
    assert_eq!((lenient.status.code(), stdout(&lenient)), (Some(0), ""), "{lenient:?}");
    let cr = answer(&["check"], format!("{NUMBER}\r{NUMBER}\r"));
    assert!(cr.status.code() == Some(1) && stderr(&cr).contains("1 lines contain a CR"), "{cr:?}");
}

#[test]
fn a_bare_cr_in_a_kept_cell_is_quoted_so_that_every_reader_sees_as_many_rows() {
    let text = format!("my_number,name,pref\n{NUMBER},a\rb,\"x\ry\"\n{},\"c\"\r\"d,z\r\r\n", number(1));
    for (keep, kept) in [("name,pref", [",\"a\rb\",\"x\ry\""]), ("pref,name", [",\"x\ry\",\"a\rb\""])] {
        let keys = Keys::none();
        let output = convert_for_nta(&keys, &text, &["--keep", keep]);
        // The second row has text after a closing quote.
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(read(&keys, "nta.csv"), file_of(NTA, &format!("symbol,{keep}"), &[(NUMBER, kept[0])]));
    }
    let file = converted(format!("my_number,name\r\n{NUMBER},a\"b\rc\r\r\n"), &["--keep", "name"]);
    assert_eq!(file, file_of(NTA, "symbol,name", &[(NUMBER, ",\"a\"\"b\rc\r\"")]));
    let mut reader = csv::ReaderBuilder::new().from_reader(&file[..]);
    assert_eq!(reader.records().map(|row| row.expect("a row")[1].to_owned()).collect::<Vec<_>>(), ["a\"b\rc\r"]);
}

#[test]
fn rows_that_differ_in_quotes_alone_are_one_row_and_the_same_one_in_every_order() {
    let spellings = ["a,\"b\"", "\"a\",b", "\"a\",\"b\"", "a,b"];
    for start in 0..spellings.len() {
        let rows: String = (0..spellings.len())
            .map(|i| format!("{NUMBER},{}\n", spellings[(start + i) % spellings.len()]))
            .collect::<Vec<_>>()
            .concat();
        let text = format!("my_number,name,pref\n{rows}{},\"\",\n{},,\"\"\n", number(1), number(1));
        let file = converted(&text, &["--keep", "name,pref"]);
        let expected = [(NUMBER.to_owned(), ",\"a\",\"b\""), (number(1), ",\"\",")];
        // A quote sorts before any letter.
        assert_eq!(file, file_of(NTA, "symbol,name,pref", &expected), "{}", String::from_utf8_lossy(&file));
    }
    // Rows with different values are still set aside.
    let keys = Keys::none();
    let output = convert_for_nta(&keys, format!("my_number,name\n{NUMBER},a\n{NUMBER},\" a\"\n"), &["--keep", "name"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_run_that_would_lose_most_rows_replaces_nothing_unless_it_is_told() {
    let keys = Keys::none();
    let good = format!("my_number,name\n{NUMBER},a\n{},b\n", number(1));
    assert_eq!(convert_for_nta(&keys, &good, &["--keep", "name"]).status.code(), Some(0));
    let before = read(&keys, "nta.csv");
    let rejected = format!("my_number,name\r\n{NUMBER},a,\r\n");
    let differing = format!("my_number,name\n{NUMBER},a\n{NUMBER},b\n{},c\n", number(1));
    for bad in [&rejected, &differing, "my_number,name\n"] {
        let output = convert_for_nta(&keys, bad, &["--keep", "name"]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(
            stderr(&output).contains("are missing from the outputs, and an existing file would be replaced"),
            "{output:?}"
        );
        assert_eq!(read(&keys, "nta.csv"), before);
        // If no file exists there, nothing is replaced.
        let args = ["roster.csv", "--key", NTA_KEY, "--out", "new.csv", "--keep", "name"];
        assert_ne!(convert(&keys, &args).status.code(), Some(2));
        for name in ["new.csv", "new.rejects.csv", "new.duplicates.csv"] {
            fs::remove_file(keys.at(name)).expect("there");
        }
    }
    let output = convert_for_nta(&keys, "my_number,name\n", &["--keep", "name", "--expect-rows", "0"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let output = convert_for_nta(&keys, &good, &["--keep", "name"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let output = convert_for_nta(&keys, &rejected, &["--keep", "name", "--max-rejects", "100%"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_ne!(read(&keys, "nta.csv"), before);
}

#[test]
fn rows_set_aside_count_for_the_limits() {
    let text = format!("my_number,name\n{NUMBER},a\n{NUMBER},b\n{},c\n{},c\nbad,d\n", number(1), number(1));
    for (more, status) in [
        (["--max-rejects", "3"], 1),
        (["--max-rejects", "2"], 2),
        (["--max-rejects", "59%"], 2),
        (["--max-rejects", "60%"], 1),
        (["--max-duplicates", "3"], 1),
        (["--max-duplicates", "2"], 2),
        (["--max-duplicates", "0"], 2),
        (["--max-duplicates", "59%"], 2),
    ] {
        let keys = Keys::none();
        let output = convert_for_nta(&keys, &text, &[&["--keep", "name"][..], &more].concat());
        assert_eq!(output.status.code(), Some(status), "{more:?}: {output:?}");
        assert_eq!(keys.at("nta.csv").exists(), status == 1);
    }
    let said = refusal(&text, &["--order", "input", "--max-duplicates", "0"]);
    assert!(said.contains("add --unique"), "{said}");
}
