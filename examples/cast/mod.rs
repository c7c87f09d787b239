//! The parties of the scenarios: a central party with a published test root key, and invented people.
#![allow(dead_code, reason = "each scenario calls on a part of the cast")]

use std::{collections::BTreeSet, error::Error};

use fugo::{EligibilityKey, MyNumber, NumberPurpose, PurposeType, RootKey, ScopeKey, Symbol, SymbolKey};

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
