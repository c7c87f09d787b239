//! Whole pairs: clean ones pass in every format, and leaky ones are counted.

#[cfg(feature = "demonstrations")]
use std::{collections::HashMap, fs, process::Command};

#[cfg(feature = "demonstrations")]
use crate::linking;
use crate::{PEOPLE, audit, both, deliver, findings, roster, sample_keys::stdout};

#[cfg(feature = "demonstrations")]
#[test]
fn a_clean_pair_of_a_million_rows_passes_and_leaky_ones_are_counted_to_the_row() {
    let keys = both();
    let synth = ["synth", "--rows", "1000000", "--out", "roster.csv"];
    let made = Command::new(env!("CARGO_BIN_EXE_fugo")).current_dir(keys.at("")).args(synth).output().expect("it runs");
    assert!(made.status.success());
    let roster = fs::read_to_string(keys.at("roster.csv")).expect("text");

    deliver(&keys, &roster, ".csv", &["--keep", "sex,prefecture"]);
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), [] as [&str; 0]);

    deliver(&keys, &roster, ".parquet", &["--keep", "birth_date,sex,prefecture,insurer"]);
    let output = audit(&keys, &["nta.parquet", "moj.parquet"]);
    let mut people: HashMap<&str, u32> = HashMap::new();
    roster.lines().skip(1).for_each(|line| *people.entry(&line[13..]).or_default() += 1);
    let alone = people.values().filter(|rows| **rows == 1).count();
    assert!(alone > 900_000, "{alone}");
    let alone = format!("{},{:03} people in each file are the only ones", alone / 1_000, alone % 1_000);
    assert!(stdout(&output).contains(&alone), "{alone}: {}", stdout(&output));
    assert!(
        stdout(&output).contains("with `sex`, `prefecture` alone no match beyond chance was found"),
        "{}",
        stdout(&output)
    );
    assert_eq!(output.status.code(), Some(1));

    deliver(&keys, &roster, ".arrow", &["--keep", "sex,prefecture", "--order", "input"]);
    assert_eq!(linking(&keys, &["nta.arrow", "moj.arrow"]), ["order"]);
    // One file is in symbol order. The other may be in the same order.
    assert_eq!(linking(&keys, &["nta.arrow", "moj.csv"]), ["order"]);

    // The next day there are eleven people fewer.
    let end = roster.len() - roster.lines().rev().take(11).map(|line| line.len() + 1).sum::<usize>();
    deliver(&keys, &roster[..end], "-2.csv", &["--keep", "sex,prefecture"]);
    assert_eq!(linking(&keys, &["nta.csv", "nta-2.csv"]), ["small-delta", "one-scope"]);
    assert_eq!(linking(&keys, &["nta.csv", "nta-2.csv", "--allow", "one-scope"]), ["small-delta"]);
    let output = audit(&keys, &["nta.csv", "nta-2.csv"]);
    assert!(stdout(&output).contains("11 people are only in nta.csv, 0 only in nta-2.csv"), "{}", stdout(&output));
}

#[test]
fn files_without_other_columns_in_symbol_order_pass_in_every_format_and_mix() {
    let keys = both();
    for suffix in [".csv", ".parquet", ".arrow"] {
        deliver(&keys, &roster(PEOPLE), suffix, &[]);
    }
    assert!(!stdout(&audit(&keys, &["nta.parquet", "moj.arrow", "--notes"])).contains("in the metadata"));
    for a in ["nta.csv", "nta.parquet", "nta.arrow"] {
        for b in ["moj.csv", "moj.parquet", "moj.arrow"] {
            let (found, code) = findings(&keys, &[a, b]);
            assert_eq!(
                (found.iter().any(|(weight, _)| weight == "links"), code),
                (false, Some(0)),
                "{a} {b}: {found:?}"
            );
        }
    }
}
