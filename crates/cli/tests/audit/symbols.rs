//! Symbols in other columns, and symbols of several keys.

use std::{collections::HashMap, sync::Arc};

use arrow_array::{Array, FixedSizeBinaryArray, StringArray};
use arrow_schema::{DataType, Field, Schema};

use crate::{
    PEOPLE, audit, both, deliver, linking, read, roster,
    rosters::{MOJ, NTA, numbers, symbols_of, text},
    sample_keys::stdout,
    write, write_columns, write_parquet,
};

#[test]
fn symbols_of_another_scope_in_a_column_link_as_text_as_digits_and_as_bytes() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let of = symbols_of("research/cohort-7/1");
    let numbers = numbers(PEOPLE as u64);
    for as_text in [true, false] {
        let cell = |i: usize| {
            let symbol = of(&numbers[i]);
            if as_text { text("research/cohort-7/1", &symbol) } else { format!("{:032x}", u128::from_be_bytes(symbol)) }
        };
        let row = |(i, line): (usize, String)| {
            if i == 0 { format!("{line},study") } else { format!("{line},{}", cell(i - 1)) }
        };
        write(&keys, "nta-study.csv", read(&keys, "nta.csv").into_iter().enumerate().map(row));
        assert_eq!(linking(&keys, &["nta-study.csv", "moj.csv"]), ["symbols-beside"]);
    }
    // The metadata of the column shows it, although the cells are empty.
    let symbols = read(&keys, "nta.csv")[1..].to_vec();
    let field = Field::new("study", DataType::Utf8, true)
        .with_metadata(HashMap::from([("fugo.tag".to_owned(), "7c2cb2a1".to_owned())]));
    let none: Vec<Option<&str>> = vec![None; symbols.len()];
    write_parquet(
        &keys.at("nta-study.parquet"),
        Schema::new(vec![Field::new("symbol", DataType::Utf8, false), field]),
        symbols,
        none,
    );
    let args = ["nta-study.parquet", "moj.csv", "--symbol-column", "symbol"];
    assert_eq!(linking(&keys, &args), ["symbols-beside"]);
}

#[test]
fn symbols_of_many_keys_are_counted_and_only_a_few_are_named() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let tag = |i: usize| fugo::KeyTag::from_bytes([1, 2, (i / 256) as u8, i as u8]);
    let symbol = |i: usize| {
        let encoder = fugo::text::TextEncoder::new(fugo::Purpose::Agency, tag(i));
        encoder.encode(&[i as u8; 16]).to_string()
    };
    write(&keys, "mixed.csv", std::iter::once("symbol".to_owned()).chain((0..1_500).map(symbol)));
    let output = audit(&keys, &["mixed.csv", "moj.csv"]);
    assert!(stdout(&output).contains("995 or more other keys, 1,500 rows"), "{}", stdout(&output));
    assert!(stdout(&output).contains("has symbols of 1,000 or more keys in one column"), "{}", stdout(&output));
    assert!(stdout(&output).len() < 4_000);
}

#[test]
fn the_column_named_symbol_is_taken_before_another_column_of_sixteen_bytes() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let symbols: Vec<String> = read(&keys, "nta.csv")[1..].to_vec();
    let ids = (0..symbols.len() as u128).map(u128::to_be_bytes);
    let ids = FixedSizeBinaryArray::try_from_iter(ids).expect("sixteen bytes each");
    let schema = Schema::new(vec![
        Field::new("id", ids.data_type().clone(), false),
        Field::new("symbol", DataType::Utf8, false),
    ]);
    write_columns(&keys.at("ids.parquet"), schema, vec![Arc::new(ids), Arc::new(StringArray::from(symbols))]);
    let output = audit(&keys, &["ids.parquet", "nta.csv"]);
    assert!(stdout(&output).contains("3,000 people are in both"), "{}", stdout(&output));
}

#[test]
fn the_column_of_symbols_is_found_beside_ids_that_look_so() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    for name in ["nta.csv", "moj.csv"] {
        let row =
            |(i, line): (usize, String)| if i == 0 { format!("id,{line}") } else { format!("{:032x},{line}", i * 977) };
        write(&keys, &format!("ids-{name}"), read(&keys, name).into_iter().enumerate().map(row));
    }
    let output = audit(&keys, &["ids-nta.csv", "ids-moj.csv"]);
    assert!(stdout(&output).contains("agency, tag 7c2cb2a1, 3,000 rows, in symbol order"), "{}", stdout(&output));
    assert_eq!(linking(&keys, &["ids-nta.csv", "ids-moj.csv"]), ["order", "columns", "symbols-beside"]);
}

#[test]
fn one_key_for_two_scopes_is_found_by_the_symbols() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--symbol", "hex"]);
    // The tag names another scope; three of the symbols are the same.
    let (nta, moj) = (read(&keys, "nta.csv"), read(&keys, "moj.csv"));
    let bytes = |line: &str| -> [u8; 16] {
        std::array::from_fn(|i| u8::from_str_radix(&line[2 * i..2 * i + 2], 16).expect("hex"))
    };
    let as_text = |scope: &str, lines: &[String]| {
        let mut symbols: Vec<[u8; 16]> = lines.iter().map(|line| bytes(line)).collect();
        symbols.sort_unstable();
        std::iter::once("symbol".to_owned()).chain(symbols.iter().map(|symbol| text(scope, symbol))).collect::<Vec<_>>()
    };
    write(&keys, "a.csv", as_text(NTA, &nta[1..]));
    let mut shared = moj[1..].to_vec();
    shared[..3].clone_from_slice(&nta[1..4]);
    write(&keys, "b.csv", as_text(MOJ, &shared));
    let output = audit(&keys, &["a.csv", "b.csv"]);
    assert!(stdout(&output).contains("3 symbols are in both files"), "{}", stdout(&output));
    assert_eq!(linking(&keys, &["a.csv", "b.csv"]), ["equal-symbols"]);
}

#[test]
fn symbols_of_two_scopes_in_one_column_link() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let (nta, moj) = (read(&keys, "nta.csv"), read(&keys, "moj.csv"));
    let mut mixed = nta[1..].to_vec();
    mixed.extend_from_slice(&moj[1..]);
    write(&keys, "mixed.csv", std::iter::once("symbol".to_owned()).chain(mixed));
    assert!(linking(&keys, &["mixed.csv", "moj.csv"]).contains(&"mixed-scopes".to_owned()));
}
