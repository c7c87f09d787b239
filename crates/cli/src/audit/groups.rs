//! How many people of each file have each value, and how many right guesses that allows.
//!
//! Whoever holds both files matches the people that have equal values, at random where several have the same value. If
//! `a` people of one file and `b` of the other have a value, and the same people are in both files, the expected number
//! of right guesses is `min(a, b) / max(a, b)`: one for a person who is alone in both files, and one for a group of two
//! in each, where each guess is right one time in two.
//!
//! Equal values need not be the same people. If two files hold unrelated people or unrelated values, the `t = a + b`
//! people of a value are in either file by chance. Then `Σ a b ≤ √(Σ a(a−1) · Σ b(b−1))` over the values with the same
//! `t`, in expectation (Cauchy and Schwarz), whatever the distribution of the values is. If the people are the same,
//! each of them adds 1 to `Σ a b`. So the difference of both sides is the number of people whose equal values chance
//! does not explain. The bound also holds for values with different `t` together. From [`TABLE`] on, hardly two values
//! have the same `t`, and one value alone shows nothing: `a b − √(a(a−1) b(b−1))` is about `t / 2` whatever `a` and `b`
//! are. So such values are taken together up to twice the size.

use std::collections::HashMap;

/// Groups up to this size allow guesses of which at least one in four is right.
pub(super) const CLOSE: u64 = 4;
/// Values with up to this many people in both files together are counted in a table.
const TABLE: usize = 16;
/// A difference of so many standard deviations is not chance, among the sets of columns that an audit of a few columns
/// counts: the probability of more is `UNLIKELY / FEW_SETS`.
const SURE: f64 = 5.0;
/// A class with fewer equal values than chance gives is chance up to so many standard deviations. Beyond that, the files
/// have different values, which says nothing about the other classes.
const BELOW: f64 = 2.0;
/// The probability below which people who are alone in both files are not chance, over all sets of columns that are
/// counted, although chance explains the groups as a whole.
const UNLIKELY: f64 = 1e-4;
const FEW_SETS: f64 = 350.0;
/// So many right guesses, beyond people who are alone, link two files.
const GUESSES: f64 = 10.0;
/// So many people who are alone in both files link them, if most values are not common.
const RARE: f64 = 4.0;

/// How many values have `a` people in the first file and `b` in the second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Groups {
    table: [[u64; TABLE]; TABLE],
    large: HashMap<(u64, u64), u64>,
}

impl Groups {
    pub(super) fn add(&mut self, [a, b]: [u64; 2]) {
        self.add_many([a, b], 1);
    }

    fn add_many(&mut self, [a, b]: [u64; 2], values: u64) {
        match self.table.get_mut(a as usize).and_then(|row| row.get_mut(b as usize)) {
            Some(count) => *count += values,
            None => *self.large.entry((a, b)).or_default() += values,
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        other.each().for_each(|([a, b], values)| self.add_many([a, b], values));
    }

    /// The sizes of the groups, and how many values have them.
    pub(super) fn each(&self) -> impl Iterator<Item = ([u64; 2], u64)> + '_ {
        let row = |(a, row): (usize, &'_ [u64; TABLE])| {
            let row = *row;
            (0..TABLE).map(move |b| ([a as u64, b as u64], row[b]))
        };
        let table = self.table.iter().enumerate().flat_map(row).filter(|(_, values)| *values > 0);
        table.chain(self.large.iter().map(|((a, b), values)| ([*a, *b], *values)))
    }

    /// How many values exactly one row or person of a file has.
    pub(super) fn unique(&self, side: usize) -> u64 {
        self.each().filter(|(sizes, _)| sizes[side] == 1).map(|(_, values)| values).sum()
    }

