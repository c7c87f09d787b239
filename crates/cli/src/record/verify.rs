//! Compares all of a record with what the log has signed: entries, tiles, people, older checkpoints and grants.

use std::collections::BTreeMap;

use super::{checkpoint::Checkpoint, damaged, entry::Entry, log::Log, tree};
use crate::{
    failure::{Failure, Result},
    grant::{policy::GrantPolicy, terms::Terms},
};

/// So many grants that do not count are named.
const SHOWN: usize = 5;

/// What a record holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) entries: u64,
    pub(super) people: u64,
    /// The entries that the people do not learn of.
    pub(super) withheld: Vec<u64>,
    /// The ids of grants of break-glass, and the entries of each.
    pub(super) break_glass: BTreeMap<String, Vec<u64>>,
}

/// Reads the whole record up to a checkpoint.
pub(super) fn verify(log: &Log, checkpoint: &Checkpoint, policies: &[GrantPolicy]) -> Result<Counts> {
    let (mut counts, mut grants) = (Counts::default(), BTreeMap::<String, (Terms, u64)>::new());
    let (mut refused, mut first) = (0, Vec::new());
    log.tiles().entries(checkpoint, |index, entry| {
        if entry.people_key != log.trust.people {
            return Err(damaged(format!("entry {index} names its people by another scope or key")));
        }
        log.leaves(index, &entry)?.check(&entry.people_root)?;
        if let Err(why) = check_grant(&entry, policies) {
            refused += 1;
            if first.len() < SHOWN {
                first.push(format!("entry {index}: {why}"));
            }
        }
        let (terms, used) = grants.entry(entry.terms.id.clone()).or_insert_with(|| (entry.terms.clone(), 0));
        if *terms != entry.terms {
            return Err(damaged(format!("entry {index} is of another grant with the id {}", terms.id)));
        }
        *used += entry.people;
        if *used > terms.most_people {
            return Err(damaged(format!(
                "up to entry {index} the grant {} has {used} people, and it is for {}",
                terms.id, terms.most_people
            )));
        }
        counts.entries += 1;
        counts.people += entry.people;
        if entry.withheld {
            counts.withheld.push(index);
        }
        if entry.terms.break_glass {
            counts.break_glass.entry(entry.terms.id).or_default().push(index);
        }
        Ok(())
    })?;
    log.tiles().check_levels()?;
    if refused > 0 {
        let rest = if refused > SHOWN { format!("; and {} more", refused - SHOWN) } else { String::new() };
        return Err(Failure::new(
            format!("all entries were read, and these grants do not count: {}{rest}", first.join("; ")),
            "give the policies under which they were recorded, all of them; if none counts, tell the supervisor",
        ));
    }
    Ok(counts)
}

/// Whether one of the policies accepts the grant of an entry; otherwise why the last one does not.
fn check_grant(entry: &Entry, policies: &[GrantPolicy]) -> Result<(), String> {
    let Some((last, others)) = policies.split_last() else { return Ok(()) };
    let Terms { not_before, not_after, .. } = &entry.terms;
    if !(*not_before..=*not_after).contains(&entry.begun_at) {
        return Err(format!(
            "the run began at {}, and its grant is valid from {not_before} to {not_after}",
            entry.begun_at
        ));
    }
    if others.iter().any(|policy| policy.granted(entry.grant.clone()).is_ok()) {
        return Ok(());
    }
    last.granted(entry.grant.clone()).map(|_| ()).map_err(|failure| failure.what().to_owned())
}

