//! Does a lineage lead every number to the person's first number, and refuse forks, merges and cycles?
//!
//! The model follows a plain map, one step at a time.

mod numbers;

use std::collections::{BTreeMap, BTreeSet};

use fugo::{Lineage, LineageError, MyNumber};
use numbers::number;
use proptest::prelude::*;

type Pair = (u64, u64);

fn lineage(pairs: &[Pair]) -> Result<Lineage, LineageError> {
    Lineage::new(pairs.iter().map(|(new, previous)| (number(*new), number(*previous))).collect())
}

/// The map new → previous, or the kind of the first fault with the index of its pair.
fn model(pairs: &[Pair]) -> Result<BTreeMap<u64, u64>, (&'static str, Option<usize>)> {
    let (mut previous_of, mut previous_seen) = (BTreeMap::new(), BTreeSet::new());
    for (at, (new, previous)) in pairs.iter().enumerate() {
        if new == previous {
            return Err(("self-pair", Some(at)));
        }
        if previous_of.insert(*new, *previous).is_some() {
            return Err(("duplicate-new", Some(at)));
        }
        if !previous_seen.insert(*previous) {
            return Err(("duplicate-previous", Some(at)));
        }
    }
    for start in previous_of.keys() {
        if model_first(&previous_of, *start).is_none() {
            return Err(("cycle", None));
        }
    }
    Ok(previous_of)
}

/// The end of the chain, unless the chain has more steps than there are pairs.
fn model_first(previous_of: &BTreeMap<u64, u64>, start: u64) -> Option<u64> {
    let mut at = start;
    for _ in 0..=previous_of.len() {
        match previous_of.get(&at) {
            Some(previous) => at = *previous,
            None => return Some(at),
        }
    }
    None
}

/// Compares the library with the model for every number of the pool. Returns the kind of the result.
fn compare(pairs: &[Pair], pool: impl Iterator<Item = u64>) -> &'static str {
    match (lineage(pairs), model(pairs)) {
        (Ok(lineage), Ok(previous_of)) => {
            assert_eq!((lineage.len(), lineage.is_empty()), (pairs.len(), pairs.is_empty()));
            for start in pool {
                let first = model_first(&previous_of, start).expect("a first number");
                assert_eq!(lineage.first(&number(start)), &number(first), "{start} in {pairs:?}");
            }
            "ok"
        }
        (Err(error), Err(expected)) => {
            assert_eq!((error.kind().as_str(), error.pair()), expected, "{pairs:?}");
            error.kind().as_str()
        }
        (found, expected) => panic!("{found:?} where the model has {expected:?} for {pairs:?}"),
    }
}

#[test]
fn every_list_of_up_to_four_pairs_of_four_numbers_is_as_the_model_says() {
    let pairs: Vec<Pair> = (1..=4).flat_map(|new| (1..=4).map(move |previous| (new, previous))).collect();
    let mut lists = vec![vec![]];
    let mut outcomes = BTreeMap::new();
    for _ in 0..=4 {
        let mut longer = Vec::new();
        for list in lists {
            *outcomes.entry(compare(&list, 1..=5)).or_insert(0) += 1;
            // A list of five gives nothing new.
            if list.len() < 4 {
                longer.extend(pairs.iter().map(|pair| [&list[..], &[*pair]].concat()));
            }
        }
        lists = longer;
    }
    // The number of all lists: 1 + 16 + 256 + 4096 + 65536.
    assert_eq!(outcomes.values().sum::<u32>(), 69_905);
    // The Lah numbers 1, 12, 36, 24 count the sets of disjoint paths with k pairs on four numbers; k! counts their
    // orders.
    assert_eq!(outcomes["ok"], 1 + 12 + 36 * 2 + 24 * 6);
    let kinds: Vec<&str> = outcomes.into_keys().collect();
    assert_eq!(kinds, ["cycle", "duplicate-new", "duplicate-previous", "ok", "self-pair"]);
}

