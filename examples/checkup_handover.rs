//! Use case ②, check-up data handed from insurer to insurer (保険者間の健診データの連携).
//!
//! Scopes: `agency/kenpo-a-checkups/1` and `agency/kenpo-b-checkups/1`, one for the check-up files of each insurer;
//! `insurers/all/1` and `eligibility/all/1` for the eligibility symbol, which the insurers share by declaration.
//!
//! Who holds which key: the central party. Both insurers are in *issued* mode: for each member they received
//! their own symbol and the eligibility symbol.
//!
//! Shown: a handover file of eligibility symbols and results gives the new insurer a complete series over the years. It
//! does so only for members who moved and agreed. The same file with the old insurer's own symbols is useless to the
//! new insurer. A file under the key of another epoch is refused at its first row.
//!
//! The same handover without a shared symbol: the old insurer sends rows keyed by its own symbols to the central party,
//! which translates them into the new insurer's own. The two insurers then hold no value in common.
//!
//! `examples/network/scenarios` hands over the same rows with the tool, under a grant and with a record.
//!
//! Not shown: consent itself (同意), which is a flag here and a separate system in practice.

mod cast;

use std::collections::BTreeMap;

use fugo::{Agency, AgencySymbol, EligibilitySymbol, text::TextError};

/// A year and its measurement.
type Measured = (u16, u32);

/// An insurer's record of a member.
#[derive(Clone)]
struct Member {
    own: AgencySymbol,
    eligibility: EligibilitySymbol,
    results: Vec<Measured>,
}

/// A person's invented result of a year, different for each person.
fn measured(person: usize, year: u16) -> Measured {
    (year, person as u32 * 100 + u32::from(year % 100))
}

fn members(scope: &str, years: &[u16]) -> Result<Vec<Member>, Box<dyn std::error::Error>> {
    let people = cast::people(90)?;
    let eligibility = cast::eligibility_key()?;
    let own = cast::issue::<Agency>(scope, &people)?;
    let rows = people.iter().zip(own).enumerate();
    Ok(rows
        .map(|(person, (number, own))| Member {
            own,
            eligibility: eligibility.symbol(number),
            results: years.iter().map(|year| measured(person, *year)).collect(),
        })
        .collect())
}

fn main() -> cast::Outcome {
    let tag = cast::eligibility_key()?.eligibility().tag();
    let old = members("agency/kenpo-a-checkups/1", &[2014, 2015])?;
    let mut new = members("agency/kenpo-b-checkups/1", &[2016])?;
    let moved = |person: usize| person.is_multiple_of(3);
    let agreed = |person: usize| person.is_multiple_of(2);

    // The old insurer's handover: text forms and results, sorted, so that the order reveals nothing about its own
    // files.
    let leaving = old.iter().enumerate().filter(|(person, _)| moved(*person) && agreed(*person));
    let mut handover: Vec<(String, Vec<Measured>)> =
        leaving.map(|(_, member)| (member.eligibility.to_text(tag).to_string(), member.results.clone())).collect();
    handover.sort();

    // The new insurer reads the handover into its own file. Only people who moved are its members.
    let mut new: BTreeMap<_, _> = new
        .drain(..)
        .enumerate()
        .filter(|(person, _)| moved(*person))
        .map(|(person, member)| (member.eligibility, (person, member)))
        .collect();
    for (text, results) in &handover {
        let symbol = EligibilitySymbol::from_text(text, tag)?;
        let (_, member) = new.get_mut(&symbol).ok_or("a row of the handover belongs to no member")?;
        member.results.splice(0..0, results.iter().copied());
    }
    for (person, member) in new.values() {
        let years: &[u16] = if agreed(*person) { &[2014, 2015, 2016] } else { &[2016] };
        let expected: Vec<_> = years.iter().map(|year| measured(*person, *year)).collect();
        assert_eq!(member.results, expected);
    }
    assert_eq!(handover.len(), (0..old.len()).filter(|person| moved(*person) && agreed(*person)).count());
    println!(
        "{} members moved, {} agreed: their series is complete, the others' begins anew",
        new.len(),
        handover.len()
    );

    // The same rows with the old insurer's own symbols match nothing in the new insurer's file.
    let old_own: Vec<_> = old.iter().map(|member| member.own).collect();
    let new_own: Vec<_> = new.values().map(|(_, member)| member.own).collect();
    assert_eq!(cast::in_common(&old_own, &new_own), 0);
    println!("the old insurer's own symbols: no row found by them");

    // The central party translates the same rows. Neither insurer needs the eligibility symbol for this.
    let roster = cast::people(90)?;
    let leaving = old.iter().enumerate().filter(|(person, _)| moved(*person) && agreed(*person));
    let rows: Vec<_> = leaving.map(|(_, member)| (member.own, member.results.clone())).collect();
    let scopes = ("agency/kenpo-a-checkups/1", "agency/kenpo-b-checkups/1");
    let (translated, unknown) = cast::translate::<Agency, Agency, _>(scopes, &roster, rows)?;
    let by_own: BTreeMap<AgencySymbol, &[Measured]> = new
        .values()
        .filter(|(person, _)| agreed(*person))
        .map(|(_, member)| (member.own, &member.results[..2]))
        .collect();
    assert_eq!((translated.len(), unknown), (handover.len(), 0));
    assert!(translated.iter().all(|(symbol, results)| by_own[symbol] == results));
    println!(
        "translated by the central party: {} rows, each at its member, with no symbol in common",
        translated.len()
    );

    // A handover under the key of a later epoch is refused. It is not read as a file without matches.
    let later = cast::symbol_key::<fugo::Eligibility>("eligibility/all/2")?;
    let stray = old[0].eligibility.to_text(later.tag());
    let refused = EligibilitySymbol::from_text(stray, tag);
    assert_eq!(refused, Err(TextError::WrongKey { expected: tag, found: later.tag() }));
    println!("a file of another epoch's key: refused at its first row");
    Ok(())
}
