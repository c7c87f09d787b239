//! Numbers in kept columns.

use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, StringArray};
use arrow_schema::{DataType, Field, Schema};

use crate::{
    PEOPLE, audit, both, deliver, findings, kinds, linking, read, roster, rosters::numbers, sample_keys::stdout, write,
    write_columns,
};

#[test]
fn numbers_in_a_column_link_in_every_shape_and_other_twelve_digits_do_not() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let all = numbers(PEOPLE as u64);
    let grouped = |number: &str| format!("{} {} {}", &number[..4], &number[4..8], &number[8..]);
    let with = |cell: &dyn Fn(usize) -> String| {
        let row = |(i, line): (usize, String)| {
            if i == 0 { format!("{line},code") } else { format!("{line},{}", cell(i - 1)) }
        };
        write(&keys, "nta-code.csv", read(&keys, "nta.csv").into_iter().enumerate().map(row));
        linking(&keys, &["nta-code.csv", "moj.csv"])
    };
    assert_eq!(with(&|i| grouped(&all[i])), ["numbers"]);
    assert_eq!(with(&|i| format!("old number {} moved", grouped(&all[i]))), ["numbers"]);
    // Consecutive codes: one in ten has the right check digit by chance.
    assert_eq!(with(&|i| format!("{:012}", 123_456_000_000 + i)), [] as [&str; 0]);
}

#[test]
fn one_number_in_a_column_is_noted_because_chance_can_explain_it() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let cell = |i: usize| if i == 7 { "123456789018" } else { "memo" };
    let row = |(i, line): (usize, String)| format!("{line},{}", if i == 0 { "memo" } else { cell(i) });
    write(&keys, "nta-memo.csv", read(&keys, "nta.csv").into_iter().enumerate().map(row));
    let (found, status) = findings(&keys, &["nta-memo.csv", "moj.csv"]);
    assert!(found.contains(&("note".to_owned(), "numbers".to_owned())), "{found:?}");
    assert_eq!(status, Some(0));
    let output = audit(&keys, &["nta-memo.csv", "moj.csv", "--notes"]);
    let note = "of 1 codes of twelve digits in the column `memo`, 1 are valid MyNumbers";
    assert!(stdout(&output).contains(note), "{}", stdout(&output));
    assert!(!kinds(&keys, &["nta.csv", "moj.csv"]).contains(&"numbers".to_owned()));
}

#[test]
fn numbers_in_a_column_of_bytes_link() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let symbols: Vec<String> = read(&keys, "nta.csv")[1..].to_vec();
    let all = numbers(PEOPLE as u64);
    let schema =
        Schema::new(vec![Field::new("symbol", DataType::Utf8, false), Field::new("bytes", DataType::Binary, true)]);
    let utf_16 = |number: &String| number.bytes().flat_map(|digit| [digit, 0]).collect::<Vec<u8>>();
    let with_end = |number: &String| [number.as_bytes(), &[0xFF]].concat();
    for bytes in [
        BinaryArray::from_iter_values(&all),
        BinaryArray::from_iter_values(all.iter().map(utf_16)),
        BinaryArray::from_iter_values(all.iter().map(with_end)),
    ] {
        let columns: Vec<ArrayRef> = vec![Arc::new(StringArray::from(symbols.clone())), Arc::new(bytes)];
        write_columns(&keys.at("bytes.parquet"), schema.clone(), columns);
        assert_eq!(linking(&keys, &["bytes.parquet", "moj.csv"]), ["numbers"]);
    }
}
