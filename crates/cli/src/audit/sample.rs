//! A sample of the values of a column in bounded memory. Every file samples the same values.

use crate::by_hash::ByHash;

/// About how many bytes a value takes.
const VALUE: usize = 64;

/// All values whose hash is at most a bound. The bound is lowered when there are too many values.
pub(super) struct Sample {
    /// How many values are kept at most.
    most: usize,
    bound: u64,
    values: ByHash<Places>,
}

/// How often a value is in a file, and the sum of the rows' indices, which start at 0.
#[derive(Clone, Copy, Default)]
pub(super) struct Places {
    pub(super) count: u64,
    sum: u128,
}

impl Sample {
    /// The fewest bytes of a sample, which keeps 256 values then.
    pub(super) const LEAST: usize = VALUE << 8;

    /// A sample that fits in this many bytes, at least [`Self::LEAST`]. It keeps at most 65,536 values.
    pub(super) fn within(memory: usize) -> Self {
        Self { most: (memory.max(Self::LEAST) / VALUE).min(1 << 16), bound: u64::MAX, values: ByHash::default() }
    }

    /// Whether it holds all values of the column.
    pub(super) fn is_complete(&self) -> bool {
        self.bound == u64::MAX
    }

    /// Whether the sample takes this value.
    pub(super) fn takes(&self, hash: u64) -> bool {
        hash <= self.bound
    }

    pub(super) fn add(&mut self, hash: u64, place: u64) {
        self.add_several(hash, 1, place.into());
    }

    /// Adds a value of several rows, with the sum of their indices.
    pub(super) fn add_several(&mut self, hash: u64, count: u64, sum: u128) {
        if hash > self.bound {
            return;
        }
        let places = self.values.entry(hash).or_default();
        places.count += count;
        places.sum += sum;
        while self.values.len() > self.most {
            self.bound /= 2;
            self.values.retain(|hash, _| *hash <= self.bound);
        }
    }

    /// About how many different values the column has.
    pub(super) fn distinct(&self) -> f64 {
        self.values.len() as f64 * (u64::MAX as f64 / self.bound as f64)
    }

    /// The values that both samples would hold, with their positions in each file.
    pub(super) fn common<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (Places, Places)> + 'a {
        let bound = self.bound.min(other.bound);
        let below = self.values.iter().filter(move |(hash, _)| **hash <= bound);
        below.filter_map(|(hash, places)| Some((*places, *other.values.get(hash)?)))
    }

    /// The values that either sample would hold, as how often each file has them; and the share of all values that the
    /// samples hold.
    pub(super) fn groups(&self, other: &Self) -> (impl Iterator<Item = [u64; 2]>, f64) {
        let bound = self.bound.min(other.bound);
        let of = |sample: &Self, hash: &u64| sample.values.get(hash).map_or(0, |places| places.count);
        let own =
            self.values.keys().filter(move |hash| **hash <= bound).map(move |hash| [of(self, hash), of(other, hash)]);
        let others = other.values.iter().filter(move |(hash, _)| **hash <= bound && !self.values.contains_key(*hash));
        (own.chain(others.map(|(_, places)| [0, places.count])), bound as f64 / u64::MAX as f64)
    }

    /// The share of the values that both columns have, among the different values of the column that has fewer; 0 if
    /// a column has none.
    pub(super) fn overlap(&self, other: &Self) -> f64 {
        let bound = self.bound.min(other.bound);
        let below = |sample: &Self| sample.values.keys().filter(|hash| **hash <= bound).count();
        let fewer = below(self).min(below(other));
        if fewer == 0 { 0.0 } else { self.common(other).count() as f64 / fewer as f64 }
    }
}

/// Whether rows with the same values are at similar positions in two files with these numbers of rows:
///
/// `z = Σ t t' / √g` over g values, where `t = √(12 n) (mean position / rows − 1/2)` for a value with n rows.
///
/// If the two orders are independent, each t has mean 0 and variance 1, and z is about standard normal. `None` if
/// there are fewer than [`LEAST_VALUES`] values.
pub(super) fn agreement_of_order(samples: [&Sample; 2], rows: [u64; 2]) -> Option<f64> {
    let standard = |places: Places, rows: u64| {
        let mean = places.sum as f64 / places.count as f64;
        ((mean + 0.5) / rows as f64 - 0.5) * (12.0 * places.count as f64).sqrt()
    };
    let (mut values, mut sum) = (0_u64, 0.0);
    for (a, b) in samples[0].common(samples[1]) {
        values += 1;
        sum += standard(a, rows[0]) * standard(b, rows[1]);
    }
    (values >= LEAST_VALUES).then(|| sum / (values as f64).sqrt())
}

/// With fewer values z is far from normal.
pub(super) const LEAST_VALUES: u64 = 30;

#[cfg(test)]
mod tests {
    use super::{super::values::joined, *};

    fn sample(values: impl Iterator<Item = u64>) -> Sample {
        let mut sample = Sample::within(1 << 30);
        values.enumerate().for_each(|(place, value)| sample.add(joined([value]), place as u64));
        sample
    }

    #[test]
    fn the_number_of_values_and_what_two_columns_share_are_estimated_within_a_few_percent() {
        let (few, many) = (sample((0..300_000).map(|i| i % 100)), sample(0..300_000));
        assert!((few.distinct() - 100.0).abs() < 1e-6);
        assert!((many.distinct() / 300_000.0 - 1.0).abs() < 0.03, "{}", many.distinct());
        let half = sample(250_000..280_000);
        assert!((half.overlap(&many) - 1.0).abs() < 1e-9);
        let other = sample(290_000..310_000);
        assert!((other.overlap(&many) - 0.5).abs() < 0.05, "{}", other.overlap(&many));
        assert!(sample(1_000_000..1_100_000).overlap(&many) < 1e-9);
    }

    #[test]
    fn rows_in_one_order_agree_and_rows_in_unrelated_orders_do_not() {
        let scattered = |seed: u64| move |i: u64| joined([seed, i]);
        let ordered = |seed: u64, rows: u64| {
            let mut values: Vec<u64> = (0..rows).collect();
            values.sort_by_key(|i| scattered(seed)(*i));
            values
        };
        let z = |a: &[u64], b: &[u64], groups: u64| {
            let [a, b] = [a, b].map(|rows| sample(rows.iter().map(|i| i % groups)));
            agreement_of_order([&a, &b], [100_000, 100_000]).expect("enough values")
        };
        let (first, second) = (ordered(1, 100_000), ordered(2, 100_000));
        for groups in [47, 1_000, 100_000] {
            assert!(
                z(&first, &first, groups) > 6.0,
                "{groups} values in the same order: {}",
                z(&first, &first, groups)
            );
        }
        // A hundred pairs of unrelated orders. None may raise an alarm, and z must vary about as a standard normal
        // does.
        let unrelated: Vec<f64> = (0..100).map(|seed| z(&ordered(2 * seed + 3, 100_000)[..], &second, 1_000)).collect();
        let variance = unrelated.iter().map(|z| z * z).sum::<f64>() / 100.0;
        assert!(unrelated.iter().all(|z| z.abs() < 6.0));
        assert!((0.5..2.0).contains(&variance), "{variance}");
        assert!(agreement_of_order([&sample(0..29), &sample(0..29)], [29, 29]).is_none());
    }
}
