//! The desk after a large disaster (大規模な災害時での対応; the 2014 document gives it a page but no use-case number):
//! a name gives the number, the number gives a person's symbols at several organisations at once, and these find the
//! claims and the medical records.
//!
//! Scopes: `agency/claims-office/1`, `network/north/1` and `eligibility/all/1` with `insurers/all/1` before it.
//!
//! Who holds which key: the desk is the central party, or acts on its premises. It holds the number roster, and the
//! keys of all scopes that it queries. The organisations are in *issued* mode and answer queries by symbol.
//!
//! Shown: one pass over the numbers (`batch::symbols_for_keys`) gives a column of symbols for each scope, and each
//! symbol finds the record of the right person at the right organisation. People with a re-issued number are found
//! through the lineage. Without it, none of them is found. The queries to different organisations have no value in
//! common.
//!
//! `examples/network/scenarios` has a desk that holds no key: it asks under a grant of an emergency, which is reviewed
//! afterwards in the record.
//!
//! Not shown: the name search, which finds the wrong person if names are equal, and no symbol can detect that; and the
//! legal basis (protection of life, body or property; 番号法 as the 2014 document cites it), which people decide.

mod cast;

use std::collections::{BTreeMap, BTreeSet};

use fugo::{Agency, AnySymbolKey, Lineage, MyNumber, Network, SYMBOL_LEN, batch::symbols_for_keys};

type Column = Vec<[u8; SYMBOL_LEN]>;

fn main() -> cast::Outcome {
    // 40 victims. Every tenth of them received a new number after the organisations made their files.
    let first_numbers = cast::people(40)?;
    let replacements = cast::people(44)?.split_off(40);
    let replaced = |person: usize| person.is_multiple_of(10);
    let pairs: Vec<_> = (0..40).step_by(10).map(|person| first_numbers[person].clone()).collect();
    let lineage = Lineage::new(replacements.iter().cloned().zip(pairs).collect())?;

    // The organisations' files, with the symbol as the key, derived from the first numbers one by one.
    let eligibility = cast::eligibility_key()?;
    let claims = cast::issue::<Agency>("agency/claims-office/1", &first_numbers)?;
    let records = cast::issue::<Network>("network/north/1", &first_numbers)?;
    let file = |symbols: Column| -> BTreeMap<_, _> { symbols.into_iter().zip(0..).collect() };
    let files: [BTreeMap<[u8; SYMBOL_LEN], usize>; 3] = [
        file(claims.into_iter().map(fugo::Symbol::to_bytes).collect()),
        file(records.into_iter().map(fugo::Symbol::to_bytes).collect()),
        file(first_numbers.iter().map(|number| eligibility.symbol(number).to_bytes()).collect()),
    ];

    // The desk's roster: from the name to the current number.
    let roster: BTreeMap<String, MyNumber> = (0..40)
        .map(|person| {
            let number = if replaced(person) { &replacements[person / 10] } else { &first_numbers[person] };
            (format!("person {person}"), number.clone())
        })
        .collect();
    let keys = [
        AnySymbolKey::new(&cast::scope_key("agency/claims-office/1")?)?,
        AnySymbolKey::new(&cast::scope_key("network/north/1")?)?,
        AnySymbolKey::eligibility(&cast::scope_key("insurers/all/1")?, &cast::scope_key("eligibility/all/1")?)?,
    ];

    // A column of symbols for each organisation, in one pass over the numbers. Each column finds its people.
    let columns_of = |numbers: &[MyNumber]| -> [Column; 3] {
        let mut columns: [Column; 3] = std::array::from_fn(|_| vec![[0; SYMBOL_LEN]; numbers.len()]);
        symbols_for_keys(&keys.each_ref(), numbers, &mut columns.each_mut().map(Vec::as_mut_slice))
            .expect("keys that take numbers");
        columns
    };
    let found = |organisation: usize, column: &Column| -> Vec<Option<usize>> {
        column.iter().map(|symbol| files[organisation].get(symbol).copied()).collect()
    };
    let today: Vec<MyNumber> = (0..40).map(|person| roster[&format!("person {person}")].clone()).collect();
    let first: Vec<MyNumber> = today.iter().map(|number| lineage.first(number).clone()).collect();

    let asked = columns_of(&first);
    for (body, column) in asked.iter().enumerate() {
        assert_eq!(found(body, column), (0..40).map(Some).collect::<Vec<_>>());
    }
    println!(
        "{} people at {} organisations in one pass: all found, each as the right person",
        today.len(),
        files.len()
    );

    // The control: without the lineage, all people are found except those with a re-issued number.
    for (body, column) in columns_of(&today).iter().enumerate() {
        let expected: Vec<_> = (0..40).map(|person| (!replaced(person)).then_some(person)).collect();
        assert_eq!(found(body, column), expected);
    }
    println!("without the lineage: {} people found nowhere", lineage.len());

    // The queries to different organisations have no value in common.
    let all: BTreeSet<_> = asked.iter().flatten().collect();
    assert_eq!(all.len(), files.len() * today.len());
    println!("the queries to the organisations: {} symbols, no two alike", all.len());
    Ok(())
}
