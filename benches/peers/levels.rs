//! The cost of a symbol at each level of the kernel.   cargo run --release --bin levels -- --bench
//!
//! The kernel is private, so this program includes its source. With `RUSTFLAGS='--cfg sha2_backend="soft"'`, the last
//! level is that of a processor without the SHA extensions and AVX2. The time is for 1,024 symbols; `run` makes a table
//! of it.
#![forbid(unsafe_code)]

extern crate alloc;

#[path = "../../src"]
mod source {
    #[allow(dead_code)]
    pub(crate) mod lanes;
}
#[path = "../../src/stack.rs"]
mod stack;
mod key {
    pub(crate) const KEY_LEN: usize = 32;
}
/// A message of the kernel, as `src/message.rs` has it.
mod message {
    pub(crate) struct Fixed<const LEN: usize>([u8; LEN]);

    impl<const LEN: usize> Fixed<LEN> {
        pub(crate) fn published(bytes: [u8; LEN]) -> Self {
            Self(bytes)
        }

        pub(crate) fn bytes(&self) -> &[u8; LEN] {
            &self.0
        }
    }
}

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, criterion_group, criterion_main};
use message::Fixed;
use source::lanes::{KEYS, Level, PreparedKey, derive};

const COUNT: usize = 1_024;

fn levels(criterion: &mut Criterion) {
    let keys: [PreparedKey; KEYS] = std::array::from_fn(|k| PreparedKey::new(&[k as u8; 32]));
    let keys: [&PreparedKey; KEYS] = keys.each_ref();
    let messages: Vec<[u8; 12]> =
        (0..COUNT).map(|i| format!("{:012}", i * 98_765_432).into_bytes().try_into().expect("twelve digits")).collect();
    let mut out = vec![vec![[0; 16]; COUNT]; KEYS];
    let all = [Level::Avx512, Level::ShaNi, Level::Avx2, Level::Plain];
    for first in all.into_iter().filter(|level| level.is_available()) {
        // What the level leaves is the plain level's.
        let levels: &[Level] = &[first, Level::Plain];
        criterion.bench_function(&format!("{:?}, one key", first), |bencher| {
            let message = |i: usize| Fixed::published(black_box(&messages)[i]);
            bencher.iter(|| derive::<1, 12>(levels, &keys[..1], COUNT, message, |k, i, symbol| out[k][i] = symbol));
        });
        criterion.bench_function(&format!("{:?}, eight keys", first), |bencher| {
            let message = |i: usize| Fixed::published(black_box(&messages)[i]);
            bencher.iter(|| derive::<KEYS, 12>(levels, &keys, COUNT / 8, message, |k, i, symbol| out[k][i] = symbol));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .without_plots();
    targets = levels
}
criterion_main!(benches);
