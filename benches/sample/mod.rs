//! Keys, numbers and settings that the benches share.
// Each bench uses only some of them.
#![allow(dead_code)]

use std::time::Duration;

use criterion::Criterion;
use fugo::{MyNumber, RootKey, ScopeKey};

/// The key of a scope. The root key is the same in every run.
pub(crate) fn key(scope: &str) -> ScopeKey {
    RootKey::from_bytes(&[7; 32]).scope_key(&scope.parse().expect("a scope"))
}

/// This many different numbers, the same in every run.
pub(crate) fn numbers(count: usize) -> Vec<MyNumber> {
    let number = |i: usize| {
        let body = format!("{:011}", i as u64 * 9_876_543 % 100_000_000_000);
        let check = MyNumber::check_digit(&body).expect("eleven digits");
        MyNumber::parse(format!("{body}{check}")).expect("a valid number")
    };
    (1..=count).map(number).collect()
}

/// Two seconds for each row.
pub(crate) fn settings() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .without_plots()
}
