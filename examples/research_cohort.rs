//! Use case ④, research: a follow-up study over years, and two studies that cannot be joined
//! (健康・医療の研究分野: コホート研究、大規模な分析).
//!
//! Scopes: `research/heart-cohort/1` and `research/brain-claims/1`, one for each provision of data. A follow-up study
//! is one continued provision, so its deliveries have the same scope and epoch.
//!
//! Who holds which key: the central party. Researchers are in *issued* mode: they receive rows, never a key. A
//! researcher with the key of a study could turn all its symbols back into numbers.
//!
//! Shown: three yearly deliveries join on every participant. Two studies of the same people have no symbol in common.
//! As a control, both studies under one scope join completely. Then the limit: if both studies keep a column such as a
//! birth date, it joins people as well as a symbol would, and symbols cannot prevent that.
//!
//! Not shown: consent, ethics review, and the choice and coarsening of columns that the limit requires.

mod cast;

use std::collections::{BTreeMap, BTreeSet};

use fugo::{MyNumber, Research, ResearchSymbol};

/// A delivery, sorted by symbol, so that its order reveals nothing about the order of the roster.
fn delivery(
    scope: &str,
    people: &[MyNumber],
    value: impl Fn(usize) -> u32,
) -> Result<Rows, Box<dyn std::error::Error>> {
    let symbols = cast::issue::<Research>(scope, people)?;
    Ok(symbols.into_iter().enumerate().map(|(person, symbol)| (symbol, value(person))).collect())
}

type Rows = BTreeMap<ResearchSymbol, u32>;

/// An invented birth date as a day number. A third of the people have the same date as another person.
fn born(person: usize) -> u32 {
    (person as u32 * person as u32) % 499
}

fn main() -> cast::Outcome {
    let people = cast::people(300)?;
    let symbols = |rows: &Rows| rows.keys().copied().collect::<Vec<_>>();

    // The follow-up: an invented measurement of each person in three years, all different, joined on the symbol.
    let heart = "research/heart-cohort/1";
    let measured = |year: u32| move |person: usize| person as u32 * 10 + year;
    let years = [
        delivery(heart, &people, measured(0))?,
        delivery(heart, &people, measured(1))?,
        delivery(heart, &people, measured(2))?,
    ];
    let mut followed = 0;
    for (symbol, first) in &years[0] {
        let (second, third) = (years[1][symbol], years[2][symbol]);
        assert_eq!((second, third), (first + 1, first + 2));
        followed += 1;
    }
    assert_eq!(followed, people.len());
    println!("one study: {followed} participants followed over three deliveries");

    // Another study of the same people: there is no value to join on.
    let brain = delivery("research/brain-claims/1", &people, born)?;
    let heart_births = delivery(heart, &people, born)?;
    assert_eq!(cast::in_common(&symbols(&years[0]), &symbols(&brain)), 0);
    println!("two studies of the same people: no symbol in common");

    // The control: if the second study had the scope of the first, all rows would join.
    assert_eq!(cast::in_common(&symbols(&years[0]), &symbols(&heart_births)), people.len());
    println!("control, both under one scope: all {} joined", people.len());

    // The limit: a birth date that both studies keep, and that occurs once, identifies a person like a symbol.
    let once = |rows: &Rows| -> BTreeSet<u32> {
        let mut count = BTreeMap::<u32, u32>::new();
        for birth in rows.values() {
            *count.entry(*birth).or_default() += 1;
        }
        count.into_iter().filter(|(_, times)| *times == 1).map(|(birth, _)| birth).collect()
    };
    let exposed = once(&heart_births).intersection(&once(&brain)).count();
    assert_eq!(exposed, 200);
    println!("but both keep the birth date: {exposed} of {} joined by that alone", people.len());
    Ok(())
}
