//! 情報連携: an agency asks another about people, without a number and without a symbol in common.
//!
//! Scopes: `agency/tax/1`, which holds incomes; `agency/nenkin/1`, which must know the incomes of those who ask for an
//! exemption; `agency/nenkin/2`, the next epoch of the same agency.
//!
//! Who holds which key: the central party, which also holds the roster. Both agencies are in *issued* mode.
//!
//! Shown: the rows of the people who are asked for arrive under the other agency's symbols, each at the right person, and
//! nobody else's do. They arrive in the order of the new symbols, whatever order they were sent in. A symbol that was
//! invented is unknown. What the two agencies hold together does not link those who were not translated. Going to the
//! next epoch is the same operation.
//!
//! `examples/network/play` plays it with the tool, with grants, a record and attackers.
//!
//! Not shown: the state's own network, whose symbols start from the 住民票コード. The two agencies can link the people who
//! were translated, by the rows that both now hold: that is what a translation is for.

mod cast;

use std::collections::{BTreeMap, BTreeSet};

use fugo::{Agency, AgencySymbol};

const TAX: &str = "agency/tax/1";
const NENKIN: &str = "agency/nenkin/1";

fn income(person: usize) -> u64 {
    1_000_000 + person as u64 * 7_919
}

fn main() -> cast::Outcome {
    let people = cast::people(200)?;
    let (tax, nenkin) = (cast::issue::<Agency>(TAX, &people)?, cast::issue::<Agency>(NENKIN, &people)?);
    let asks_for_exemption = |person: usize| person % 8 == 3;

    // The pension agency asks; the central party names the people to the tax agency by its own symbols.
    let asked = (0..200).filter(|person| asks_for_exemption(*person)).map(|person| (nenkin[person], ())).collect();
    let (question, unknown) = cast::translate::<Agency, Agency, ()>((NENKIN, TAX), &people, asked)?;
    assert_eq!((question.len(), unknown), (25, 0));
    let is_asked: BTreeSet<AgencySymbol> = question.iter().map(|(symbol, ())| *symbol).collect();
    let expected = (0..200).filter(|person| asks_for_exemption(*person)).map(|person| tax[person]);
    assert_eq!(is_asked, expected.collect());

    // The tax agency answers with its rows, in any order, and one row that it made up.
    let rows = |order: &mut dyn Iterator<Item = usize>| -> Vec<(AgencySymbol, u64)> {
        let known = order.filter(|person| is_asked.contains(&tax[*person]));
        known.map(|person| (tax[person], income(person))).chain([(AgencySymbol::from_bytes([7; 16]), 0)]).collect()
    };
    let (answer, unknown) = cast::translate::<Agency, Agency, u64>((TAX, NENKIN), &people, rows(&mut (0..200)))?;
    let (again, _) = cast::translate::<Agency, Agency, u64>((TAX, NENKIN), &people, rows(&mut (0..200).rev()))?;
    assert_eq!((&answer, unknown), (&again, 1));
    assert!(answer.is_sorted());
    let by_person: BTreeMap<AgencySymbol, usize> = nenkin.iter().copied().zip(0..).collect();
    assert!(answer.iter().all(|(symbol, found)| {
        let person = by_person[symbol];
        asks_for_exemption(person) && *found == income(person)
    }));
    assert_eq!(answer.len(), 25);
    println!("{} people asked for: each answer at the right person, {unknown} symbol of nobody", answer.len());

    // What both agencies hold together: no symbol in common, before and after.
    let received: Vec<AgencySymbol> = answer.iter().map(|(symbol, _)| *symbol).collect();
    assert_eq!((cast::in_common(&tax, &nenkin), cast::in_common(&tax, &received)), (0, 0));
    // The incomes link those who were translated. For the others neither file has anything of the other agency.
    let linked = answer.iter().filter(|(_, found)| (0..200).any(|person| income(person) == *found)).count();
    assert_eq!(linked, 25);
    println!("the two files together: the {linked} who were translated are linked, the other {} are not", 200 - linked);

    // The next epoch of the pension agency: the same operation, for everybody.
    let file = nenkin.iter().copied().zip(0..).collect();
    let (next, unknown) = cast::translate::<Agency, Agency, usize>((NENKIN, "agency/nenkin/2"), &people, file)?;
    let expected = cast::issue::<Agency>("agency/nenkin/2", &people)?;
    assert_eq!((next.len(), unknown), (200, 0));
    assert!(next.iter().all(|(symbol, person)| expected[*person] == *symbol));
    assert_eq!(cast::in_common(&nenkin, &expected), 0);
    println!("a new epoch: {} rows under new symbols, none in common with the old ones", next.len());
    Ok(())
}
