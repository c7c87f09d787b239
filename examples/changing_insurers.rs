//! Use case ①, its page on a change of insurer (加入する保険者が変わった場合): the symbol that stays, and the files
//! that must not join.
//!
//! Scopes: `agency/kenpo-a/1` and `agency/kenpo-b/1`, one for each insurer; `insurers/all/1` and `eligibility/all/1`.
//! If a municipality is the insurer, its scope must be that of its insurer function and not its general scope: an
//! eligibility symbol in the same row as another symbol links the whole scope of that symbol.
//!
//! Who holds which key: the central party. Both insurers, the eligibility service and the card are in *issued*
//! mode and hold no key.
//!
//! Shown: the eligibility symbol of each person who moves stays the same, so the card stays valid, and the service only
//! changes a row. The insurers' own symbols have no value in common, and the positions in sorted files do not link them
//! either. If both insurers keep the eligibility symbol in their rows, every row joins: this link is declared, and not
//! a leak of the construction.
//!
//! Not shown: other columns. Two files that keep birth date and postcode join on these, whatever the symbols are.

mod cast;

use std::collections::BTreeMap;

use fugo::{Agency, AgencySymbol, Eligibility, EligibilitySymbol, Insurers, InsurersSymbol};

/// An insurer's row, with the eligibility symbol and the insurer's own symbol.
struct Row {
    own: AgencySymbol,
    eligibility: EligibilitySymbol,
}

fn main() -> cast::Outcome {
    let people = cast::people(500)?;
    let old = cast::issue::<Agency>("agency/kenpo-a/1", &people)?;
    let new = cast::issue::<Agency>("agency/kenpo-b/1", &people)?;

    // The old insurer enrolled everyone by number. The new insurer gives the insurers' symbols, as text, to the issuer.
    let by_number = cast::eligibility_key()?;
    let at_old: Vec<_> = people.iter().map(|number| by_number.symbol(number)).collect();
    let issuer = cast::symbol_key::<Eligibility>("eligibility/all/1")?;
    let insurers_tag = by_number.insurers().tag();
    let mut at_new = Vec::new();
    for symbol in cast::issue::<Insurers>("insurers/all/1", &people)? {
        let text = symbol.to_text(insurers_tag);
        at_new.push(issuer.symbol_from_insurers(&InsurersSymbol::from_text(text, insurers_tag)?));
    }
    assert_eq!(at_old, at_new);

    // The cards stay valid, and the service has as many rows as before.
    let cards: Vec<_> = at_old.iter().map(|symbol| symbol.to_text(issuer.tag())).collect();
    let mut insurer_of: BTreeMap<_, _> = at_old.iter().map(|symbol| (*symbol, "kenpo-a")).collect();
    for symbol in &at_new {
        assert_eq!(insurer_of.insert(*symbol, "kenpo-b"), Some("kenpo-a"));
    }
    assert_eq!(insurer_of.len(), people.len());
    for card in &cards {
        assert_eq!(insurer_of[&EligibilitySymbol::from_text(card, issuer.tag())?], "kenpo-b");
    }
    println!("{} people changed insurer: same eligibility symbol, same card, one row each", people.len());

    // Without the eligibility symbol there is no value to join on. As a control, one file joins itself completely.
    assert_eq!(cast::in_common(&old, &new), 0);
    assert_eq!(cast::in_common(&old, &old), people.len());
    println!("the insurers' own symbols: no value in common");

    // Positions in sorted files match only by chance, about 1 of any n. In input order, all would match.
    let by_symbol = |symbols: &[AgencySymbol]| {
        let mut order: Vec<usize> = (0..symbols.len()).collect();
        order.sort_by_key(|person| symbols[*person]);
        order
    };
    let same_place = by_symbol(&old).iter().zip(by_symbol(&new)).filter(|(a, b)| **a == *b).count();
    assert!(same_place <= 5, "{same_place} of {} people at one place in both files", people.len());
    println!("sorted files: {same_place} of {} people are at the same position in both", people.len());

    // With the eligibility symbol in both files, every row joins. The whole file pays this price for storing it.
    let rows = |own: &[AgencySymbol], handles: &[EligibilitySymbol]| -> Vec<Row> {
        own.iter().zip(handles).map(|(own, eligibility)| Row { own: *own, eligibility: *eligibility }).collect()
    };
    let (old_rows, new_rows) = (rows(&old, &at_old), rows(&new, &at_new));
    let old_by_handle: BTreeMap<_, _> = old_rows.iter().map(|row| (row.eligibility, row.own)).collect();
    let truth: BTreeMap<_, _> = new.iter().copied().zip(old.iter().copied()).collect();
    let joined = new_rows.iter().filter(|row| old_by_handle.get(&row.eligibility) == truth.get(&row.own)).count();
    assert_eq!(joined, people.len());
    println!("rows that keep the eligibility symbol: {joined} of {} joined, each to the right person", people.len());
    Ok(())
}
