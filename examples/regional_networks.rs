//! Use case ③, care networks: inside one region, and between two regions through a common scope
//! (医療機関等の連携; 地域ごとの医療介護ネットワーク間).
//!
//! Scopes: `network/north/1` and `network/south/1`, one for each network; `network/north-south/1`, common to both, only
//! for patients who agreed to be found across the regions.
//!
//! Who holds which key: the central party. Hospitals, clinics and care homes are in *issued* mode: they send a
//! patient's symbol in text form and hold no key.
//!
//! Shown: within a network, a clinic finds every test result of a hospital's patients. The two networks' own symbols
//! have no value in common. Through the common scope, exactly the patients who agreed are found; the two symbols of a
//! patient who did not agree cannot be linked. A text form of the other network's scope is refused as the wrong key.
//!
//! The central party can also translate the symbols of the patients who agreed, so that no common symbol is stored.
//! `examples/network/scenarios` does it with the tool, under a grant and with a record.
//!
//! Not shown: consent (a flag here). Whoever holds both networks' rows with the common symbol can link those patients'
//! own symbols; this is its purpose.

mod cast;

use std::collections::{BTreeMap, BTreeSet};

use fugo::{Network, NetworkSymbol, text::TextError};

/// A patient's row in one network: the network's own symbol and, if the patient agreed, the common symbol.
struct Row {
    own: NetworkSymbol,
    common: Option<NetworkSymbol>,
}

fn main() -> cast::Outcome {
    let people = cast::people(120)?;
    let north = cast::issue::<Network>("network/north/1", &people)?;
    let south = cast::issue::<Network>("network/south/1", &people)?;
    let common = cast::issue::<Network>("network/north-south/1", &people)?;

    // Inside the northern network: the hospital saw all patients, and the clinic saw every second patient.
    let tag = cast::symbol_key::<Network>("network/north/1")?.tag();
    let hospital: BTreeMap<String, usize> =
        north.iter().enumerate().map(|(person, symbol)| (symbol.to_text(tag).to_string(), person * 7)).collect();
    let clinic: Vec<_> = (0..people.len()).step_by(2).collect();
    for person in &clinic {
        assert_eq!(hospital.get(&*north[*person].to_text(tag)), Some(&(person * 7)));
    }
    println!("in one network: the clinic found all {} test results of its patients", clinic.len());

    // Two networks: the first 80 people are patients in the north, the last 80 in the south, and 40 in both.
    let agreed = |person: usize| person.is_multiple_of(4);
    let rows = |range: std::ops::Range<usize>, own: &[NetworkSymbol]| -> Vec<Row> {
        range.map(|person| Row { own: own[person], common: agreed(person).then_some(common[person]) }).collect()
    };
    let (north_rows, south_rows) = (rows(0..80, &north), rows(40..120, &south));
    let own = |rows: &[Row]| rows.iter().map(|row| row.own).collect::<Vec<_>>();
    assert_eq!(cast::in_common(&own(&north_rows), &own(&south_rows)), 0);
    println!("two networks by their own symbols: nobody found");

    // Through the common scope: the patients of both networks who agreed, each as the right person.
    let southern: BTreeMap<_, _> = south_rows.iter().filter_map(|row| row.common.map(|c| (c, row.own))).collect();
    let met: BTreeSet<_> = north_rows
        .iter()
        .filter_map(|row| row.common.and_then(|c| southern.get(&c)).map(|southern| (row.own, *southern)))
        .collect();
    let truth: BTreeSet<_> = (40..80).filter(|p| agreed(*p)).map(|p| (north[p], south[p])).collect();
    assert_eq!(met, truth);
    assert_eq!(met.len(), 10);
    println!("through the common scope: {} of 40 patients of both, exactly those who agreed", met.len());

    // Without a common scope: the central party translates the southern rows of those who agreed.
    let asked = south_rows.iter().filter(|row| row.common.is_some()).map(|row| (row.own, ())).collect();
    let scopes = ("network/south/1", "network/north/1");
    let (translated, unknown) = cast::translate::<Network, Network, ()>(scopes, &people, asked)?;
    let patients: BTreeSet<NetworkSymbol> = north_rows.iter().map(|row| row.own).collect();
    let met: BTreeSet<_> =
        translated.iter().map(|(symbol, ())| *symbol).filter(|symbol| patients.contains(symbol)).collect();
    assert_eq!((met, unknown), (truth.iter().map(|(northern, _)| *northern).collect(), 0));
    println!("translated by the central party: the same {} patients, and no common symbol", truth.len());

    // A counter in the north that receives a southern text reports it. It does not search in vain.
    let south_tag = cast::symbol_key::<Network>("network/south/1")?.tag();
    let refused = NetworkSymbol::from_text(south[50].to_text(south_tag), tag);
    assert_eq!(refused, Err(TextError::WrongKey { expected: tag, found: south_tag }));
    println!("a southern text in the north: refused as the wrong key");
    Ok(())
}