/// Chains over distinct numbers. Their pairs are shuffled.
fn chains() -> impl Strategy<Value = Vec<Pair>> {
    (prop::collection::btree_set(1..100_000_000_000_u64, 0..60), 1..12_usize)
        .prop_flat_map(|(numbers, length)| (Just(numbers.into_iter().collect::<Vec<_>>()).prop_shuffle(), Just(length)))
        .prop_flat_map(|(numbers, length)| {
            let pairs = numbers.chunks(length).flat_map(|chain| chain.windows(2).map(|two| (two[0], two[1])));
            Just(pairs.collect::<Vec<_>>()).prop_shuffle()
        })
}

proptest! {
    #[test]
    fn shuffled_chains_are_as_the_model_says(pairs in chains()) {
        let listed: Vec<u64> = pairs.iter().flat_map(|(new, previous)| [*new, *previous]).collect();
        prop_assert_eq!(compare(&pairs, listed.into_iter().chain([99_999_999_999])), "ok");
    }

    #[test]
    fn chains_with_one_more_pair_at_random_are_as_the_model_says(
        pairs in chains(),
        ends in (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<prop::sample::Index>()),
    ) {
        prop_assume!(!pairs.is_empty());
        let listed: Vec<u64> = pairs.iter().flat_map(|(new, previous)| [*new, *previous]).collect();
        let mut pairs = pairs;
        pairs.insert(ends.2.index(pairs.len() + 1), (*ends.0.get(&listed), *ends.1.get(&listed)));
        compare(&pairs, listed.into_iter());
    }

    #[test]
    fn the_order_of_the_pairs_does_not_matter(pairs in chains(), turn in any::<prop::sample::Index>()) {
        prop_assume!(!pairs.is_empty());
        let mut turned = pairs.clone();
        turned.rotate_left(turn.index(pairs.len()));
        let (a, b) = (lineage(&pairs).expect("chains"), lineage(&turned).expect("chains"));
        for (new, _) in &pairs {
            let new = number(*new);
            prop_assert_eq!(a.first(&new), b.first(&new));
        }
    }
}

/// The chain 1 ← 2 ← …, in an order that is not sorted.
fn long_chain(length: u64) -> Vec<Pair> {
    // 7,919 is prime and shares no factor with the length.
    (0..length).map(|i| i * 7_919 % length + 1).map(|previous| (previous + 1, previous)).collect()
}

#[test]
fn a_chain_of_100_000_leads_to_its_first_number() {
    const LENGTH: u64 = 100_000;
    let resolved = lineage(&long_chain(LENGTH)).expect("one chain");
    assert_eq!(resolved.len() as u64, LENGTH);
    let first = number(1);
    for at in 1..=LENGTH + 1 {
        assert_eq!(resolved.first(&number(at)), &first);
    }
    let outside = number(LENGTH + 2);
    assert_eq!(resolved.first(&outside), &outside);
}

#[test]
fn a_long_chain_with_one_fault_is_refused() {
    const LENGTH: u64 = 100_000;
    let faulty = |pair: Pair| {
        let mut pairs = long_chain(LENGTH);
        pairs.push(pair);
        lineage(&pairs).expect_err("a fault")
    };
    let pair = LENGTH as usize;
    assert_eq!(faulty((1, LENGTH + 1)), LineageError::Cycle);
    assert_eq!(faulty((77, LENGTH + 5)), LineageError::DuplicateNew { pair });
    assert_eq!(faulty((LENGTH + 5, 77)), LineageError::DuplicatePrevious { pair });
    assert_eq!(faulty((LENGTH + 5, LENGTH + 5)), LineageError::SelfPair { pair });
    let mut good = long_chain(LENGTH);
    good.push((LENGTH + 5, LENGTH + 6));
    assert!(lineage(&good).is_ok());
}

#[test]
fn a_person_keeps_the_symbols_of_the_first_number() {
    let resolved = lineage(&[(3, 2), (2, 1)]).expect("one chain");
    let scope = "agency/nta/1".parse().expect("a scope");
    let key = fugo::RootKey::from_bytes(&[7; 32]).scope_key(&scope);
    let key = fugo::SymbolKey::<fugo::Agency>::new(&key).expect("an agency key");
    let symbol = |number: &MyNumber| key.symbol(resolved.first(number));
    assert_eq!(symbol(&number(3)), key.symbol(&number(1)));
    assert_ne!(key.symbol(&number(3)), key.symbol(&number(1)));
}