    /// What the groups allow. `by_chance` is how many values chance makes common, if the columns show that.
    pub(super) fn guesses(&self, by_chance: f64) -> Guesses {
        let mut found = Guesses::default();
        let mut classes: HashMap<u64, Class> = HashMap::new();
        for ([a, b], values) in self.each() {
            let (fewer, more) = (a.min(b), a.max(b));
            found.people[0] += a * values;
            found.people[1] += b * values;
            classes.entry(class_of(a + b)).or_default().add([a, b], values);
            if a + b >= TABLE as u64 {
                // One person more or less in either file shows nothing.
                found.unevenness += values as f64 * (a.abs_diff(b).max(1) as f64).powi(2) / (a + b) as f64;
                found.large += values as f64;
            }
            if fewer == 0 {
                continue;
            }
            found.values += values;
            found.common += fewer * values;
            found.at_random += values as f64 * fewer as f64 / more as f64;
            if more <= CLOSE {
                found.by_size[more as usize] += fewer * values;
            }
        }
        let mut classes: Vec<(u64, Class)> = classes.into_iter().collect();
        classes.sort_unstable_by_key(|(size, _)| *size);
        for ((size, class), chance) in classes.iter().zip(chances(&classes)) {
            let (size, least) = (*size, if *size == 2 { by_chance } else { 0.0 });
            let (same, noise) = (class.products - chance.equal.max(least), class.noise(size, chance.few));
            found.same += same;
            found.same_noise += noise;
            // By chance a class has too few equal values as often as too many, and both count.
            let linked = (same.max(-BELOW * noise.sqrt()) / class.common.max(1.0)).clamp(-1.0, 1.0);
            found.matched += linked * class.at_random;
            if size <= 2 * CLOSE {
                found.right += linked * class.right;
                found.close_same += same;
                found.close_noise += noise;
            }
            if size == 2 {
                found.alone_right = same;
                let pairs = class.common + class.apart;
                let share = (class.own[0] / 2.0 + class.common / 2.0) / pairs.max(1.0);
                found.alone_tail = if by_chance > 0.0 { 0.0 } else { tail(class.common, pairs, share) };
                // An estimate from the density of codes is a few percent off.
                found.alone_noise = class.common - same + class.apart + (0.03 * by_chance).powi(2);
            }
        }
        found.matched = found.matched.max(0.0);
        found.right = found.right.max(0.0);
        found
    }
}

/// The class of the values with so many people in both files together: the least number of its class.
fn class_of(size: u64) -> u64 {
    if size < TABLE as u64 { size } else { 1 << size.ilog2() }
}

/// The values with one number of people in both files together, or with similar numbers.
#[derive(Default)]
struct Class {
    /// Σ a b, Σ a(a−1), Σ b(b−1).
    products: f64,
    own: [f64; 2],
    /// Σ min(a, b); Σ min(a, b) / max(a, b); and the same over the groups that are close.
    common: f64,
    at_random: f64,
    right: f64,
    /// Σ t(t−1); how many values there are, how many with a ≠ b, and how many that only one file has.
    spread: f64,
    values: f64,
    uneven: f64,
    apart: f64,
}

impl Class {
    fn add(&mut self, [a, b]: [u64; 2], values: u64) {
        let (values, x, y) = (values as f64, a as f64, b as f64);
        self.products += values * x * y;
        self.own[0] += values * x * (x - 1.0).max(0.0);
        self.own[1] += values * y * (y - 1.0).max(0.0);
        self.common += values * x.min(y);
        let right = values * x.min(y) / x.max(y).max(1.0);
        self.at_random += right;
        self.right += if a.max(b) <= CLOSE { right } else { 0.0 };
        self.spread += values * (x + y) * (x + y - 1.0).max(0.0);
        self.values += values;
        self.uneven += if a == b { 0.0 } else { values };
        self.apart += if a.min(b) == 0 { values } else { 0.0 };
    }

    /// The variance of the people with equal values beyond chance, if chance alone is at work. To first order,
    /// `Σ a b − √(Σ a(a−1) · Σ b(b−1))` is a sum over all pairs of people with one value, of mean 0 and variance 1 each,
    /// whatever share of the people is in a file. So the variance is the number of pairs, `Σ t(t−1) / 2`, and `few` more.
    /// Values with a = b are chance only as far as values with a ≠ b show that it is at work.
    fn noise(&self, size: u64, few: f64) -> f64 {
        let even =
            if size.is_multiple_of(2) { (2.0 / (std::f64::consts::PI * size as f64)).sqrt().min(0.5) } else { 0.0 };
        let by_chance = (self.uneven / (1.0 - even) / self.values.max(1.0)).min(1.0);
        by_chance * (self.spread / 2.0 + few)
    }
}

/// What chance gives in a class.
struct Chance {
    /// Σ a b.
    equal: f64,
    /// The part of the variance that comes from few pairs of people in one file.
    few: f64,
}

