//! The parties of the scenarios: a central party with a published test root key, and invented people.
#![allow(dead_code, reason = "each scenario calls on a part of the cast")]

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
};

use fugo::{
    AnySymbolKey, EligibilityKey, MyNumber, NumberPurpose, PurposeType, RootKey, ScopeKey, Symbol, SymbolKey,
    Translator,
};

/// The result of a scenario: nothing, or the error that stopped it. A scenario asserts the facts that it shows.
pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// The key of a scope such as `agency/nta/1`, derived by the central party from the root key.
///
/// The root key is that of the published test vectors, so that all runs are equal. It protects nothing.
pub(crate) fn scope_key(scope: &str) -> Result<ScopeKey, Box<dyn Error>> {
    let root = RootKey::from_bytes(&core::array::from_fn(|i| i as u8));
    Ok(root.scope_key(&scope.parse()?))
}

/// The same key, ready to derive symbols of purpose `P`.
pub(crate) fn symbol_key<P: PurposeType>(scope: &str) -> Result<SymbolKey<P>, Box<dyn Error>> {
    Ok(SymbolKey::new(&scope_key(scope)?)?)
}

/// Both keys of the eligibility symbol: from number to insurers' symbol to eligibility symbol.
pub(crate) fn eligibility_key() -> Result<EligibilityKey, Box<dyn Error>> {
    Ok(EligibilityKey::new(&scope_key("insurers/all/1")?, &scope_key("eligibility/all/1")?)?)
}

/// The symbols that an organisation in issued mode receives: one for each of these people in their order here, and no
/// key.
pub(crate) fn issue<P: NumberPurpose>(scope: &str, people: &[MyNumber]) -> Result<Vec<Symbol<P>>, Box<dyn Error>> {
    let mut symbols = vec![Symbol::from_bytes([0; fugo::SYMBOL_LEN]); people.len()];
    symbol_key(scope)?.symbols(people, &mut symbols);
    Ok(symbols)
}

/// People with valid, unassigned numbers: the bodies 1, 2, 3, … in eleven digits, with their check digits.
pub(crate) fn people(count: usize) -> Result<Vec<MyNumber>, Box<dyn Error>> {
    (1..=count)
        .map(|n| {
            let body = format!("{n:011}");
            Ok(MyNumber::parse(format!("{body}{}", MyNumber::check_digit(&body)?))?)
        })
        .collect()
}

/// The number of values that two columns of symbols have in common. Whoever holds both columns can join on these.
pub(crate) fn in_common<P: PurposeType, Q: PurposeType>(one: &[Symbol<P>], other: &[Symbol<Q>]) -> usize {
    let one: BTreeSet<_> = one.iter().map(Symbol::as_bytes).collect();
    let other: BTreeSet<_> = other.iter().map(Symbol::as_bytes).collect();
    one.intersection(&other).count()
}

/// Rows under new symbols, and the number of rows whose symbol is nobody's in the roster.
pub(crate) type Translated<P, T> = (Vec<(Symbol<P>, T)>, usize);

/// What the central party does between two organisations: rows keyed by symbols of one scope become rows keyed by symbols
/// of another, in the order of the new symbols.
pub(crate) fn translate<P: NumberPurpose, Q: NumberPurpose, T>(
    (from, to): (&str, &str),
    roster: &[MyNumber],
    rows: Vec<(Symbol<P>, T)>,
) -> Result<Translated<Q, T>, Box<dyn Error>> {
    let [from, to] = [AnySymbolKey::new(&scope_key(from)?)?, AnySymbolKey::new(&scope_key(to)?)?];
    let asked = rows.iter().map(|(symbol, _)| symbol.to_bytes()).collect();
    let translator = Translator::new(&from, [&to], asked)?;
    let mut pairs = Vec::new();
    translator.translate(roster, &mut pairs);
    let found: BTreeMap<usize, [u8; fugo::SYMBOL_LEN]> = pairs.iter().map(|pair| (pair.asked, pair.to[0])).collect();
    let (mut translated, mut unknown) = (Vec::new(), 0);
    for (symbol, row) in rows {
        match translator.index_of(symbol.as_bytes()).and_then(|asked| found.get(&asked)) {
            Some(symbol) => translated.push((Symbol::from_bytes(*symbol), row)),
            None => unknown += 1,
        }
    }
    translated.sort_by_key(|(symbol, _)| *symbol);
    Ok((translated, unknown))
}
