//! Use case ① of the 2014 document, online eligibility (医療保険のオンライン資格確認), in both of its flows.
//!
//! Scopes: `insurers/all/1` and `eligibility/all/1`; `agency/city-hall/1` for a card that is read by mistake.
//!
//! Who holds which key: the central party derives the insurers' symbols. The issuer of eligibility symbols holds only
//! the eligibility key and derives from the insurers' symbols, so it never sees a number. Cards, counters and the
//! eligibility service (資格確認サービス機関) are in *issued* mode: they have symbols and a tag, but no key.
//!
//! Shown: in flow 1, the card carries the symbol in text form, and the service finds the current insurer by it. Every
//! single mistyped character is refused as corrupted. A symbol of another purpose, or of the key of another epoch, is
//! refused with that reason. In flow 2, the card carries a certificate, which the certification service maps 1:1 to an
//! insurers' symbol. The counter uses neither number nor symbol.
//!
//! Not shown: the lines between the parties, the check of a certificate's signature, the person at the counter.

mod cast;

use std::collections::{BTreeMap, BTreeSet};

use fugo::{Agency, Eligibility, EligibilitySymbol, ErrorKind, Insurers, InsurersSymbol, KeyTag, text::TextError};

/// The insurers. People get them in turn, so that each person's insurer is known.
const INSURERS: [&str; 3] = ["kenpo-a", "kenpo-b", "kokuho-c"];

/// The eligibility service of flow 1. It has the symbols and the tag of their key, and nothing else.
struct Service {
    tag: KeyTag,
    insurer_of: BTreeMap<EligibilitySymbol, &'static str>,
}

impl Service {
    /// The service's answer to a text that a counter read from a card.
    fn insurer(&self, text: &str) -> Result<Option<&'static str>, TextError> {
        Ok(self.insurer_of.get(&EligibilitySymbol::from_text(text, self.tag)?).copied())
    }
}

fn main() -> cast::Outcome {
    let people = cast::people(60)?;
    let insurer = |person: usize| INSURERS[person % INSURERS.len()];

    // Flow 1. The issuer receives insurers' symbols and issues eligibility symbols.
    let insurers_symbols = cast::issue::<Insurers>("insurers/all/1", &people)?;
    let issuer = cast::symbol_key::<Eligibility>("eligibility/all/1")?;
    let symbols: Vec<_> = insurers_symbols.iter().map(|symbol| issuer.symbol_from_insurers(symbol)).collect();
    let cards: Vec<_> = symbols.iter().map(|symbol| symbol.to_text(issuer.tag())).collect();
    let insurer_of = symbols.iter().enumerate().map(|(person, symbol)| (*symbol, insurer(person))).collect();
    let service = Service { tag: issuer.tag(), insurer_of };

    for (person, card) in cards.iter().enumerate() {
        assert_eq!(service.insurer(card)?, Some(insurer(person)));
    }
    let from_numbers = cast::eligibility_key()?;
    assert!(people.iter().zip(&symbols).all(|(number, symbol)| from_numbers.symbol(number) == *symbol));
    println!("{} cards read, every insurer found; the issuer saw no number", cards.len());

    let mut mistyped = 0;
    for place in 0..cards[0].len() {
        for typed in (b'!'..=b'~').filter(|typed| *typed != cards[0].as_bytes()[place]) {
            let mut text = cards[0].as_bytes().to_vec();
            text[place] = typed;
            assert_eq!(service.insurer(std::str::from_utf8(&text)?), Err(TextError::Corrupted));
            mistyped += 1;
        }
    }
    println!("{mistyped} texts with one mistyped character, all refused as corrupted");

    let city_hall = cast::symbol_key::<Agency>("agency/city-hall/1")?;
    let other_card = city_hall.symbol(&people[0]).to_text(city_hall.tag());
    assert_eq!(service.insurer(&other_card).map_err(TextError::kind), Err(ErrorKind::WrongPurpose));
    let later = cast::symbol_key::<Eligibility>("eligibility/all/2")?;
    let later_card = later.symbol_from_insurers(&insurers_symbols[0]).to_text(later.tag());
    assert_eq!(service.insurer(&later_card).map_err(TextError::kind), Err(ErrorKind::WrongKey));
    println!("a symbol of another purpose and one of another key: refused, each with its own reason");

    // Flow 2. The counter sends only the serial number of a certificate. The certification service
    // (公的個人認証サービス) maps it to the insurers' symbol, and the eligibility service maps the insurers' symbol to
    // the insurer.
    let mut symbol_of: BTreeMap<u64, InsurersSymbol> = (1_000..).zip(insurers_symbols.iter().copied()).collect();
    let insurer_of: BTreeMap<_, _> =
        insurers_symbols.iter().enumerate().map(|(person, symbol)| (*symbol, insurer(person))).collect();
    assert_eq!(symbol_of.values().collect::<BTreeSet<_>>().len(), symbol_of.len(), "1:1");
    let at_the_counter = |symbol_of: &BTreeMap<_, _>, serial: u64| {
        symbol_of.get(&serial).and_then(|symbol| insurer_of.get(symbol)).copied()
    };
    for (person, serial) in (0..people.len()).zip(1_000..) {
        assert_eq!(at_the_counter(&symbol_of, serial), Some(insurer(person)));
    }

    // A renewed certificate: the old serial number finds nothing, the new one finds the same symbol and the same row.
    let symbol = symbol_of.remove(&1_000).expect("the first person's certificate");
    symbol_of.insert(2_000, symbol);
    assert_eq!(at_the_counter(&symbol_of, 1_000), None);
    assert_eq!(at_the_counter(&symbol_of, 2_000), Some(insurer(0)));
    println!("{} certificates looked up 1:1, one renewed; no number and no symbol at the counter", people.len());
    Ok(())
}
