//! `fugo convert`: kept cells that hold a number of anybody, and kept columns that are computed from numbers or
//! symbols.

mod rosters;
mod sample_keys;
mod tables;

use std::{fs, sync::Arc};

use arrow_array::{ArrayRef, TimestampMillisecondArray};
use data_encoding::{BASE64, HEXLOWER};
use encoding_rs::SHIFT_JIS;
use rosters::{
    MOJ, MOJ_KEY, NTA, NTA_KEY, Random, convert, convert_for_nta, file_of, keys_of, lines, number, numbers, read,
    symbols_of, text,
};
use sample_keys::{Keys, NUMBER, stderr};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tables::{FORMATS, batch, convert_table, nta, texts};

/// Numbers whose order is unrelated to anything else.
fn people(count: usize) -> Vec<String> {
    let mut random = Random::new(3);
    (0..count).map(|_| number(random.below(90_000_000_000) as u64)).collect()
}

fn sha_256(number: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(number))
}

fn report(keys: &Keys) -> Value {
    serde_json::from_slice(&read(keys, "report.json")).expect("JSON")
}

/// Twelve digits with a wrong check digit.
fn code(number: &str) -> String {
    format!("{}{}", &number[..11], (number.as_bytes()[11] - b'0' + 1) % 10)
}

