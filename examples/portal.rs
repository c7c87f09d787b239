//! Use case ⑤, a person's own portal (ポータルサービス, PHR): it shows the person's records together, and pushes
//! notices.
//!
//! Scopes: `portal/phr/1`; `agency/kenpo-a-checkups/1` and `registry/vaccinations/1`, the two sources.
//!
//! Who holds which key: the central party. The portal and the sources are in *issued* mode. A source receives the
//! portal's symbol only for people who opted in.
//!
//! Shown: each person who opted in sees their own records of both sources, and no records of others. Other people have
//! no box at the portal. A notice reaches exactly the people who miss a dose and opted in. If a source sends its own
//! symbol by mistake, the portal refuses it. And the price: the sources' rows with a portal symbol join.
//!
//! `examples/network/scenarios` fills the portal with the tool: the centre translates the sources' rows, under grants and
//! with a record in which each person finds who received what.
//!
//! Not shown: the log-in (利用者証明 with the card), consent (a flag here), and the state's own マイ・ポータル.

mod cast;

use std::collections::BTreeMap;

use fugo::{Agency, ErrorKind, KeyTag, Portal, PortalSymbol, Registry, text::TextError};

/// The content of a person's box.
#[derive(Debug, Default, PartialEq)]
struct Inbox {
    records: Vec<String>,
    notices: u32,
}

/// The portal: boxes by symbol, and the tag of the symbols' key.
struct Site {
    tag: KeyTag,
    boxes: BTreeMap<PortalSymbol, Inbox>,
}

impl Site {
    /// Receives a record from a source. The symbol is a text form and is read strictly. Without a box, nothing is
    /// delivered.
    fn inbox(&mut self, text: &str) -> Result<Option<&mut Inbox>, TextError> {
        Ok(self.boxes.get_mut(&PortalSymbol::from_text(text, self.tag)?))
    }
}

fn main() -> cast::Outcome {
    let people = cast::people(100)?;
    let opted_in = |person: usize| !person.is_multiple_of(4);
    let misses_dose = |person: usize| person.is_multiple_of(5);
    let key = cast::symbol_key::<Portal>("portal/phr/1")?;
    let symbols: Vec<PortalSymbol> = people.iter().map(|number| key.symbol(number)).collect();
    let boxes = (0..people.len()).filter(|person| opted_in(*person)).map(|p| (symbols[p], Inbox::default())).collect();
    let mut portal = Site { tag: key.tag(), boxes };

    // Both sources deliver the records of all people for whom they have a portal symbol.
    let mut delivered = 0;
    for person in (0..people.len()).filter(|person| opted_in(*person)) {
        for record in ["check-up", "vaccination"] {
            let inbox = portal.inbox(&symbols[person].to_text(key.tag()))?.ok_or("no box for a delivery")?;
            inbox.records.push(format!("{record} of person {person}"));
            delivered += 1;
        }
    }

    // The municipality pushes a notice to people who miss a dose. People who did not opt in have no box.
    let mut unreached = 0;
    for person in (0..people.len()).filter(|person| misses_dose(*person)) {
        match portal.inbox(&symbols[person].to_text(key.tag()))? {
            Some(inbox) => inbox.notices += 1,
            None => unreached += 1,
        }
    }

    for (person, symbol) in symbols.iter().enumerate() {
        let records = ["check-up", "vaccination"].map(|record| format!("{record} of person {person}")).to_vec();
        let expected = opted_in(person).then(|| Inbox { records, notices: misses_dose(person).into() });
        assert_eq!(portal.boxes.get(symbol), expected.as_ref());
    }
    assert_eq!((delivered, portal.boxes.len(), unreached), (150, 75, 5));
    println!("{delivered} records in {} boxes, each in its owner's", portal.boxes.len());
    println!("notices: all who miss a dose and opted in; {unreached} who did not are not reached");

    // A source sends its own symbol by mistake.
    let ledger = cast::symbol_key::<Registry>("registry/vaccinations/1")?;
    let mistake = ledger.symbol(&people[1]).to_text(ledger.tag());
    assert_eq!(portal.inbox(&mistake).map(|_| ()).map_err(TextError::kind), Err(ErrorKind::WrongPurpose));
    println!("a source's own symbol at the portal: refused as the wrong purpose");

    // The declared price: the sources join with the portal's symbol, and do not join without it.
    let checkups = cast::issue::<Agency>("agency/kenpo-a-checkups/1", &people)?;
    let vaccinations = cast::issue::<Registry>("registry/vaccinations/1", &people)?;
    assert_eq!(cast::in_common(&checkups, &vaccinations), 0);
    let with_portal = |column: Vec<[u8; 16]>| -> BTreeMap<PortalSymbol, [u8; 16]> {
        (0..people.len()).filter(|person| opted_in(*person)).map(|p| (symbols[p], column[p])).collect()
    };
    let checkups = with_portal(checkups.into_iter().map(fugo::Symbol::to_bytes).collect());
    let vaccinations = with_portal(vaccinations.into_iter().map(fugo::Symbol::to_bytes).collect());
    let joined = checkups.keys().filter(|symbol| vaccinations.contains_key(symbol)).count();
    assert_eq!(joined, portal.boxes.len());
    println!("the two sources: nothing in common, but for the {joined} rows that carry the portal's symbol");
    Ok(())
}