/// `√(Σ a(a−1) · Σ b(b−1))` for each class. If one file has few people, hardly two of them have one value, and the root of
/// so few pairs is too small as often as not. So classes are taken together until there are enough pairs, and each gets
/// its part. And with K pairs found, there may be more: the variance grows by `0.6 / (K + 1)` for each pair of the other
/// file. At five standard deviations this covers what a Poisson distribution gives: 15 pairs if none is found, 32 if nine.
fn chances(classes: &[(u64, Class)]) -> Vec<Chance> {
    const ENOUGH: f64 = 8.0;
    let mut all = Vec::with_capacity(classes.len());
    while all.len() < classes.len() {
        let (from, mut own) = (all.len(), [0.0_f64; 2]);
        let mut to = from;
        while to < classes.len() && (own[0] / 2.0).min(own[1] / 2.0) < ENOUGH {
            own = [0, 1].map(|file: usize| own[file] + classes[to].1.own[file]);
            to += 1;
        }
        let (more, fewer) = if own[0] >= own[1] { (0, 1) } else { (1, 0) };
        let ratio = (own[fewer] / own[more].max(1.0)).sqrt();
        let few = 0.6 / (own[fewer] / 2.0 + 1.0);
        let of = |(_, class): &(u64, Class)| Chance { equal: ratio * class.own[more], few: few * class.own[more] };
        all.extend(classes[from..to].iter().map(of));
    }
    all
}

/// The guesses that one set of columns allows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Guesses {
    /// How many people of each file have a value.
    pub(super) people: [u64; 2],
    /// How many values both files have, and for how many people of the file that has fewer of each.
    pub(super) values: u64,
    pub(super) common: u64,
    /// For each size of the larger group up to [`CLOSE`], how many people of the smaller group there are.
    pub(super) by_size: [u64; CLOSE as usize + 1],
    /// The right guesses among all people, if the same people are in both files.
    pub(super) at_random: f64,
    /// The right guesses among all people, beyond chance.
    pub(super) matched: f64,
    /// The right guesses in groups of up to [`CLOSE`], beyond chance.
    pub(super) right: f64,
    /// People with equal values beyond chance: in all groups, and in close ones, with the variances.
    same: f64,
    same_noise: f64,
    close_same: f64,
    close_noise: f64,
    /// People who are alone in both files, beyond chance, and the variance.
    alone_right: f64,
    alone_noise: f64,
    /// The probability that chance leaves as many people alone in both files.
    alone_tail: f64,
    /// χ² of the sizes of large groups in both files, and how many large groups there are.
    unevenness: f64,
    large: f64,
    /// The logarithm of the number of sets of columns among which this one was found.
    pub(super) tried: f64,
}

impl Guesses {
    /// How many people are alone with their value in both files.
    pub(super) fn alone(&self) -> u64 {
        self.by_size[1]
    }

    fn fewer(&self) -> u64 {
        self.people[0].min(self.people[1])
    }

    /// Whether most people of the file that has fewer have a value of the other file.
    fn is_same_thing(&self) -> bool {
        2 * self.common >= self.fewer()
    }

    /// Whether the files link by these columns.
    pub(super) fn links(&self) -> bool {
        let least = if self.is_same_thing() { 1.0 } else { RARE };
        let sure = |excess: f64, variance: f64| excess > self.sure() * variance.max(0.0).sqrt();
        // The few people who are alone by chance can be more in one file than in the other, and among many sets of columns
        // some have more such people than others. Then all groups must show that the people are the same.
        let is_likely = self.alone_tail.ln() + self.tried > UNLIKELY.ln();
        let is_explained =
            (self.alone_right < GUESSES || is_likely) && !sure(self.same, self.same_noise) && !self.are_too_even();
        (self.alone_right >= least && sure(self.alone_right, self.alone_noise) && !is_explained)
            || (self.right >= GUESSES && sure(self.close_same, self.close_noise))
    }

    /// Whether the sizes of large groups agree far better than chance lets them, because the people are the same. With `k`
    /// groups, P(χ² ≤ x) ≤ (x/2)^(k/2) / Γ(k/2 + 1), because the density without its factor e^(-t/2) is larger.
    fn are_too_even(&self) -> bool {
        let half = self.large / 2.0;
        // Stirling's formula.
        let gamma = half * half.ln() - half + 0.5 * (2.0 * std::f64::consts::PI * half).ln();
        let bound = half * (self.unevenness / 2.0).ln() - gamma;
        self.large > 0.0 && bound + self.tried < UNLIKELY.ln()
    }

    /// The standard deviations that chance does not exceed among so many sets: P(x > z) falls as e^(-z²/2).
    fn sure(&self) -> f64 {
        (SURE * SURE + 2.0 * (self.tried - FEW_SETS.ln()).max(0.0)).sqrt()
    }

    /// Whether chance explains the common values, so that the columns do not help to match people.
    pub(super) fn is_chance(&self) -> bool {
        self.same + SURE * self.same_noise.sqrt() < 0.5 * self.common as f64
    }