#[test]
fn a_strangers_number_in_a_kept_cell_makes_the_row_a_reject() {
    let (keys, stranger) = (Keys::none(), number(123_456));
    let grouped = format!("{}-{}-{}", &stranger[..4], &stranger[4..8], &stranger[8..]);
    let memos = [stranger.clone(), grouped, format!("世帯主 {stranger}"), code(&stranger), "20261128093011".to_owned()];
    let rows: Vec<(String, &String)> = people(5).into_iter().zip(&memos).collect();
    let roster = rows.iter().map(|(number, memo)| format!("{number},{memo}\n")).collect::<Vec<_>>().concat();
    let roster = format!("my_number,memo\n{roster}");
    let more = ["--keep", "memo", "--max-rejects", "100%", "--report", "report.json"];
    let output = convert_for_nta(&keys, &roster, &more);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let rejects = lines(&keys, "nta.rejects.csv");
    assert_eq!(rejects.len(), 4, "{rejects:?}");
    for (record, line) in rejects[1..].iter().enumerate() {
        assert!(line.starts_with(&format!("{},", record + 1)) && line.contains(",memo,kept-other-number,"), "{line}");
        assert!(line.contains("--other-codes") && !line.contains(&stranger), "{line}");
    }
    assert_eq!(report(&keys)["other_codes"], Value::Array(Vec::new()));

    let output = convert_for_nta(&keys, &roster, &[&more[..], &["--other-codes", "memo"]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let expected: Vec<(&str, String)> = rows.iter().map(|(number, memo)| (&**number, format!(",{memo}"))).collect();
    assert_eq!(read(&keys, "nta.csv"), file_of(NTA, "symbol,memo", &expected));
    let codes = &report(&keys)["other_codes"][0];
    assert_eq!((&codes["column"], &codes["codes"], &codes["valid_as_numbers"]), (&"memo".into(), &4.into(), &3.into()));
    assert!(
        stderr(&output).contains("holds 4 codes of twelve digits, and 3 of them are valid MyNumbers"),
        "{output:?}"
    );
}

#[test]
fn it_is_found_in_cp932_and_in_tables_too() {
    let (keys, stranger) = (Keys::none(), number(123_456));
    let full_width: String =
        stranger.bytes().map(|digit| char::from_u32(0xFEE0 + u32::from(digit)).expect("a digit")).collect();
    let roster = format!("my_number,memo\n{NUMBER},ソ{full_width}\n");
    let (roster, ..) = SHIFT_JIS.encode(&roster);
    let more = ["--keep", "memo", "--encoding", "cp932", "--max-rejects", "100%"];
    assert_eq!(convert_for_nta(&keys, &*roster, &more).status.code(), Some(1));
    assert!(lines(&keys, "nta.rejects.csv")[1].contains(",memo,kept-other-number,"));

    let keys = nta();
    for format in FORMATS {
        let roster = batch(&[("my_number", texts([NUMBER])), ("memo", texts([&full_width]))]);
        let args = ["--keep", "memo", "--out", "out.csv", "--max-rejects", "100%"];
        assert_eq!(convert_table(&keys, format, &roster, &args).status.code(), Some(1));
        assert!(lines(&keys, "out.rejects.csv")[1].contains(",memo,kept-other-number,"));
        let output = convert_table(&keys, format, &roster, &[&args[..], &["--other-codes", "memo"]].concat());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
}

/// ASCII letters and digits as those of full width.
fn full_width(text: &str) -> String {
    text.chars().map(|c| char::from_u32(0xFEE0 + u32::from(c)).expect("ASCII")).collect()
}

#[test]
fn another_scopes_symbol_is_found_in_every_encoding_and_width() {
    let (keys, symbol) = (Keys::none(), text(MOJ, &symbols_of(MOJ)(NUMBER)));
    for memo in [symbol.clone(), full_width(&symbol), format!("ソ{}", full_width(&symbol.to_ascii_uppercase()))] {
        let roster = format!("my_number,memo\n{NUMBER},{memo}\n");
        let cp932 = SHIFT_JIS.encode(&roster).0.into_owned();
        for (encoding, roster) in [("utf-8", roster.into_bytes()), ("cp932", cp932)] {
            let more = ["--keep", "memo", "--encoding", encoding, "--max-rejects", "100%"];
            let output = convert_for_nta(&keys, roster, &more);
            assert_eq!(output.status.code(), Some(1), "{encoding} {memo}: {output:?}");
            assert!(lines(&keys, "nta.rejects.csv")[1].contains(",memo,kept-symbol,"));
        }
    }
}

#[test]
fn counts_of_times_are_held_against_the_rows_number_alone() {
    let (keys, people) = (nta(), people(2_000));
    let mut random = Random::new(4);
    // Midnights of 1940 to 1965, twelve digits in milliseconds.
    let days: Vec<i64> =
        (0..2_000).map(|_| (i64::try_from(random.below(9_000)).expect("small") - 10_900) * 86_400_000).collect();
    let births: ArrayRef = Arc::new(TimestampMillisecondArray::from(days));
    let own: i64 = people[0].parse().expect("digits");
    for format in FORMATS {
        let roster = batch(&[("my_number", texts(&people)), ("birth", Arc::clone(&births))]);
        let output = convert_table(&keys, format, &roster, &["--keep", "birth", "--out", "out.csv"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let time: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![own]));
        let roster = batch(&[("my_number", texts(&people[..1])), ("birth", time)]);
        let output =
            convert_table(&keys, format, &roster, &["--keep", "birth", "--out", "out.csv", "--max-rejects", "100%"]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(lines(&keys, "out.rejects.csv")[1].contains(",birth,kept-number,"));
    }
}

#[test]
fn a_column_of_other_codes_that_holds_numbers_stops_the_run() {
    let (keys, people) = (Keys::none(), people(400));
    let roster = |memo: &dyn Fn(usize) -> String| {
        let rows = (0..300).map(|i| format!("{},{}\n", people[i], memo(i))).collect::<Vec<_>>().concat();
        format!("my_number,memo\n{rows}")
    };
    let more = ["--keep", "memo", "--other-codes", "memo"];
    let output = convert_for_nta(&keys, roster(&|i| code(&people[i + 100])), &more);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let before = read(&keys, "nta.csv");
    // The number of the next row, for example of a spouse: neither chance nor another code explains it.
    let output = convert_for_nta(&keys, roster(&|i| people[i + 100].clone()), &more);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("the kept column `memo` holds MyNumbers: 300 of 300 codes"), "{output:?}");
    assert!(read(&keys, "nta.csv") == before);

    let output = convert_for_nta(&keys, roster(&|i| i.to_string()), &["--keep", "memo", "--other-codes", "name"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

/// A function from a number to a kept cell.
type Transform<'a> = &'a dyn Fn(&str) -> String;

#[test]
fn a_column_made_of_the_number_or_of_a_symbol_stops_the_run() {
    let (keys, people) = (keys_of(&[NTA, MOJ]), people(60));
    let moj = symbols_of(MOJ);
    let made: [(&str, Transform<'_>, &str); 5] = [
        ("csv", &sha_256, "SHA-256 of the number"),
        ("csv", &|number| number.chars().rev().collect(), "the number's digits, backwards"),
        ("csv", &|number| number.bytes().map(|digit| char::from(digit + 17)).collect(), "12 digits of the number"),
        ("csv", &|number| BASE64.encode(&moj(number)), "the row's symbol"),
        ("cp932", &|number| format!("会員{}", sha_256(number)), "SHA-256 of the number"),
    ];
    let args = ["--key", NTA_KEY, "--key", MOJ_KEY, "--out", "nta.csv", "--out", "moj.csv", "--keep", "name,memo"];
    for (format, memo, what) in made {
        for order in ["symbol", "input"] {
            let rows = people
                .iter()
                .enumerate()
                .map(|(i, number)| format!("{number},n{i},{}\n", memo(number)))
                .collect::<Vec<_>>()
                .concat();
            let roster = format!("my_number,name,memo\n{rows}");
            let (bytes, encoding) = if format == "cp932" {
                (SHIFT_JIS.encode(&roster).0.into_owned(), "cp932")
            } else {
                (roster.into_bytes(), "utf-8")
            };
            fs::write(keys.at("roster.csv"), bytes).expect("written");
            let more = ["roster.csv", "--encoding", encoding, "--order", order];
            let output = convert(&keys, &[&more[..], &args[..]].concat());
            assert_eq!(output.status.code(), Some(2), "{what}, {order}: {output:?}");
            let said = stderr(&output);
            assert!(
                said.contains("the kept column `memo` holds values that are computed from") && said.contains(what),
                "{said}"
            );
            assert!(people.iter().all(|number| !said.contains(&**number)));
            assert!(
                !keys.names().iter().any(|name| name.ends_with("nta.csv") || name.ends_with("moj.csv")),
                "{:?}",
                keys.names()
            );
        }
    }
}

#[test]
fn it_is_found_in_tables_and_in_a_part_of_a_long_roster_too() {
    let (keys, people) = (nta(), people(60));
    for format in FORMATS {
        let roster =
            batch(&[("my_number", texts(&people)), ("memo", texts(people.iter().map(|number| sha_256(number))))]);
        let output = convert_table(&keys, format, &roster, &["--keep", "memo", "--out", "out.csv"]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains("the kept column `memo`"), "{output:?}");
    }
    // After the first blocks, in a tenth of the rows.
    let people = numbers(200_000);
    let memo = |i: usize| if i.is_multiple_of(10) && i > 100_000 { sha_256(&people[i]) } else { format!("memo {i}") };
    let rows =
        people.iter().enumerate().map(|(i, number)| format!("{number},{}\n", memo(i))).collect::<Vec<_>>().concat();
    let keys = Keys::none();
    let output = convert_for_nta(&keys, format!("my_number,memo\n{rows}"), &["--keep", "memo"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("SHA-256 of the number"), "{output:?}");
}

#[test]
fn no_header_of_an_output_holds_a_number_in_any_digits() {
    let keys = Keys::none();
    for header in ["１２３４５６７８９０１８", "一二三四五六七八九〇一八", "١٢٣٤٥٦٧٨٩٠١٨", "123456,789018"]
    {
        let keep: Vec<&str> = header.split(',').collect();
        let rest = vec!["x"; keep.len()].join(",");
        let more = ["--keep", header];
        let output = convert_for_nta(&keys, format!("my_number,{header}\n{NUMBER},{rest}\n"), &more);
        assert_eq!(output.status.code(), Some(2), "{header}: {output:?}");
        let said = stderr(&output);
        assert!(
            said.contains("as its header")
                || said.contains("as their headers")
                || said.contains("that are a valid MyNumber"),
            "{said}"
        );
        assert!(!said.contains(header), "{said}");
    }
    let output = convert_for_nta(&keys, format!("my_number\n{NUMBER}\n"), &["--symbol-column", "123456789018"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(!stderr(&output).contains("123456789018"), "{output:?}");
    // Twelve digits that are not a valid number may be the header of the person column, but no list shows them.
    let heading = "123456789012";
    let more = ["--column", heading, "--max-rejects", "100%"];
    let output = convert_for_nta(&keys, format!("{heading}\nx\n"), &more);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let rejects = lines(&keys, "nta.rejects.csv").concat();
    assert!(!rejects.contains(heading) && !stderr(&output).contains(heading), "{output:?} {rejects}");
}
