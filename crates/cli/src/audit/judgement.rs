//! Turns counts into findings.

use std::time::Duration;

use super::{
    file::Delivery,
    findings::{Finding, Kind, Weight},
    pairs::Pair,
    people::People,
    sample::Sample,
    search::Found,
    survey::{KEYS, Survey},
    traced::Traced,
    values::View,
};
use crate::{
    counts::{SMALL, thousands},
    redaction::shown,
};

/// Everything that is known about two files.
pub(super) struct Evidence<'a> {
    pub(super) files: [&'a Delivery; 2],
    pub(super) surveys: [&'a Survey; 2],
    pub(super) pairs: &'a [Pair],
    pub(super) people: &'a People,
    /// Columns that both files have under one name.
    pub(super) alike: &'a [[usize; 2]],
    pub(super) search: &'a Found,
    /// For each file, columns that may give the order of entry; and the positions of equal values in these orders.
    pub(super) serials: [&'a [usize]; 2],
    pub(super) places: [&'a [Vec<Sample>]; 2],
    pub(super) unique: [u64; 2],
    pub(super) traced: &'a Traced,
}

/// Whether both files are of one scope and epoch: by their tags, or otherwise because most symbols are in both. `None`
/// if the symbols must be compared.
pub(super) fn one_scope(surveys: [&Survey; 2]) -> Option<bool> {
    let of = |survey: &Survey| survey.whose.first().copied().filter(|_| survey.whose.len() == 1);
    match surveys.map(of) {
        [Some(a), Some(b)] => Some(a == b),
        _ => None,
    }
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

    pub(super) fn name(&self, side: usize) -> String {
        shown(self.files[side].path.display())
    }

    fn one_scope(&self) -> bool {
        let fewer = self.surveys[0].rows.min(self.surveys[1].rows);
        one_scope(self.surveys).unwrap_or(2 * self.people.in_both > fewer)
    }

    fn few_rows(&self, side: usize, found: &mut Vec<Finding>) {
        let people = self.people.in_both + self.people.only[side];
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
            if column.my_numbers() > 0 {
                found.push(
                    Finding::links(
                        Kind::Numbers,
                        format_args!(
                            "{}: the column `{name}` holds {} MyNumbers",
                            self.name(side),
                            thousands(column.my_numbers())
                        ),
                        "leave the column out: a number in the same row shows whose the symbol is",
                    )
                    .with_count(column.my_numbers()),
                );
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
                found.push(
                    Finding::links(
                        Kind::SymbolsBeside,
                        format_args!(
                            "{}: {cells} of the column `{name}` are symbols, or look like symbols",
                            self.name(side)
                        ),
                        "leave the column out: symbols of two scopes in one row link the scopes",
                    )
                    .with_count(column.symbols().max(1)),
                );
            }
        }
        found.extend(self.traced.findings(side, &self.name(side), file));
        let unique = self.unique[side];
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
        let [gone, new] = self.people.only;
        let in_both = self.people.in_both;
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
            found.push(
                Finding::links(
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
                        "deliver when at least {} people have changed, or accept it with --allow small-delta=COUNT",
                        thousands(SMALL)
                    ),
                )
                .with_count([gone, new].into_iter().filter(|people| is_small(*people)).max().unwrap_or(0)),
            );
        }
        // A column in which everybody changes, such as a date of the delivery, does not hide a change of few.
        let mut changes = vec![(self.people.changed, "their kept columns".to_owned())];
        if !is_small(self.people.changed) {
            let columns = self.alike.iter().zip(&self.people.changed_in);
            changes =
                columns.map(|([a, _], changed)| (*changed, format!("`{}`", shown(&self.files[0].names[*a])))).collect();
        }
        for (changed, columns) in changes.into_iter().filter(|(changed, _)| is_small(*changed)) {
            found.push(
                Finding::links(
                    Kind::SmallDelta,
                    format_args!(
                        "{} people are in both files and have different values in {columns}",
                        thousands(changed)
                    ),
                    "a change on one day, such as a marriage, shows in every scope's file; deliver less often, or \
                     accept it with --allow small-delta=COUNT",
                )
                .with_count(changed),
            );
        }
    }

    fn equal_symbols(&self, found: &mut Vec<Finding>) {
        if self.people.in_both > 0 {
            found.push(
                Finding::links(
                    Kind::EqualSymbols,
                    format_args!("{} symbols are in both files", thousands(self.people.in_both)),
                    "the scopes share a key, or one file holds the other's symbols: convert again with a key for each \
                 scope",
                )
                .with_count(self.people.in_both),
            );
        }
    }

    fn several_rows(&self, found: &mut Vec<Finding>) {
        let people = [0, 1].map(|side| self.people.several[side].values().sum::<u64>());
        let alone = |side: usize, rows: &u64| self.people.several[side].get(rows) == Some(&1);
        let matched = self.people.several[0].keys().filter(|rows| alone(0, rows) && alone(1, rows)).count() as u64;
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
            found.push(Finding::links(Kind::SeveralRows, what, remedy).with_count(people[0].min(people[1])));
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
        for [a, b] in self.alike {
            let [x, y] =
                [self.surveys[0].columns[*a].sample(View::Text), self.surveys[1].columns[*b].sample(View::Text)];
            if let (Some(x), Some(y)) = (x, y)
                && x.is_complete()
                && x.distinct() < 1.5
                && y.distinct() < 1.5
                && x.common(y).next().is_some()
            {
                found.push(Finding::note(
                    Kind::Metadata,
                    format_args!(
                        "the column `{}` has one value, the same in both files",
                        shown(&self.files[0].names[*a])
                    ),
                    "a batch or a run that both files name shows that they belong together; leave the column out",
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
    pub(super) fn set_name(&self, set: &[usize]) -> String {
        let name = |pair: &usize| {
            let [a, b] = self.pairs[*pair].places;
            let (a, b) = (shown(&self.files[0].names[a]), shown(&self.files[1].names[b]));
            let reading = self.pairs[*pair].views.map(View::name).into_iter().find(|name| !name.is_empty());
            let names = if a == b { format!("`{a}`") } else { format!("`{a}` = `{b}`") };
            reading.map_or(names.clone(), |reading| format!("{names} ({reading})"))
        };
        set.iter().map(name).collect::<Vec<_>>().join(", ")
    }
}
