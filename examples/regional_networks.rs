//! Use case ③, care networks: inside one region, and between two regions through a common scope
//! (医療機関等の連携; 地域ごとの医療介護ネットワーク間).
//!
//! Scopes: `network/north/1` and `network/south/1`, one for each network; `network/north-south/1`, common to
//! both, for those patients alone who agreed to be found across the regions.
//!
//! Who holds which key: the central party. Hospitals, clinics and care homes are in *issued* mode: they send a
//! patient's symbol in text form and hold no key.
//!
//! Shown: within a network a clinic finds every test result of a hospital's patients. Between the networks their
//! own symbols meet nowhere. Through the common scope exactly those meet who agreed, and the two symbols of a
//! patient who did not agree stay apart. A text of the neighbour's own scope is refused as the wrong key.
//!
//! Not shown: consent (a flag here), and authorised linkage by the central party instead of a common scope. Whoever
//! holds both networks' rows with the common symbol can link those patients' own symbols: that is what it is for.

mod cast;

use std::collections::{BTreeMap, BTreeSet};

use fugo::{Network, NetworkSymbol, text::TextError};

/// A patient's row in one network: the network's own symbol and, for those who agreed, the common one.
struct Row {
    own: NetworkSymbol,
    common: Option<NetworkSymbol>,
}

fn main() -> cast::Outcome {
    let people = cast::people(120)?;
    let north = cast::issue::<Network>("network/north/1", &people)?;
    let south = cast::issue::<Network>("network/south/1", &people)?;
    let common = cast::issue::<Network>("network/north-south/1", &people)?;

    // Inside the northern network: the hospital saw everyone, the clinic every second of them.
    let tag = cast::symbol_key::<Network>("network/north/1")?.tag();
    let hospital: BTreeMap<String, usize> =
        north.iter().enumerate().map(|(person, symbol)| (symbol.to_text(tag).to_string(), person * 7)).collect();
    let clinic: Vec<_> = (0..people.len()).step_by(2).collect();
    for person in &clinic {
        assert_eq!(hospital.get(&*north[*person].to_text(tag)), Some(&(person * 7)));
    }
    println!("in one network: the clinic found all {} test results of its patients", clinic.len());

    // Two networks: the first 80 people are patients in the north, the last 80 in the south, 40 of them in both.
    let agreed = |person: usize| person.is_multiple_of(4);
    let rows = |range: std::ops::Range<usize>, own: &[NetworkSymbol]| -> Vec<Row> {
        range.map(|person| Row { own: own[person], common: agreed(person).then_some(common[person]) }).collect()
    };
    let (north_rows, south_rows) = (rows(0..80, &north), rows(40..120, &south));
    let own = |rows: &[Row]| rows.iter().map(|row| row.own).collect::<Vec<_>>();
    assert_eq!(cast::in_common(&own(&north_rows), &own(&south_rows)), 0);
    println!("two networks by their own symbols: nobody found");

    // Through the common scope: those in both networks who agreed, each one the right person.
    let southern: BTreeMap<_, _> = south_rows.iter().filter_map(|row| row.common.map(|c| (c, row.own))).collect();
    let met: BTreeSet<_> = north_rows
        .iter()
        .filter_map(|row| row.common.and_then(|c| southern.get(&c)).map(|southern| (row.own, *southern)))
        .collect();
    let truth: BTreeSet<_> = (40..80).filter(|p| agreed(*p)).map(|p| (north[p], south[p])).collect();
    assert_eq!(met, truth);
    assert_eq!(met.len(), 10);
    println!("through the common scope: {} of 40 patients of both, exactly those who agreed", met.len());

    // A counter in the north that is handed a southern text says so, instead of finding nobody.
    let south_tag = cast::symbol_key::<Network>("network/south/1")?.tag();
    let refused = NetworkSymbol::from_text(south[50].to_text(south_tag), tag);
    assert_eq!(refused, Err(TextError::WrongKey { expected: tag, found: south_tag }));
    println!("a southern text in the north: refused as the wrong key");
    Ok(())
}
