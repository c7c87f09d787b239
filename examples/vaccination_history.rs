//! Use case ⑤, its page on vaccination histories (予防接種歴の管理), across a move between municipalities.
//!
//! Scopes: `registry/vaccinations/1`, which municipalities share only for this function; `agency/city-a-tax/1`,
//! another function of the old municipality, to show that the ledger has no link to it.
//!
//! Who holds which key: the central party. Both municipalities are in *issued* mode for the ledger: they send
//! a resident's number, which they hold by law, to the central party and receive the symbol.
//!
//! Shown: doses before and after the move are in one history in the new municipality, so the next dose is right for
//! every child. Only the histories of children who moved leave the old municipality. The ledger has no value in common
//! with the old municipality's tax file. A re-issued number finds the same history.
//!
//! `examples/network/scenarios` has the other way: no shared scope, and the histories of those who moved are translated
//! with the tool, under a grant and with a record.
//!
//! Not shown: the 情報提供ネットワークシステム, over which the municipalities would query each other, and the legal
//! basis to share, which the 2014 document says a law must give. A shared scope links its rows among all who hold them;
//! this is intended.

mod cast;

use std::collections::BTreeMap;

use fugo::{Agency, Lineage, Registry, RegistrySymbol};

/// The doses of a child, by their position in the course of four.
type Ledger = BTreeMap<RegistrySymbol, Vec<u8>>;

/// The number of doses before the move: none, one or two, in turn.
fn doses_before(child: usize) -> u8 {
    (child % 3) as u8
}

fn moved(child: usize) -> bool {
    child.is_multiple_of(5)
}

fn main() -> cast::Outcome {
    let children = cast::people(100)?;
    let symbols = cast::issue::<Registry>("registry/vaccinations/1", &children)?;

    // The old municipality's ledger, and the rows that it sends: only the requested ones.
    let mut city_a: Ledger =
        symbols.iter().enumerate().map(|(child, symbol)| (*symbol, (1..=doses_before(child)).collect())).collect();
    let asked: Vec<_> = symbols.iter().enumerate().filter(|(child, _)| moved(*child)).collect();
    let mut city_b = Ledger::new();
    for (_, symbol) in &asked {
        let history = city_a.remove(symbol).ok_or("the old municipality has no such child")?;
        city_b.insert(**symbol, history);
    }
    assert_eq!((city_a.len(), city_b.len()), (80, 20));

    // The new municipality gives the next dose to every child who came.
    for (child, symbol) in &asked {
        let history = city_b.get_mut(*symbol).ok_or("no history came")?;
        let due = history.last().map_or(1, |last| last + 1);
        assert_eq!(due, doses_before(*child) + 1);
        history.push(due);
    }
    for (child, symbol) in &asked {
        let whole: Vec<u8> = (1..=doses_before(*child) + 1).collect();
        assert_eq!(city_b[*symbol], whole);
    }
    println!("{} of {} children moved: their histories are complete and the right dose was due", asked.len(), 100);

    // The children who stayed are unknown in the new municipality, and still known in the old one.
    let stayed: Vec<_> = symbols.iter().enumerate().filter(|(child, _)| !moved(*child)).collect();
    assert!(stayed.iter().all(|(_, symbol)| !city_b.contains_key(symbol) && city_a.contains_key(symbol)));
    println!("{} who stayed: nothing of theirs was sent", stayed.len());

    // The ledger reveals nothing to another function of the same municipality.
    let tax_file = cast::issue::<Agency>("agency/city-a-tax/1", &children)?;
    assert_eq!(cast::in_common(&symbols, &tax_file), 0);
    println!("ledger and tax file of one municipality: no value in common");

    // The number of a child leaked and was replaced. The history is found with the lineage, and not without it.
    let replaced = cast::people(101)?.remove(100);
    let key = cast::symbol_key::<Registry>("registry/vaccinations/1")?;
    assert!(!city_b.contains_key(&key.symbol(&replaced)));
    let lineage = Lineage::new(vec![(replaced.clone(), children[0].clone())])?;
    assert!(city_b.contains_key(&key.symbol(lineage.first(&replaced))));
    println!("a child with a new number: found through the lineage, not without it");
    Ok(())
}
