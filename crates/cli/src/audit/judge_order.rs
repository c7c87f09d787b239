//! Judges whether the orders of two files, or columns that run with the order of entry, match their rows.

use super::{
    findings::{Finding, Kind},
    judgement::Evidence,
    records::RANKS,
    sample::agreement_of_order,
    search::Set,
};
use crate::{counts::thousands, redaction::shown};

/// Above this z, two orders agree by more than chance. A standard normal z is larger for two in 10^9 pairs of files.
const AGREES: f64 = 6.0;

fn strongest(agreements: Vec<(f64, String)>) -> Option<(f64, String)> {
    agreements.into_iter().max_by(|a, b| a.0.abs().total_cmp(&b.0.abs())).filter(|(z, _)| z.abs() > AGREES)
}

impl Evidence<'_> {
    pub(super) fn order(&self, found: &mut Vec<Finding>) {
        let unsorted: Vec<usize> = (0..2).filter(|side| !self.surveys[*side].is_in_symbol_order()).collect();
        let remedy = "convert without --order input, so that the rows are in symbol order";
        match unsorted[..] {
            [] => {}
            [side] => found.push(Finding::links(
                Kind::Order,
                format_args!(
                    "{} is not in symbol order: it links to every file in the same order, and the other file may be \
                     in this order",
                    self.name(side)
                ),
                remedy,
            )),
            _ => found.push(Finding::links(
                Kind::Order,
                "neither file is in symbol order: if both keep the order of one input, their rows match one by one",
                remedy,
            )),
        }
        let rows = self.surveys.map(|survey| survey.rows);
        let mut agreements: Vec<(f64, String)> = Vec::new();
        for set in &self.search.columns {
            let pair = &self.pairs[set.pairs[0]];
            let [a, b] = [0, 1].map(|side| self.surveys[side].columns[pair.places[side]].sample(pair.views[side]));
            if let (Some(a), Some(b)) = (a, b) {
                agreements.extend(agreement_of_order([a, b], rows).map(|z| (z, self.set_name(&set.pairs))));
            }
        }
        let places = self.places;
        if let [Some([a, ..]), Some([b, ..])] = places.map(|places| places.first().map(|samples| &samples[..])) {
            let name = "values of all common columns".to_owned();
            agreements.extend(agreement_of_order([a, b], rows).map(|z| (z, name)));
        }
        if let Some((z, columns)) = strongest(agreements) {
            found.push(Finding::links(
                Kind::Order,
                format_args!(
                    "rows with the same {columns} are at similar positions in both files: z = {z:.1}, and by chance \
                     z stays below {AGREES}"
                ),
                remedy,
            ));
        }
        self.serials(found);
    }

    /// Columns that run with the order of entry.
    fn serials(&self, found: &mut Vec<Finding>) {
        let remedy =
            "leave the column out of both files, or replace it by a code that does not follow the order of entry";
        for (i, a) in self.serials[0].iter().enumerate() {
            for (k, b) in self.serials[1].iter().enumerate() {
                // Serials with the same values are the finding `columns`.
                let is_pair = |set: &Set| self.pairs[set.pairs[0]].places == [*a, *b];
                if self.search.columns.iter().any(|set| is_pair(set) && set.guesses.links()) {
                    continue;
                }
                let columns = [(0, *a), (1, *b)].map(|(side, place)| (side, &self.surveys[side].columns[place]));
                let dense = columns.iter().all(|(_, column)| column.numbers.are_dense(column.filled));
                let names = format!("`{}` and `{}`", shown(&self.files[0].names[*a]), shown(&self.files[1].names[*b]));
                let agreements = self.places[0].iter().zip(self.places[1]).skip(1).filter_map(|(x, y)| {
                    agreement_of_order([&x[i + 1], &y[k + 1]], [RANKS, RANKS]).map(|z| (z, String::new()))
                });
                if let Some((z, _)) = strongest(agreements.collect()) {
                    found.push(Finding::links(
                        Kind::Order,
                        format_args!(
                            "rows with equal values have similar ranks in the columns {names}: z = {z:.1}, and by \
                             chance z stays below {AGREES}; both run with the order of entry"
                        ),
                        remedy,
                    ));
                } else if dense {
                    found.push(Finding::links(
                        Kind::Order,
                        format_args!(
                            "the columns {names} number the rows with hardly a gap: if both were given in the order of \
                             entry, all {} rows match one by one",
                            thousands(columns[0].1.filled.min(columns[1].1.filled))
                        ),
                        remedy,
                    ));
                }
            }
        }
    }
}
