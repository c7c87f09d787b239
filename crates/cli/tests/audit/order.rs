//! Rows in the same order, or in similar ones.

use std::fs;

use serde_json::Value;

use crate::{
    PEOPLE, audit, both, deliver, linking, roster,
    rosters::{Random, convert, keys_of},
    sample_keys::stderr,
    write,
};

#[test]
fn rows_in_the_inputs_order_link_even_where_no_column_is_kept() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--order", "input"]);
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), ["order"]);
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv", "--allow", "order"]), [] as [&str; 0]);
}

#[test]
fn rows_in_similar_orders_are_found_although_each_file_is_in_the_order_of_its_symbols() {
    // Symbols in the order of the people, which no key gives.
    let keys = both();
    let mut random = Random::new(5);
    let mut own = || (0..PEOPLE).map(|_| random.next()).collect::<Vec<u64>>();
    let (mut a, mut b) = (own(), own());
    a.sort_unstable();
    b.sort_unstable();
    for (name, symbols) in [("nta.csv", &a), ("moj.csv", &b)] {
        let row = |(i, symbol): (usize, &u64)| format!("{symbol:016x}{symbol:016x},{}", i / 10);
        write(&keys, name, std::iter::once("symbol,batch".to_owned()).chain(symbols.iter().enumerate().map(row)));
    }
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), ["order"]);
}

#[test]
fn a_file_in_the_other_ones_order_links_though_that_one_is_in_symbol_order() {
    let keys = keys_of(&["insurers/all/1", "eligibility/all/1"]);
    fs::write(keys.at("roster.csv"), roster(PEOPLE)).expect("written");
    let insurers = ["roster.csv", "--key", "insurers-all-1.key", "--out", "insurers.csv", "-q"];
    assert!(convert(&keys, &insurers).status.success());
    let tag = crate::rosters::scope_key("insurers/all/1").tag().to_string();
    let issued =
        ["insurers.csv", "--from", "insurers-symbol", "--insurers-tag", &tag, "--column", "symbol", "--order", "input"];
    let output =
        convert(&keys, &[&issued[..], &["--key", "eligibility-all-1.key", "--out", "eligibility.csv", "-q"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(linking(&keys, &["insurers.csv", "eligibility.csv"]), ["order"]);
}

#[test]
fn a_file_whose_first_row_went_to_its_end_is_not_in_symbol_order() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let is_in_order = || {
        let output = audit(&keys, &["nta.csv", "moj.csv", "--json"]);
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        report["files"][0]["in_symbol_order"].clone()
    };
    assert_eq!(is_in_order(), true);
    let text = fs::read_to_string(keys.at("nta.csv")).expect("text");
    let mut lines: Vec<&str> = text.lines().collect();
    // Its text is greater than that of the last row: `q` is the first letter of Bech32, and `l` the last.
    let first = lines.remove(1);
    lines.push(first);
    fs::write(keys.at("nta.csv"), lines.join("\n") + "\n").expect("written");
    assert_eq!(is_in_order(), false);
}