    /// Whether people have equal values beyond chance.
    pub(super) fn is_shown(&self) -> bool {
        self.links() || (self.same > 0.0 && self.same > self.sure() * self.same_noise.sqrt())
    }

    /// The people that count for `--allow`.
    pub(super) fn expected(&self) -> u64 {
        self.right.max(self.alone_right).round() as u64
    }
}

/// The probability that at least `alone` of `pairs` values that two people have are in one file each, if each person is in
/// the first file with the probability `share`.
fn tail(alone: f64, pairs: f64, share: f64) -> f64 {
    const EXACT: f64 = 4_096.0;
    let each = 2.0 * share * (1.0 - share);
    if alone <= pairs * each {
        return 1.0;
    }
    if pairs > EXACT {
        // Hoeffding's bound.
        return (-2.0 * pairs * (alone / pairs - each).powi(2)).exp();
    }
    // The logarithm of the probability of each count, from none on.
    let mut log = pairs * (1.0 - each).ln();
    let (mut sum, mut count) = (0.0, 0.0);
    loop {
        if count >= alone {
            sum += log.exp();
        }
        if count >= pairs {
            return sum;
        }
        log += ((pairs - count) / (count + 1.0)).ln() + (each / (1.0 - each)).ln();
        count += 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guesses(groups: &[([u64; 2], u64)]) -> Guesses {
        let mut all = Groups::default();
        groups.iter().for_each(|(sizes, values)| all.add_many(*sizes, *values));
        all.guesses(0.0)
    }

    #[test]
    fn right_guesses_are_those_of_hand_computed_groups() {
        // Three people alone: 3. Two groups of two: 2 · 2/2. A group of one and two: 1/2. A group of four: 1.
        let found = guesses(&[([1, 1], 3), ([2, 2], 2), ([4, 4], 1), ([1, 0], 5), ([0, 1], 7)]);
        assert!((found.right - 6.0).abs() < 1e-9, "{found:?}");
        assert_eq!((found.alone(), found.by_size), (3, [0, 3, 4, 0, 4]));
        assert_eq!((found.values, found.common, found.people), (6, 11, [16, 18]));
        assert!((guesses(&[([1, 2], 8)]).at_random - 4.0).abs() < 1e-9);
        // 10,000 groups of two are 10,000 right guesses; 5,000 groups of four are 5,000.
        assert_eq!(guesses(&[([2, 2], 10_000)]).expected(), 10_000);
        assert_eq!(guesses(&[([4, 4], 5_000)]).expected(), 5_000);
        // A group of ten is one right guess, and not a close one.
        let found = guesses(&[([10, 10], 400)]);
        assert_eq!((found.expected(), found.at_random as u64), (0, 400));
    }

    #[test]
    fn people_who_are_alone_and_many_small_groups_link_and_coarse_groups_do_not() {
        assert!(guesses(&[([1, 1], 1), ([1_000, 1_000], 3)]).links());
        assert!(guesses(&[([2, 2], 10_000)]).links());
        assert!(guesses(&[([4, 4], 5_000)]).links());
        assert!(!guesses(&[([4, 4], 3), ([40, 40], 90)]).links());
        assert!(!guesses(&[([2_000, 2_000], 2)]).links());
        assert!(!guesses(&[]).links());
        // Five people of 3,000, whose other values differ; and two, which chance may be.
        assert!(guesses(&[([1, 1], 5), ([1, 0], 2_995), ([0, 1], 2_995)]).links());
        assert!(!guesses(&[([1, 1], 2), ([1, 0], 2_998), ([0, 1], 2_998)]).links());
    }

    #[test]
    fn the_tail_is_that_of_a_binomial_distribution() {
        let close = |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
        close(tail(11.0, 12.0, 0.5), 13.0 / 4096.0);
        close(tail(20.0, 20.0, 0.5), 0.5_f64.powi(20));
        close(tail(2.0, 2.0, 0.25), 0.375 * 0.375);
        close(tail(1.0, 12.0, 0.5), 1.0);
        // The bound is above the tail, and not far.
        let (exact, bound) = (tail(2_300.0, 4_096.0, 0.5), tail(2_300.0, 4_097.0, 0.5));
        assert!(exact < bound && bound < 1e-10, "{exact} {bound}");
    }

    #[test]
    fn a_few_people_alone_by_chance_among_many_sets_of_columns_do_not_link_and_many_do() {
        // Ten columns of each file's own: 1,024 values, and about four people in each file have each.
        let chance = |alone, apart| {
            let others = (4..14).flat_map(|t| (0..=t).map(move |a| ([a, t - a], (14.0 * binomial(t, a)) as u64)));
            let all: Vec<_> = others.chain([([1, 1], alone), ([2, 0], apart)]).collect();
            guesses(&all)
        };
        let twelve = chance(11, 1);
        assert!(twelve.is_chance() && !twelve.links(), "{twelve:?}");
        assert!(chance(40, 1).links());
    }

    #[test]
    fn large_groups_of_different_sizes_do_not_show_that_people_are_the_same() {
        // A laboratory value: a person alone at its end, and groups in which chance gives 55 people here and 45 there.
        let groups: Vec<_> = (20..90).map(|half| ([half + half / 9, half - half / 9], 1)).collect();
        let mirrored = groups.iter().map(|([a, b], values)| ([*b + 1, *a], *values)).collect();
        let one = guesses(&[groups, mirrored, vec![([1, 1], 1)]].concat());
        assert!(!one.links() && !one.is_shown() && one.is_chance(), "{one:?}");
        // The same people in the same groups.
        let groups: Vec<_> = (20..90).map(|half| ([half, half], 1)).collect();
        let same = guesses(&[groups, vec![([1, 1], 1)]].concat());
        assert!(same.links() && same.is_shown());
    }

    #[test]
    fn guesses_that_chance_gives_are_not_claimed() {
        // Each file has its own people: some sizes have a few equal values too many, and others too few.
        let all = guesses(&[
            ([1, 1], 260),
            ([2, 0], 120),
            ([0, 2], 120),
            ([2, 1], 360),
            ([1, 2], 360),
            ([3, 0], 140),
            ([0, 3], 140),
            ([2, 2], 360),
            ([3, 1], 250),
            ([1, 3], 250),
            ([4, 0], 70),
            ([0, 4], 70),
        ]);
        assert!(all.right < 15.0 && !all.links(), "{all:?}");
    }

    #[test]
    fn the_best_of_very_many_sets_of_columns_must_differ_more_from_chance() {
        // The best of the sets of eleven columns out of a hundred yes-or-no columns, of two files of other people.
        let best = Guesses { right: 196.0, close_same: 342.0, close_noise: 3_560.0, ..Guesses::default() };
        assert!(best.links());
        let sets = 1.4e14_f64.ln();
        assert!(!Guesses { tried: sets, ..best }.links());
        assert!(Guesses { tried: sets, close_same: 800.0, ..best }.links());
    }

    fn binomial(n: u64, k: u64) -> f64 {
        (0..k).fold(6.0, |product, i| product * (n - i) as f64 / (i + 1) as f64) / 2_f64.powi(n as i32)
    }

    #[test]
    fn chance_is_subtracted_and_the_same_people_are_not() {
        // Two people with one of many days are in either file by chance: of 1,000 such days 500 have one in each.
        let unrelated = guesses(&[([1, 1], 500), ([2, 0], 250), ([0, 2], 250), ([1, 0], 3_000), ([0, 1], 3_000)]);
        assert!(!unrelated.links() && unrelated.is_chance(), "{unrelated:?}");
        // The same, with 300 people who are in both files.
        let some = guesses(&[([1, 1], 800), ([2, 0], 250), ([0, 2], 250), ([1, 0], 3_000), ([0, 1], 3_000)]);
        assert!(some.links() && !some.is_chance());
        assert_eq!(some.expected(), 300);
        // All people of the second file are in the first, which has nine times as many.
        let subset = guesses(&[([1, 1], 1_150), ([2, 0], 3_185), ([1, 0], 11_000)]);
        assert_eq!(subset.expected(), 1_150);
        // Names, of which each file has three or four people by chance. Three people are alone in both.
        let three = [([3, 3], 40), ([4, 2], 28), ([2, 4], 28), ([5, 1], 12), ([1, 5], 12), ([6, 0], 4), ([0, 6], 4)];
        let four = [([4, 4], 36), ([5, 3], 28), ([3, 5], 28), ([6, 2], 16), ([2, 6], 16), ([7, 1], 4), ([1, 7], 4)];
        assert!(!guesses(&[&three[..], &four, &[([1, 1], 3)]].concat()).links());
        assert!(guesses(&[([3, 3], 40), ([1, 1], 3)]).links());
        // What the columns show of chance is taken if it is more.
        let mut own_codes = Groups::default();
        [([1, 1], 177), ([1, 0], 3_823), ([0, 1], 3_823)].iter().for_each(|(sizes, n)| own_codes.add_many(*sizes, *n));
        assert!(own_codes.guesses(0.0).links() && !own_codes.guesses(177.8).links());
        assert!(own_codes.guesses(177.8).is_chance());
    }
}
