//! From what was counted to what is found.

use std::time::Duration;

use super::{
    columns::Pair,
    file::{Delivery, Whose},
    findings::{Finding, Kind, Weight},
    sample::agreement_of_order,
    survey::Survey,
    tally::{CLOSE, Matches, Tally},
};
use crate::{
    counts::{SMALL, thousands},
    redaction::shown,
};

/// An order agrees beyond chance: for a standard normal z, twice in 10^9 pairs of files.
const AGREES: f64 = 6.0;

/// All that is known of two files.
pub(super) struct Evidence<'a> {
    pub(super) files: [&'a Delivery; 2],
    pub(super) surveys: [&'a Survey; 2],
    pub(super) pairs: &'a [Pair],
    pub(super) sets: &'a [Vec<usize>],
    pub(super) tally: &'a Tally,
}

impl Evidence<'_> {
    /// Everything found, what links first.
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
        self.files[side].path.display().to_string()
    }

    /// The purpose and tag of a file, if it has symbols of one key and says which.
    fn whose(&self, side: usize) -> Option<Whose> {
        let whose = &self.surveys[side].whose;
        whose.first().copied().filter(|_| whose.len() == 1)
    }

    /// Whether both files are of one scope and epoch: by their tags, or else because most symbols are in both.
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
                    "{} is of {} people: little is needed to say which of them is in another file of that day too",
                    self.name(side),
                    thousands(people)
                ),
                format_args!("deliver {} people or more, or --allow few-rows", thousands(SMALL)),
            ));
        }
    }

    /// Numbers and other symbols in the rows, and symbols of several scopes.
    fn beside(&self, side: usize, found: &mut Vec<Finding>) {
        let (file, survey) = (self.files[side], self.surveys[side]);
        if survey.whose.len() > 1 {
            found.push(Finding::links(
                Kind::MixedScopes,
                format_args!("{} has symbols of {} keys in one column", self.name(side), survey.whose.len()),
                "write one file for each scope and epoch",
            ));
        }
        for (place, column) in survey.columns.iter().enumerate() {
            let name = shown(&file.names[place]);
            if column.numbers() > 0 {
                found.push(Finding::links(
                    Kind::Numbers,
                    format_args!(
                        "{}: {} cells of `{name}` are MyNumbers",
                        self.name(side),
                        thousands(column.numbers())
                    ),
                    "leave the column out: a number beside a symbol undoes it",
                ));
            }
            if column.symbols() > 0 || file.symbol_typed.contains(&place) {
                let cells = match column.symbols() {
                    0 => "by its type, the cells".to_owned(),
                    count => format!("{} cells", thousands(count)),
                };
                found.push(Finding::links(
                    Kind::SymbolsBeside,
                    format_args!("{}: {cells} of `{name}` are symbols, or look so", self.name(side)),
                    "leave the column out: two scopes' symbols in one row link the scopes",
                ));
            }
        }
        let unique = self.tally.unique[side];
        if unique > 0 && !survey.columns.is_empty() {
            found.push(Finding::note(
                Kind::UniqueRows,
                format_args!(
                    "{}: {} of {} rows stand alone with what is kept beside the symbol",
                    self.name(side),
                    thousands(unique),
                    thousands(survey.rows)
                ),
                "whoever knows these things of a person finds the symbol; keep less, or coarser",
            ));
        }
    }

    /// Two files of one scope.
    fn delta(&self, found: &mut Vec<Finding>) {
        let [gone, new] = self.tally.symbols_only;
        let in_both = self.tally.symbols_in_both;
        found.push(Finding::links(
            Kind::OneScope,
            format_args!("both files hold symbols of one key, and join: {} people are in both", thousands(in_both)),
            "if they are two deliveries to one body, --allow one-scope; two bodies must not get symbols of one scope (an \
             eligibility symbol is made to be shared, and links all who hold it)",
        ));
        let is_small = |people: u64| (1..SMALL).contains(&people);
        if is_small(gone) || is_small(new) {
            found.push(Finding::links(
                Kind::SmallDelta,
                format_args!(
                    "{} people are only in {}, {} only in {}: who changes here and, on the same day, in another scope's \
                     file is one of few",
                    thousands(gone),
                    self.name(0),
                    thousands(new),
                    self.name(1)
                ),
                format_args!("deliver when {} people or more have changed, or --allow small-delta", thousands(SMALL)),
            ));
        }
        let changed = self.tally.rows_only.saturating_sub(gone);
        if is_small(changed) {
            found.push(Finding::links(
                Kind::SmallDelta,
                format_args!("{} people are in both files with other values beside their symbols", thousands(changed)),
                "who moved or married on one day shows in every scope's file; deliver at wide intervals, or --allow small-delta",
            ));
        }
    }

    fn equal_symbols(&self, found: &mut Vec<Finding>) {
        if self.tally.symbols_in_both > 0 {
            found.push(Finding::links(
                Kind::EqualSymbols,
                format_args!("{} symbols are in both files", thousands(self.tally.symbols_in_both)),
                "the scopes share a key, or one file holds the other's symbols: convert again with a key for each scope",
            ));
        }
    }

    fn order(&self, found: &mut Vec<Finding>) {
        let descents = self.surveys.map(|survey| survey.descents);
        let unsorted: Vec<usize> = (0..2).filter(|side| descents[*side] > 0).collect();
        let remedy = "convert without --order input: symbol order";
        match unsorted[..] {
            [] => {}
            [side] => found.push(Finding::links(
                Kind::Order,
                format_args!(
                    "{} is not in symbol order: it links to every other file in its order, and that may be the other's",
                    self.name(side)
                ),
                remedy,
            )),
            _ => found.push(Finding::links(
                Kind::Order,
                "neither file is in symbol order: where both keep their input's order, row stands beside row",
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
                    "rows with the same {columns} stand at similar places in both files: z = {z:.1}, and chance stays \
                     below {AGREES}"
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
            Some((set, _)) => format!("keep fewer or coarser columns: on {} alone nobody matches", self.set_name(set)),
            None => "keep fewer or coarser columns: each of these matches people by itself".to_owned(),
        };
        if most.alone > 0 {
            found.push(Finding::links(
                Kind::Columns,
                format_args!(
                    "{} people of each file stand alone with the same {}: they match one to one",
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
                    "{} people are with fewer than {CLOSE} in each file that have the same {}: a guess is right one time in {} or more often",
                    thousands(close),
                    self.set_name(&self.sets[at]),
                    CLOSE - 1
                ),
                "keep coarser columns",
            ));
        }
        if let Some(all) = matches.first().filter(|all| all.values > 1) {
            found.push(Finding::note(
                Kind::Columns,
                format_args!(
                    "the files share {}, with {} values in common: matching at random within them gets up to as many \
                     right, where without the columns 1 is expected",
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
            "{} people have several rows in {}, {} in {}; {} of them stand alone in both with their number of rows",
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
                format_args!("{} and {} rows: the files are of the same people, or nearly", thousands(a), thousands(b)),
                "audit each file against the body's last one too: two small deltas of one day are a link",
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
                        "the files were last written {} s apart, and the file system says so",
                        apart.as_secs()
                    ),
                    "send them so that times do not go along, or set both to one time of all deliveries (touch -d)",
                ));
            }
        }
        for side in [0, 1] {
            for (key, value) in &self.files[side].notes {
                let shared = self.files[1 - side].notes.get(key) == Some(value);
                if side == 1 && shared {
                    continue;
                }
                let told = if shared { "both files say the same of" } else { "the file says something of" };
                found.push(Finding::note(
                    Kind::Metadata,
                    format_args!("{}: in its metadata {told} `{}`", self.name(side), shown(key)),
                    "a batch or run that is named in two files tells that they belong together; write it without",
                ));
            }
        }
    }

    /// The columns of a set, by their names in the first file.
    fn set_name(&self, set: &[usize]) -> String {
        let name = |pair: &usize| {
            let [a, b] = self.pairs[*pair].places;
            let (a, b) = (shown(&self.files[0].names[a]), shown(&self.files[1].names[b]));
            if a == b { format!("`{a}`") } else { format!("`{a}` = `{b}`") }
        };
        set.iter().map(name).collect::<Vec<_>>().join(", ")
    }
}
