//! Turns counts into findings.

use std::time::Duration;

use super::{
    columns::{ALL_SETS, Pair},
    file::{Delivery, Whose},
    findings::{Finding, Kind, Weight},
    sample::agreement_of_order,
    survey::{KEYS, Survey},
    tally::{CLOSE, Matches, Tally},
};
use crate::{
    counts::{SMALL, thousands},
    redaction::shown,
};

/// Above this z, two orders agree by more than chance. A standard normal z is larger for two in 10^9 pairs of files.
const AGREES: f64 = 6.0;

/// Everything that is known about two files.
pub(super) struct Evidence<'a> {
    pub(super) files: [&'a Delivery; 2],
    pub(super) surveys: [&'a Survey; 2],
    pub(super) pairs: &'a [Pair],
    pub(super) sets: &'a [Vec<usize>],
    pub(super) tally: &'a Tally,
}

impl Evidence<'_> {
    /// All findings; those that link come first.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        for side in [0, 1] {
            self.few_rows(side, &mut found);
            self.beside(side, &mut found);
        }
        if self.one_scope() {
            self.delta(&mut found);
        } else {
            self.equal_symbols(&mut found);
            self.order(&mut found);
            self.columns(&mut found);
            self.several_rows(&mut found);
            self.row_counts(&mut found);
            self.metadata(&mut found);
        }
        found.sort_by_key(|finding| (finding.weight != Weight::Links, finding.kind));
        found
    }

    fn name(&self, side: usize) -> String {
        shown(self.files[side].path.display())
    }

    /// The purpose and tag of a file, if all of its symbols are of one key and their text or metadata names it.
    fn whose(&self, side: usize) -> Option<Whose> {
        let whose = &self.surveys[side].whose;
        whose.first().copied().filter(|_| whose.len() == 1)
    }

    /// Whether both files are of one scope and epoch: by their tags, or otherwise because most symbols are in both.
    fn one_scope(&self) -> bool {
        if let [Some(a), Some(b)] = [self.whose(0), self.whose(1)] {
            return a == b;
        }
        let fewer = self.surveys[0].rows.min(self.surveys[1].rows);
        2 * self.tally.symbols_in_both > fewer
    }

    fn few_rows(&self, side: usize, found: &mut Vec<Finding>) {
        let people = self.tally.symbols_in_both + self.tally.symbols_only[side];
        if people < SMALL {
            found.push(Finding::links(
                Kind::FewRows,
                format_args!(
                    "{} has {} people: so few can easily be matched with another file of the same day",
                    self.name(side),
                    thousands(people)
                ),
                format_args!("deliver at least {} people, or accept it with --allow few-rows", thousands(SMALL)),
            ));
        }
    }

    /// Numbers and other symbols in the rows, and symbols of several scopes in one column.
    fn beside(&self, side: usize, found: &mut Vec<Finding>) {
        let (file, survey) = (self.files[side], self.surveys[side]);
        if survey.whose.len() > 1 {
            found.push(Finding::links(
                Kind::MixedScopes,
                format_args!(
                    "{} has symbols of {}{} keys in one column",
                    self.name(side),
                    thousands(survey.whose.len() as u64),
                    if survey.whose.len() < KEYS { "" } else { " or more" }
                ),
                "write one file for each scope and epoch",
            ));
        }
        for (place, column) in survey.columns.iter().enumerate() {
            let name = shown(&file.names[place]);
            if column.numbers() > 0 {
                found.push(Finding::links(
                    Kind::Numbers,
                    format_args!(
                        "{}: the column `{name}` holds {} MyNumbers",
                        self.name(side),
                        thousands(column.numbers())
                    ),
                    "leave the column out: a number in the same row shows whose the symbol is",
                ));
            }
            if let Some((valid, codes)) = column.valid_by_chance() {
                found.push(Finding::note(
                    Kind::Numbers,
                    format_args!(
                        "{}: of {} codes of twelve digits in the column `{name}`, {} are valid MyNumbers; by chance \
                         one in ten is",
                        self.name(side),
                        thousands(codes),
                        thousands(valid)
                    ),
                    "make sure that they are other codes, or leave the column out",
                ));
            }
            if column.symbols() > 0 || file.symbol_typed.contains(&place) {
                let cells = match column.symbols() {
                    0 => "by their type, the cells".to_owned(),
                    count => format!("{} cells", thousands(count)),
                };
                found.push(Finding::links(
                    Kind::SymbolsBeside,
                    format_args!(
                        "{}: {cells} of the column `{name}` are symbols, or look like symbols",
                        self.name(side)
                    ),
                    "leave the column out: symbols of two scopes in one row link the scopes",
                ));
            }
        }
        let unique = self.tally.unique[side];
        if unique > 0 && !survey.columns.is_empty() {
            found.push(Finding::note(
                Kind::UniqueRows,
                format_args!(
                    "{}: {} of {} rows have kept values that no other row has",
                    self.name(side),
                    thousands(unique),
                    thousands(survey.rows)
                ),
                "whoever knows these values of a person finds the symbol; keep fewer or coarser columns",
            ));
        }
    }

    /// Two files of one scope.
    fn delta(&self, found: &mut Vec<Finding>) {
        let [gone, new] = self.tally.symbols_only;
        let in_both = self.tally.symbols_in_both;
        found.push(Finding::links(
            Kind::OneScope,
            format_args!(
                "both files hold symbols of one key and can be joined: {} people are in both",
                thousands(in_both)
            ),
            "if they are two deliveries to one organisation, --allow one-scope; two organisations must not get \
             symbols of one scope (an \
             eligibility symbol is meant to be shared, and links all who hold it)",
        ));
        let is_small = |people: u64| (1..SMALL).contains(&people);
        if is_small(gone) || is_small(new) {
            found.push(Finding::links(
                Kind::SmallDelta,
                format_args!(
                    "{} people are only in {}, {} only in {}: a person who changes here and, on the same day, in \
                     another scope's file is one of few",
                    thousands(gone),
                    self.name(0),
                    thousands(new),
                    self.name(1)
                ),
                format_args!(
                    "deliver when at least {} people have changed, or accept it with --allow small-delta",
                    thousands(SMALL)
                ),
            ));
        }
        let changed = self.tally.rows_only.saturating_sub(gone);
        if is_small(changed) {
            found.push(Finding::links(
                Kind::SmallDelta,
                format_args!(
                    "{} people are in both files and have different values in their kept columns",
                    thousands(changed)
                ),
                "a change on one day, such as a marriage, shows in every scope's file; deliver less often, or \
                 accept it with --allow small-delta",
            ));
        }
    }

    fn equal_symbols(&self, found: &mut Vec<Finding>) {
        if self.tally.symbols_in_both > 0 {
            found.push(Finding::links(
                Kind::EqualSymbols,
                format_args!("{} symbols are in both files", thousands(self.tally.symbols_in_both)),
                "the scopes share a key, or one file holds the other's symbols: convert again with a key for each \
                 scope",
            ));
        }
    }

    fn order(&self, found: &mut Vec<Finding>) {
        let descents = self.surveys.map(|survey| survey.descents);
        let unsorted: Vec<usize> = (0..2).filter(|side| descents[*side] > 0).collect();
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
        for (i, pair) in self.pairs.iter().enumerate() {
            let samples = [0, 1].map(|side| &self.surveys[side].columns[pair.places[side]].sample);
            agreements.extend(agreement_of_order(samples, rows).map(|z| (z, self.set_name(&[i]))));
        }
        if let Some([a, b]) = self.tally.order.as_ref().filter(|_| self.pairs.len() > 1) {
            let samples = [a, b];
            agreements.extend(agreement_of_order(samples, rows).map(|z| (z, self.set_name(&self.sets[0]))));
        }
        let strongest = agreements.into_iter().max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
        if let Some((z, columns)) = strongest.filter(|(z, _)| z.abs() > AGREES) {
            found.push(Finding::links(
                Kind::Order,
                format_args!(
                    "rows with the same {columns} are at similar positions in both files: z = {z:.1}, and by chance \
                     z stays below {AGREES}"
                ),
                remedy,
            ));
        }
    }

    fn columns(&self, found: &mut Vec<Finding>) {
        let matches = &self.tally.matches;
        let Some((worst, most)) = matches.iter().enumerate().max_by_key(|(i, m)| (m.alone, std::cmp::Reverse(*i)))
        else {
            return;
        };
        let harmless = |m: &Matches| m.alone == 0;
        let largest = self.sets.iter().zip(matches).filter(|(_, m)| harmless(m)).max_by_key(|(set, _)| set.len());
        let advice = match largest {
            Some((set, _)) => {
                format!("keep fewer or coarser columns: with {} alone nobody matches", self.set_name(set))
            }
            None => "keep fewer or coarser columns: each of these columns matches people by itself".to_owned(),
        };
        if most.alone > 0 {
            found.push(Finding::links(
                Kind::Columns,
                format_args!(
                    "{} people in each file are the only ones with their values of {}: they match one to one",
                    thousands(most.alone),
                    self.set_name(&self.sets[worst])
                ),
                advice,
            ));
        } else if let Some((at, close)) = matches.iter().map(|m| m.close).enumerate().max_by_key(|(_, close)| *close)
            && close > 0
        {
            found.push(Finding::note(
                Kind::Columns,
                format_args!(
                    "{} people are in groups of fewer than {CLOSE} in each file that have the same {}: a guess is \
                     right at least one time in {}",
                    thousands(close),
                    self.set_name(&self.sets[at]),
                    CLOSE - 1
                ),
                "keep coarser columns",
            ));
        }
        let pairs = self.pairs.len();
        if pairs > ALL_SETS {
            found.push(Finding::note(
                Kind::Columns,
                format_args!(
                    "the files share {pairs} columns, and {} combinations of them were compared, not all: others may \
                     match more people",
                    thousands(matches.len() as u64)
                ),
                "keep fewer columns, or audit the files with the columns that matter most",
            ));
        }
        if let Some(all) = matches.first().filter(|all| all.values > 1) {
            found.push(Finding::note(
                Kind::Columns,
                format_args!(
                    "the files share {}, with {} values in common: random matches within equal values get up to as \
                     many right, and without the columns 1 match is expected to be right",
                    self.set_name(&self.sets[0]),
                    thousands(all.values)
                ),
                "keep only what the recipient needs",
            ));
        }
    }

    fn several_rows(&self, found: &mut Vec<Finding>) {
        let people = [0, 1].map(|side| self.tally.several[side].values().sum::<u64>());
        let alone = |side: usize, rows: &u64| self.tally.several[side].get(rows) == Some(&1);
        let matched = self.tally.several[0].keys().filter(|rows| alone(0, rows) && alone(1, rows)).count() as u64;
        let what = format!(
            "{} people have several rows in {}, {} in {}; {} of them are the only ones in both with their number of \
             rows",
            thousands(people[0]),
            self.name(0),
            thousands(people[1]),
            self.name(1),
            thousands(matched)
        );
        let remedy = "deliver one row for each person: convert in symbol order, or with --unique";
        if people[0] > 0 && people[1] > 0 {
            found.push(Finding::links(Kind::SeveralRows, what, remedy));
        } else if people[0] + people[1] > 0 {
            found.push(Finding::note(Kind::SeveralRows, what, remedy));
        }
    }

    fn row_counts(&self, found: &mut Vec<Finding>) {
        let [a, b] = self.surveys.map(|survey| survey.rows);
        if a.abs_diff(b) < SMALL {
            found.push(Finding::note(
                Kind::RowCounts,
                format_args!(
                    "{} and {} rows: the files hold the same people, or nearly the same",
                    thousands(a),
                    thousands(b)
                ),
                "also audit each file with the organisation's last delivery: two small deltas of one day link people",
            ));
        }
    }

    fn metadata(&self, found: &mut Vec<Finding>) {
        const TOGETHER: Duration = Duration::from_secs(3600);
        if let [Some(a), Some(b)] = self.files.map(|file| file.modified) {
            let apart = a.duration_since(b).or_else(|_| b.duration_since(a)).unwrap_or_default();
            if apart < TOGETHER {
                found.push(Finding::note(
                    Kind::Metadata,
                    format_args!(
                        "the files were last written {} s apart, and the file system shows it",
                        apart.as_secs()
                    ),
                    "send them without their times, or set all deliveries to the same time (touch -d)",
                ));
            }
        }
        for side in [0, 1] {
            for (key, value) in &self.files[side].notes {
                let shared = self.files[1 - side].notes.get(key) == Some(value);
                if side == 1 && shared {
                    continue;
                }
                let told = if shared { "both files have the same value for" } else { "the file has a value for" };
                found.push(Finding::note(
                    Kind::Metadata,
                    format_args!("{}: in the metadata {told} `{}`", self.name(side), shown(key)),
                    "a batch or a run that both files name shows that they belong together; write the files without it",
                ));
            }
        }
    }

    /// The columns of a set, named as in the first file.
    fn set_name(&self, set: &[usize]) -> String {
        let name = |pair: &usize| {
            let [a, b] = self.pairs[*pair].places;
            let (a, b) = (shown(&self.files[0].names[a]), shown(&self.files[1].names[b]));
            if a == b { format!("`{a}`") } else { format!("`{a}` = `{b}`") }
        };
        set.iter().map(name).collect::<Vec<_>>().join(", ")
    }
}
