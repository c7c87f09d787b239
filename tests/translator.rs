//! Does a translation give the pairs that the symbols of each person give, one by one, and no others?

mod numbers;

use std::collections::BTreeMap;

use fugo::{
    AnySymbolKey, Lineage, MyNumber, MyNumberError, Pair, PurposeError, RootKey, SYMBOL_LEN, ScopeKey, Translator,
    flat::{REFUSED, Translation, Unanswered},
};
use numbers::number;
use proptest::prelude::*;

type Symbol = [u8; SYMBOL_LEN];

fn scope_key(scope: &str) -> ScopeKey {
    RootKey::from_bytes(&[9; 32]).scope_key(&scope.parse().expect("a scope"))
}

fn key(scope: &str) -> AnySymbolKey {
    AnySymbolKey::new(&scope_key(scope)).expect("a key for numbers")
}

fn eligibility() -> AnySymbolKey {
    AnySymbolKey::eligibility(&scope_key("insurers/all/1"), &scope_key("eligibility/all/1")).expect("both keys")
}

/// The pairs by the asked symbol.
fn pairs(translator: &Translator<1>, roster: &[MyNumber], batch: usize) -> BTreeMap<Symbol, Symbol> {
    let mut pairs: Vec<Pair<1>> = Vec::new();
    roster.chunks(batch).for_each(|numbers| translator.translate(numbers, &mut pairs));
    pairs.iter().map(|pair| (translator.asked()[pair.asked], pair.to[0])).collect()
}

/// Each person of the roster compared with each asked symbol.
fn naive(from: &AnySymbolKey, to: &AnySymbolKey, roster: &[MyNumber], asked: &[Symbol]) -> BTreeMap<Symbol, Symbol> {
    let both = |number: &MyNumber| (from.symbol(number).expect("a symbol"), to.symbol(number).expect("a symbol"));
    roster.iter().map(both).filter(|(from, _)| asked.contains(from)).collect()
}

proptest! {
    #[test]
    fn pairs_are_those_of_the_naive_way_whatever_the_batches(
        roster in prop::collection::vec(1_u64..400, 0..300),
        asked in prop::collection::vec(1_u64..400, 0..60),
        strangers in prop::collection::vec(any::<Symbol>(), 0..8),
        batch in 1_usize..300,
        to_eligibility: bool,
    ) {
        let (from, to) = (key("agency/a/1"), if to_eligibility { eligibility() } else { key("agency/b/1") });
        let roster: Vec<MyNumber> = roster.into_iter().map(number).collect();
        let mut asked: Vec<Symbol> = asked.into_iter().map(|body| from.symbol(&number(body)).expect("a symbol")).collect();
        asked.extend(strangers);
        let translator = Translator::new(&from, [&to], asked.clone()).expect("keys for numbers");
        prop_assert_eq!(pairs(&translator, &roster, batch), naive(&from, &to, &roster, &asked));
        asked.sort_unstable();
        asked.dedup();
        prop_assert_eq!(translator.asked(), asked);
    }
}

/// The answers, and the rows without one.
fn answers(translation: &Translation) -> (Vec<Symbol>, Vec<(usize, Unanswered)>) {
    let (mut out, mut unanswered) = (vec![[0xff; SYMBOL_LEN]; translation.len()], Vec::new());
    translation.answers(&mut out, |row, reason| unanswered.push((row, reason)));
    (out, unanswered)
}

fn digits(number: &MyNumber) -> [u8; MyNumber::LEN] {
    *number.expose_digits()
}

