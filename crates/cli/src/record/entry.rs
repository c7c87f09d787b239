//! An entry of a record: what a run of `fugo translate` did, under which grant, and the root of the tree of its people.
//!
//! The entry is text, one `name: value` on each line, always in this order; then an empty line, and the grant with its
//! signatures as it was given. It has the particulars of Article 23 of the Act: the inquirer, the provider and the items
//! are in the grant, the times of the inquiry and of the provision and whether the entry is withheld are here.

use std::fmt::Write;

use data_encoding::BASE64;
use fugo_keystore::Note;

use super::{
    tree::{Hash, MOST_LEAVES},
    trust::named,
};
use crate::{
    grant::{
        moment::Moment,
        terms::{Named, Terms},
    },
    hex,
};

const HEAD: &str = "fugo-record-entry 1";
const NAMES: [&str; 13] = [
    "run",
    "inquired-at",
    "begun-at",
    "provided-at",
    "withheld",
    "asked",
    "translated",
    "unknown",
    "rejected",
    "duplicates",
    "people",
    "people-root",
    "people-key",
];
/// The longest entry: its length is written in two bytes.
pub(super) const MOST_BYTES: usize = u16::MAX as usize;
/// The longest grant that fits in an entry, whatever the rest of it says.
pub(super) const MOST_BYTES_OF_GRANT: usize = MOST_BYTES - 4_096;

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) run: [u8; 16],
    pub(super) inquired_at: Moment,
    /// When the run began, at which the grant was valid.
    pub(super) begun_at: Moment,
    pub(super) provided_at: Moment,
    /// Whether the person does not learn of it: Article 23, paragraph 2, item 2.
    pub(super) withheld: bool,
    /// The rows: asked = translated + unknown + rejected + duplicates.
    pub(super) asked: u64,
    pub(super) translated: u64,
    pub(super) unknown: u64,
    pub(super) rejected: u64,
    pub(super) duplicates: u64,
    /// The people who were found, and the root of the tree with a leaf for each.
    pub(super) people: u64,
    pub(super) people_root: Hash,
    pub(super) people_key: Named,
    /// The note of the grant, with its signatures.
    pub(super) grant: Note,
    pub(super) terms: Terms,
}

impl Entry {
    pub(super) fn text(&self) -> String {
        let yes_no = |is| if is { "yes" } else { "no" }.to_owned();
        let values = [
            base16ct::lower::encode_string(&self.run),
            self.inquired_at.to_string(),
            self.begun_at.to_string(),
            self.provided_at.to_string(),
            yes_no(self.withheld),
            self.asked.to_string(),
            self.translated.to_string(),
            self.unknown.to_string(),
            self.rejected.to_string(),
            self.duplicates.to_string(),
            self.people.to_string(),
            BASE64.encode(&self.people_root),
            format!("{} {}", self.people_key.0, self.people_key.1),
        ];
        let mut text = format!("{HEAD}\n");
        for (name, value) in NAMES.iter().zip(values) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name}: {value}");
        }
        text + "\n" + &self.grant.to_string()
    }

    /// Reads an entry. There is one spelling; `None` for any other text.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (lines, grant) = text.split_once("\n\n")?;
        let mut lines = lines.split('\n');
        (lines.next()? == HEAD).then_some(())?;
        let mut values = NAMES.iter().map(|name| lines.next()?.strip_prefix(name)?.strip_prefix(": "));
        let mut value = || values.next().flatten();
        let yes_no = |text: &str| ["no", "yes"].iter().position(|word| *word == text).map(|yes| yes == 1);
        let grant = Note::parse(grant.as_bytes()).ok()?;
        let terms = Terms::parse(grant.text()).ok()?;
        let entry = Self {
            run: hex::decode(value()?.as_bytes())?,
            inquired_at: value()?.parse().ok()?,
            begun_at: value()?.parse().ok()?,
            provided_at: value()?.parse().ok()?,
            withheld: yes_no(value()?)?,
            asked: value()?.parse().ok()?,
            translated: value()?.parse().ok()?,
            unknown: value()?.parse().ok()?,
            rejected: value()?.parse().ok()?,
            duplicates: value()?.parse().ok()?,
            people: value()?.parse().ok()?,
            people_root: BASE64.decode(value()?.as_bytes()).ok()?.try_into().ok()?,
            people_key: named(value()?)?,
            grant,
            terms,
        };
        let rows = [entry.translated, entry.unknown, entry.rejected, entry.duplicates];
        let rows = rows.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count));
        (entry.people <= MOST_LEAVES && rows == Some(entry.asked) && entry.text() == text).then_some(entry)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::record) fn entry() -> Entry {
        let text = "fugo-grant 1\ngrant: 2026-0001\ninquirer: 年金機構\nprovider: 国税庁\nfrom: agency/nta/1 7c2cb2a1\n\
                    to: agency/nenkin/1 5d0c1f3e\nitems: 所得\nlegal-basis: 番号法 19条8号\npurpose: 免除\n\
                    not-before: 2026-11-01T00:00:00Z\nnot-after: 2026-12-31T23:59:59Z\nmost-people: 50\nbreak-glass: no\n";
        let grant = Note::new(text).expect("a note");
        Entry {
            run: [7; 16],
            inquired_at: "2026-11-28T00:00:00Z".parse().expect("a time"),
            begun_at: "2026-11-29T00:00:00Z".parse().expect("a time"),
            provided_at: "2026-11-29T00:00:09Z".parse().expect("a time"),
            withheld: false,
            asked: 10,
            translated: 6,
            unknown: 2,
            rejected: 1,
            duplicates: 1,
            people: 6,
            people_root: [9; 32],
            people_key: named("portal/record/1 7c2cb2a1").expect("a scope and a tag"),
            terms: Terms::parse(grant.text()).expect("a grant"),
            grant,
        }
    }

    #[test]
    fn an_entry_has_one_spelling_and_its_rows_add_up() {
        let entry = entry();
        let text = entry.text();
        assert_eq!(Entry::parse(text.as_bytes()), Some(entry));
        for (from, to) in [
            ("asked: 10", "asked: 11"),
            ("asked: 10", "asked: 010"),
            ("withheld: no", "withheld: No"),
            ("unknown", "unkown"),
            ("portal/record/1", "agency/record/1"),
            ("fugo-grant 1", "fugo-grant 2"),
            ("run: 07", "run: 0"),
            ("\n\n", "\nmore: 1\n\n"),
            ("provided-at: 2026-11-29T00:00:09Z\n", ""),
        ] {
            assert!(text.contains(from), "{from}");
            assert_eq!(Entry::parse(text.replace(from, to).as_bytes()), None, "{from} to {to}");
        }
    }
}
