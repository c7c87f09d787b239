//! Does a translated column have, row for row, the symbol of the person, or a reason?

use arrow_array::{Array, BinaryArray, FixedSizeBinaryArray, Int64Array, StringArray};
use fugo::{AnySymbolKey, Lineage, MyNumber, PurposeError, normalize::LostZeros};
use fugo_columnar::{ColumnError, Reading, Translation, symbols, text};

use crate::scalar::{digits, key, rows, symbol};

fn number(body: u64) -> MyNumber {
    MyNumber::parse(digits(body)).expect("a valid number")
}

fn of(key: &AnySymbolKey, body: u64) -> [u8; 16] {
    symbol(key, &number(body))
}

fn keys() -> (AnySymbolKey, AnySymbolKey) {
    (key("agency/nta/1"), key("agency/mof/1"))
}

fn faults(found: &[fugo_columnar::Fault]) -> Vec<(usize, &'static str)> {
    found.iter().map(|fault| (fault.row, fault.reason.kind().as_str())).collect()
}

#[test]
fn rows_keep_their_places_and_have_a_symbol_a_null_or_a_reason() {
    let (from, to) = keys();
    let encoder = from.encoder();
    let texts: Vec<_> = [1, 1500, 9000].map(|body| encoder.encode(&of(&from, body)).to_string()).into();
    let text = StringArray::from(vec![Some(&*texts[0]), None, Some("kikan1"), Some(&*texts[2]), Some(&*texts[1])]);
    let bytes = [Some(of(&from, 2)), Some([0; 16]), None, Some(of(&from, 1))];
    let binary = BinaryArray::from_iter(bytes);
    let mut translation = Translation::new(&from, &to, &[&text, &binary]).expect("symbols");
    assert_eq!(faults(translation.faults()), [(2, "corrupted"), (6, "no-symbol")]);

    let roster = (1..=3000).map(|body| (body != 7).then(|| digits(body))).collect::<StringArray>();
    let added =
        translation.add(&[&roster, &StringArray::from(vec!["x", "12"])], Reading::Strict, None).expect("numbers");
    assert_eq!(
        (added.rows, added.nulls, faults(&added.faults)),
        (3002, 1, vec![(3000, "non-digit"), (3001, "length")])
    );
    for _ in 0..2 {
        let found = translation.symbols();
        let [one, two, later] = [1, 2, 1500].map(|body| Some(of(&to, body)));
        let expected = [one, None, None, None, later, two, None, None, one];
        assert_eq!(rows(&found.array), expected);
        assert_eq!(faults(&found.faults), [(2, "corrupted"), (3, "unknown-symbol"), (6, "no-symbol")]);
        translation.add(&[&roster], Reading::Strict, None).expect("numbers");
    }
    assert_eq!(format!("{translation:?}"), "Translation(..)");
}

#[test]
fn everybody_of_a_column_that_fugo_made_is_found() {
    let (from, to) = keys();
    for count in [0, 1, 1024, 2500] {
        let roster = (1..=count).map(|body| Some(digits(body))).collect::<StringArray>();
        let asked = symbols(&from, &roster, Reading::Strict, None).expect("numbers").array;
        let expected = symbols(&to, &roster, Reading::Strict, None).expect("numbers");
        for asked in [&asked as &dyn Array, &text(&asked, &from.encoder()).expect("texts")] {
            let mut translation = Translation::new(&from, &to, &[asked]).expect("symbols");
            assert_eq!(faults(&translation.symbols().faults).len(), count as usize);
            translation.add(&[&roster], Reading::Strict, None).expect("numbers");
            assert_eq!(translation.symbols(), expected);
        }
    }
    let nothing = Translation::new(&from, &to, &[]).expect("no rows");
    assert_eq!(nothing.symbols().array.len(), 0);
}

#[test]
fn lenient_rosters_and_lineages_count_what_they_changed() {
    let (from, to) = keys();
    let asked = FixedSizeBinaryArray::try_from_iter([of(&from, 3), of(&from, 12)].into_iter()).expect("16 bytes");
    let mut translation = Translation::new(&from, &to, &[&asked]).expect("symbols");
    let lineage = Lineage::new(vec![(number(40), number(3))]).expect("a lineage");
    let roster = StringArray::from(vec![format!(" {} ", digits(40))]);
    let integers = Int64Array::from(vec![-1, digits(12).parse().expect("an integer")]);
    let reading = Reading::Lenient(LostZeros::Restore);
    let added = translation.add(&[&roster], reading, Some(&lineage)).expect("numbers");
    assert_eq!((added.counts.normalized, added.counts.reissued), (1, 1));
    assert!(matches!(translation.add(&[&integers], Reading::Strict, None), Err(ColumnError::LostZeros { .. })));
    assert_eq!(faults(&translation.symbols().faults), [(1, "unknown-symbol")]);
    let added = translation.add(&[&integers], reading, None).expect("numbers");
    assert_eq!((faults(&added.faults), added.counts.zeros_restored), (vec![(0, "negative"), (1, "length")], 0));
}

#[test]
fn one_key_twice_and_columns_without_symbols_are_refused() {
    let ((from, to), same) = (keys(), key("agency/nta/1"));
    let refused = |from, to, column: &dyn Array| Translation::new(from, to, &[column]).expect_err("refused");
    let none = BinaryArray::from_iter_values([[7; 16]; 0]);
    assert_eq!(refused(&from, &same, &none), ColumnError::Purpose(PurposeError::SameKey));
    assert_eq!(refused(&from, &to, &Int64Array::from(vec![1])).kind().as_str(), "column-type");
}