proptest! {
    #[test]
    fn each_asked_row_has_the_symbol_of_its_person_or_a_reason(
        roster in prop::collection::vec((1_u64..400, any::<bool>()), 0..1200),
        asked in prop::collection::vec(0_u64..450, 0..80),
        batch in 1_usize..1300,
        to_eligibility: bool,
    ) {
        let (from, to) = (key("agency/a/1"), if to_eligibility { eligibility() } else { key("agency/b/1") });
        // Row 0 of `asked` stands for a row that an earlier call refused.
        let row = |body: &u64| if *body == 0 { REFUSED } else { from.symbol(&number(*body)).expect("a symbol") };
        let mut translation = Translation::new(&from, &to, &asked.iter().map(row).collect::<Vec<_>>()).expect("two keys");
        let mut rows: Vec<_> = roster.iter().map(|(body, _)| digits(&number(*body))).collect();
        roster.iter().zip(&mut rows).filter(|((_, is_good), _)| !is_good).for_each(|(_, row)| row[4] = b'x');
        let mut refused = Vec::new();
        for (nth, rows) in rows.chunks(batch).enumerate() {
            let reissued = translation.add(rows, None, |row, error| refused.push((nth * batch + row, error)));
            prop_assert_eq!(reissued, 0);
        }
        let bad = roster.iter().enumerate().filter(|(_, (_, is_good))| !is_good);
        prop_assert_eq!(refused, bad.map(|(row, _)| (row, MyNumberError::NonDigit { offset: 4 })).collect::<Vec<_>>());

        let (found, unanswered) = answers(&translation);
        let mut expected = Vec::new();
        for (row, body) in asked.iter().enumerate() {
            if roster.contains(&(*body, true)) {
                prop_assert_eq!(found[row], to.symbol(&number(*body)).expect("a symbol"));
            } else {
                prop_assert_eq!(found[row], REFUSED);
                expected.push((row, if *body == 0 { Unanswered::NoSymbol } else { Unanswered::UnknownSymbol }));
            }
        }
        prop_assert_eq!(unanswered, expected);
    }
}

#[test]
fn answers_come_with_the_numbers_and_adding_twice_changes_nothing() {
    let (from, to) = (key("agency/a/1"), key("agency/b/1"));
    let of = |key: &AnySymbolKey, body| key.symbol(&number(body)).expect("a symbol");
    let asked = [of(&from, 2), of(&from, 1), of(&from, 2)];
    let mut translation = Translation::new(&from, &to, &asked).expect("two keys");
    assert!(!translation.is_empty());
    let unknown = |rows: &[usize]| rows.iter().map(|row| (*row, Unanswered::UnknownSymbol)).collect::<Vec<_>>();
    assert_eq!(answers(&translation), (vec![REFUSED; 3], unknown(&[0, 1, 2])));
    for _ in 0..2 {
        translation.add_numbers(&[number(2)]);
        assert_eq!(answers(&translation), (vec![of(&to, 2), REFUSED, of(&to, 2)], unknown(&[1])));
    }
    // Number 3 was issued in the place of number 1.
    let lineage = Lineage::new(vec![(number(3), number(1))]).expect("a lineage");
    assert_eq!(translation.add(&[digits(&number(3))], None, |_, _| panic!("a valid number")), 0);
    assert_eq!(answers(&translation).1, unknown(&[1]));
    assert_eq!(translation.add(&[digits(&number(3))], Some(&lineage), |_, _| panic!("a valid number")), 1);
    assert_eq!(answers(&translation), (vec![of(&to, 2), of(&to, 1), of(&to, 2)], Vec::new()));
}

#[test]
fn a_translation_needs_two_keys_that_take_numbers() {
    let issuer = AnySymbolKey::issuer(&scope_key("eligibility/all/1")).expect("the issuer's key");
    let one = key("agency/a/1");
    assert_eq!(Translation::new(&one, &key("agency/a/1"), &[]).err(), Some(PurposeError::SameKey));
    for (from, to) in [(&issuer, &one), (&one, &issuer)] {
        assert_eq!(Translation::new(from, to, &[]).err(), Some(PurposeError::InsurersMissing));
    }
    let nothing = Translation::new(&one, &key("agency/a/2"), &[]).expect("two epochs");
    assert!(nothing.is_empty() && answers(&nothing) == (Vec::new(), Vec::new()));
    assert_eq!(format!("{nothing:?}"), "Translation(..)");
}