/// Compares an older checkpoint, which the log has signed too, with the record.
pub(super) fn check_seen(log: &Log, checkpoint: &Checkpoint, seen: &Checkpoint) -> Result<()> {
    if seen.size > checkpoint.size {
        return Err(damaged(format!(
            "the record was rolled back: it has {} entries, and a checkpoint that was seen has {}",
            checkpoint.size, seen.size
        )));
    }
    if tree::root(&log.tiles(), seen.size)? != seen.root {
        return Err(damaged(format!(
            "the record was forked: its first {} entries are not those of a checkpoint that was seen",
            seen.size
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use fugo::SYMBOL_LEN;
    use fugo_keystore::{Note, NoteSigner, SigningKeyFile, Use};
    use tempfile::TempDir;
    use zeroize::Zeroizing;

    use super::{
        super::{
            entry::tests::entry,
            leaves::People,
            log::{self, people_path},
            tiles,
            trust::Trust,
        },
        *,
    };

    /// A record that its owner signed without the tool: an entry for each of these, with so many people.
    fn record_of(entries: Vec<(Entry, usize)>) -> (TempDir, Log) {
        let key = SigningKeyFile::random(Use::Test).expect("random bytes");
        let signer = NoteSigner::new("record.example", &key.public()).expect("a signer");
        let trust = Trust { log: signer, people: entry().people_key, needed: 0, witnesses: Vec::new() };
        let folder = tempfile::tempdir().expect("a directory");
        let dir = folder.path().join("record");
        log::init(&dir, &trust, &key).expect("a record");
        let (mut frontier, size) = (tree::Frontier::default(), entries.len() as u64);
        for (index, (mut entry, people)) in (0..).zip(entries) {
            let symbol = |person: usize| std::array::from_fn::<u8, SYMBOL_LEN, _>(|i| (person >> (i % 2 * 8)) as u8);
            let mut named = People::new().expect("random bytes");
            let list = folder.path().join(format!("list-{index}"));
            named.add(Zeroizing::new((0..people).map(symbol).collect()), list).expect("written");
            let place = dir.join(people_path(index));
            fs::create_dir_all(place.parent().expect("a folder")).expect("made");
            (entry.people, entry.people_root) = named.write(&place).expect("written");
            tiles::tests::add(&dir, index, entry.text().as_bytes());
            frontier.push(tree::leaf(entry.text().as_bytes()));
        }
        let checkpoint = Checkpoint { origin: "record.example".to_owned(), size, root: frontier.root() };
        let mut note = Note::new(&checkpoint.to_string()).expect("a note");
        note.sign("record.example", &key).expect("signed");
        fs::write(dir.join("checkpoint"), note.to_string()).expect("written");
        let log = Log::open(&dir).expect("a record");
        (folder, log)
    }

    /// The tool refuses a run for more people than its grant has left, so it never writes such a record.
    #[test]
    fn a_grant_that_was_used_for_more_people_than_it_is_for_is_found() {
        let verified = |people: [usize; 3]| {
            let (_folder, log) = record_of(people.map(|people| (entry(), people)).into());
            verify(&log, &log.checkpoint, &[])
        };
        let counts = verified([20, 20, 10]).expect("fifty people, and the grant is for fifty");
        assert_eq!((counts.entries, counts.people), (3, 50));
        let failure = verified([20, 20, 11]).expect_err("fifty-one people").to_string();
        assert!(failure.contains("up to entry 2 the grant 2026-0001 has 51 people, and it is for 50"), "{failure}");
        let failure = verified([51, 0, 0]).expect_err("fifty-one people").to_string();
        assert!(failure.contains("up to entry 0 the grant 2026-0001 has 51 people"), "{failure}");
    }

    #[test]
    fn two_grants_with_one_id_are_found() {
        let mut other = entry();
        let text = other.grant.text().replace("most-people: 50", "most-people: 51");
        other.grant = Note::new(&text).expect("a note");
        other.terms = Terms::parse(&text).expect("a grant");
        let (_folder, log) = record_of(vec![(entry(), 1), (other, 1)]);
        let failure = verify(&log, &log.checkpoint, &[]).expect_err("two grants").to_string();
        assert!(failure.contains("entry 1 is of another grant with the id 2026-0001"), "{failure}");
    }
}
