//! Does a person with a re-issued number keep the symbols of the first number?

use crate::scalar::{digits, key, rows};
use arrow_array::StringArray;
use fugo::{Lineage, MyNumber, normalize::LostZeros};
use fugo_columnar::{Reading, numbers, symbols};

fn number(body: u64) -> MyNumber {
    digits(body).parse().expect("a valid number")
}

/// 1 → 2 → 3: the newest number is 3.
fn lineage() -> Lineage {
    Lineage::new(vec![(number(3_000_000_000), number(2_000_000_000)), (number(2_000_000_000), number(1_000_000_000))])
        .expect("a chain")
}

#[test]
fn every_number_of_a_chain_gives_the_symbol_of_the_first() {
    let column = StringArray::from(vec![
        Some(digits(3_000_000_000)),
        Some(digits(9_000_000_000)),
        None,
        Some(digits(2_000_000_000)),
        Some(digits(1_000_000_000)),
    ]);
    let found = symbols(&key("agency/nta/1"), &column, Reading::Strict, Some(&lineage())).expect("numbers");
    let rows = rows(&found.array);
    assert_eq!([rows[0], rows[3]], [rows[4]; 2]);
    assert!(rows[4].is_some() && rows[1] != rows[4]);
    assert_eq!((found.counts.reissued, found.counts.normalized), (2, 0));
    let read = numbers(&column, Reading::Strict, Some(&lineage())).expect("numbers");
    assert_eq!(read.as_slice(), [1, 9, 1, 1].map(|n| number(n * 1_000_000_000)));
}

#[test]
fn without_the_lineage_they_are_three_people() {
    let column = StringArray::from_iter_values([digits(3_000_000_000), digits(2_000_000_000), digits(1_000_000_000)]);
    let found = symbols(&key("agency/nta/1"), &column, Reading::Strict, None).expect("numbers");
    let rows = rows(&found.array);
    assert!(rows[0] != rows[1] && rows[1] != rows[2] && rows[0] != rows[2]);
    assert_eq!(found.counts.reissued, 0);
}

#[test]
fn a_replaced_number_is_found_behind_normalisation_and_in_integers_too() {
    let reading = Reading::Lenient(LostZeros::Restore);
    let text = StringArray::from_iter_values([format!(" {}", digits(3_000_000_000))]);
    let integers = arrow_array::UInt64Array::from(vec![digits(3_000_000_000).parse::<u64>().expect("digits")]);
    let columns: [&dyn arrow_array::Array; 2] = [&text, &integers];
    for column in columns {
        let read = numbers(column, reading, Some(&lineage())).expect("numbers");
        assert_eq!(read.as_slice(), [number(1_000_000_000)]);
        assert_eq!((read.counts().reissued, read.counts().normalized), (1, 1));
    }
}