#[test]
fn everybody_nobody_and_a_large_roster_are_translated() {
    let (from, to) = (key("agency/a/1"), key("agency/a/2"));
    let roster: Vec<MyNumber> = (1..=20_000).map(number).collect();
    let symbol = |number: &MyNumber| from.symbol(number).expect("a symbol");
    for step in [1, 7, 20_000] {
        let asked: Vec<Symbol> = roster.iter().step_by(step).map(symbol).collect();
        let translator = Translator::new(&from, [&to], asked.clone()).expect("keys for numbers");
        let expected: BTreeMap<Symbol, Symbol> =
            asked.iter().copied().zip(roster.iter().step_by(step).map(|n| to.symbol(n).expect("a symbol"))).collect();
        assert_eq!(pairs(&translator, &roster, 4_999), expected);
    }
    let none = Translator::new(&from, [&to], Vec::new()).expect("keys for numbers");
    assert!(pairs(&none, &roster, 100).is_empty() && none.asked().is_empty());
}

#[test]
fn a_person_with_two_numbers_gives_one_pair_if_the_lineage_is_applied() {
    let (from, to) = (key("agency/a/1"), key("agency/b/1"));
    let lineage = Lineage::new(vec![(number(2), number(1))]).expect("a lineage");
    let roster = [number(2), number(1)].map(|number| lineage.first(&number).clone());
    let of = |key: &AnySymbolKey, body| key.symbol(&number(body)).expect("a symbol");
    let asked = vec![of(&from, 1), of(&from, 2)];
    let translator = Translator::new(&from, [&to], asked).expect("keys for numbers");
    // The symbol of the second number is nobody's.
    assert_eq!(pairs(&translator, &roster, 10), BTreeMap::from([(of(&from, 1), of(&to, 1))]));
}

#[test]
fn each_pair_has_the_symbols_of_all_scopes_that_are_translated_to() {
    let (from, one, other) = (key("agency/a/1"), key("agency/b/1"), key("portal/record/1"));
    let of = |key: &AnySymbolKey, body| key.symbol(&number(body)).expect("a symbol");
    let translator =
        Translator::new(&from, [&one, &other], vec![of(&from, 3), of(&from, 8)]).expect("keys for numbers");
    let mut pairs = Vec::new();
    translator.translate(&[number(8), number(5), number(3)], &mut pairs);
    let found: Vec<_> = pairs.iter().map(|pair| (translator.asked()[pair.asked], pair.to)).collect();
    assert_eq!(found, [8, 3].map(|body| (of(&from, body), [of(&one, body), of(&other, body)])));
    let issuer = AnySymbolKey::issuer(&scope_key("eligibility/all/1")).expect("the issuer's key");
    let refused = Translator::new(&from, [&one, &issuer], Vec::new()).err();
    assert_eq!(refused, Some(PurposeError::InsurersMissing));
}

#[test]
fn symbols_that_begin_alike_are_told_apart() {
    let (from, to) = (key("agency/a/1"), key("agency/b/1"));
    let symbol = from.symbol(&number(5)).expect("a symbol");
    let near = |end: u16| {
        let mut near = symbol;
        near[SYMBOL_LEN - 2..].copy_from_slice(&end.to_be_bytes());
        near
    };
    let asked: Vec<Symbol> = (0..5000).map(near).filter(|near| *near != symbol).collect();
    let translator = Translator::new(&from, [&to], asked.clone()).expect("keys for numbers");
    assert!(asked.iter().enumerate().all(|(nth, near)| translator.index_of(near) == Some(nth)));
    assert!(
        [symbol, near(5000), [0; SYMBOL_LEN], [0xff; SYMBOL_LEN]]
            .iter()
            .all(|other| translator.index_of(other).is_none())
    );
    assert!(pairs(&translator, &[number(5)], 1).is_empty());
}

#[test]
fn a_key_that_takes_no_numbers_is_refused_on_either_side() {
    let issuer = AnySymbolKey::issuer(&scope_key("eligibility/all/1")).expect("the issuer's key");
    let other = key("agency/a/1");
    for (from, to) in [(&issuer, &other), (&other, &issuer)] {
        assert_eq!(Translator::new(from, [to], Vec::new()).err(), Some(PurposeError::InsurersMissing));
    }
}

#[test]
fn debug_shows_no_symbol() {
    let key = key("agency/a/1");
    let asked = vec![key.symbol(&number(1)).expect("a symbol")];
    let translator = Translator::new(&key, [&key], asked).expect("keys for numbers");
    let mut pairs = Vec::new();
    translator.translate(&[number(1)], &mut pairs);
    assert_eq!(format!("{translator:?} {pairs:?}"), "Translator(..) [Pair(..)]");
}
