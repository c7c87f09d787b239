//! Judges how many people the columns match, and what the smallest change is that ends it.

use super::{
    findings::{Finding, Kind},
    groups::CLOSE,
    judgement::Evidence,
};
use crate::counts::thousands;

impl Evidence<'_> {
    pub(super) fn columns(&self, found: &mut Vec<Finding>) {
        let search = self.search;
        if let Some(worst) = &search.worst {
            let guesses = &worst.guesses;
            let set = self.set_name(&worst.pairs);
            let alone = if guesses.alone() > 0 {
                format!(
                    "{} people in each file are the only ones with their values of {set}: they match one to one; ",
                    thousands(guesses.alone())
                )
            } else {
                String::new()
            };
            let sizes = (2..=CLOSE).filter(|size| guesses.by_size[*size as usize] > 0).map(|size| {
                format!(
                    "{} people are in groups of {size}, where one guess in {size} is right; ",
                    thousands(guesses.by_size[size as usize])
                )
            });
            let sizes: String = sizes.collect();
            let of = if alone.is_empty() { format!(" by {set}") } else { String::new() };
            found.push(
                Finding::links(
                    Kind::Columns,
                    format_args!(
                        "{alone}{sizes}{} right guesses are expected{of}, not counting matches by chance",
                        thousands(guesses.expected())
                    ),
                    self.change(),
                )
                .with_count(guesses.expected()),
            );
        }
        if let Some(all) = search.all.as_ref().filter(|all| all.guesses.values > 1) {
            let guesses = &all.guesses;
            found.push(Finding::note(
                Kind::Columns,
                format_args!(
                    "the files share {}, with {} values in common: random matches within equal values get up to {} \
                     right, and without the columns 1 match is expected to be right",
                    self.set_name(&all.pairs),
                    thousands(guesses.values),
                    thousands(guesses.at_random.round() as u64)
                ),
                "keep only what the recipient needs",
            ));
            let close: u64 = guesses.by_size.iter().sum();
            if search.worst.is_none() && close > 0 {
                found.push(Finding::note(
                    Kind::Columns,
                    format_args!(
                        "{} people are in groups of up to {CLOSE} that have the same {}",
                        thousands(close),
                        self.set_name(&all.pairs)
                    ),
                    "keep coarser columns",
                ));
            }
        }
        if !search.is_complete {
            found.push(Finding::note(
                Kind::Columns,
                format_args!(
                    "the files share {} columns that do not link alone; {} sets of columns were counted, grown by the \
                     columns that add most",
                    search.columns.len(),
                    thousands(search.counted)
                ),
                "keep fewer columns, or audit the files with the columns that matter most",
            ));
        }
    }

    /// The smallest change that ends the finding `columns`.
    fn change(&self) -> String {
        let search = self.search;
        let out = search.smallest_change();
        let names: Vec<String> = out.iter().map(|pair| self.set_name(&[*pair])).collect();
        let rest: Vec<usize> = match &search.harmless {
            Some(harmless) => harmless.pairs.clone(),
            None if search.is_complete => {
                search.columns.iter().map(|set| set.pairs[0]).filter(|pair| !out.contains(pair)).collect()
            }
            None => Vec::new(),
        };
        let leave = format!("leave {} out of one of the files, or make it coarser", names.join(" and "));
        if search.is_complete && rest.is_empty() {
            leave
        } else if search.is_complete {
            format!("{leave}: with {} alone no match beyond chance was found", self.set_name(&rest))
        } else if rest.is_empty() {
            format!("{leave}, and audit the files again: not every set of the other columns was counted")
        } else {
            format!(
                "{leave}: with {} alone no match beyond chance was found, in the sets of them that were counted",
                self.set_name(&rest)
            )
        }
    }
}
