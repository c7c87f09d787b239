//! What a record is verified by: the key of the log, the scope of its people, and the witnesses. A TOML file, which
//! `fugo record init` writes, and which everybody who verifies keeps a copy of.
//!
//! ```toml
//! version = 1
//! log = "record.example.go.jp+1a2b3c4d+AbC…="
//! people = "portal/record/1 7c2cb2a1"
//! witnesses-needed = 1
//!
//! [witnesses]
//! ministry = "ministry+5e6f7a8b+BcD…="
//! ```

use std::path::Path;

use fugo::Purpose;
use fugo_keystore::{Note, NoteSigner};
use toml::{Table, Value};

use super::checkpoint::Checkpoint;
use crate::{
    failure::{Failure, Result},
    grant::terms::Named,
    manifest::read_small,
    redaction::shown,
    toml_text::{quoted, table_of},
};

const MOST_BYTES: u64 = 1 << 16;
const NAMES: [&str; 5] = ["version", "log", "people", "witnesses-needed", "witnesses"];

/// Who signs the checkpoints of a log, and the scope of the symbols that name its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trust {
    pub(super) log: NoteSigner,
    pub(super) people: Named,
    pub(super) needed: usize,
    pub(super) witnesses: Vec<NoteSigner>,
}

impl Trust {
    /// What a new log is verified by. Witnesses are added to the file by hand.
    pub(super) fn text(&self) -> String {
        let (scope, tag) = self.people;
        let mut text = format!("version = 1\nlog = {}\npeople = \"{scope} {tag}\"\n", quoted(&self.log.to_string()));
        text.push_str("witnesses-needed = 0\n\n[witnesses]\n");
        text
    }

    pub(super) fn load(path: &Path) -> Result<Self> {
        let bytes = read_small(path, MOST_BYTES)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| refused("it is not text in UTF-8").of(path))?;
        Self::parse(text).map_err(|failure| failure.of(path))
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        let written = table_of(text, &NAMES).map_err(refused)?;
        if written.get("version") != Some(&Value::Integer(1)) {
            return Err(refused("`version` must be 1"));
        }
        let string = |name: &str| written.get(name).and_then(Value::as_str);
        let log: NoteSigner = string("log")
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| refused("`log` must be the key of the log, NAME+ID+KEY, as `fugo record init` writes it"))?;
        if log.is_witness() {
            return Err(refused("`log` is the key of a witness"));
        }
        let people = string("people").and_then(named);
        let people =
            people.ok_or_else(|| refused("`people` must be a scope of the purpose portal and the tag of its key"))?;
        let mut witnesses: Vec<NoteSigner> = Vec::new();
        let table = match written.get("witnesses") {
            None => &Table::new(),
            Some(Value::Table(table)) => table,
            Some(_) => return Err(refused("`witnesses` must be a table")),
        };
        for (name, text) in table {
            let witness: NoteSigner = text
                .as_str()
                .and_then(|text| text.parse().ok())
                .filter(|witness: &NoteSigner| witness.is_witness() && witness.name() == name)
                .ok_or_else(|| {
                    refused(format!(
                        "the witness `{}` must be NAME+ID+KEY, as `fugo record signer` prints it, with this name",
                        shown(name)
                    ))
                })?;
            if witness.has_key_of(&log) || witnesses.iter().any(|other| other.has_key_of(&witness)) {
                return Err(refused(format!("the witness `{}` has the key of another signer", shown(name))));
            }
            witnesses.push(witness);
        }
        let needed = match written.get("witnesses-needed") {
            Some(Value::Integer(needed @ 0..=64)) => *needed as usize,
            _ => return Err(refused("`witnesses-needed` must be a whole number from 0 to 64")),
        };
        if needed > witnesses.len() {
            return Err(refused(format!(
                "`witnesses-needed` is {needed}, and the number of witnesses is {}",
                witnesses.len()
            )));
        }
        Ok(Self { log, people, needed, witnesses })
    }

    /// The checkpoint of a note, if the log has signed it. Witnesses are not asked.
    pub(super) fn of_log(&self, note: &Note) -> Result<Checkpoint> {
        let signed = note.signed_by(std::slice::from_ref(&self.log));
        if !signed.is_ok_and(|signed| signed == [0]) {
            return Err(Failure::new(
                format!("the checkpoint is not signed by the log {}, or it was altered", shown(self.log.name())),
                "the key of the log is in the file that `fugo record init` wrote; do not use this record",
            ));
        }
        let checkpoint = Checkpoint::parse(note.text());
        let checkpoint = checkpoint.filter(|checkpoint| checkpoint.origin == self.log.name());
        checkpoint.ok_or_else(|| {
            Failure::new(
                "the log has signed a text that is not a checkpoint of it",
                "do not use this record, and tell its supervisor",
            )
        })
    }

    /// The same, if enough witnesses have signed too.
    pub(super) fn witnessed(&self, note: &Note) -> Result<Checkpoint> {
        let checkpoint = self.of_log(note)?;
        let signed = note.signed_by(&self.witnesses).map_err(|error| {
            Failure::new(format!("the checkpoint: {error}"), "do not use this record, and tell its supervisor")
        })?;
        if signed.len() < self.needed {
            return Err(Failure::new(
                format!("{} witnesses have signed the checkpoint; {} must", signed.len(), self.needed),
                "give the checkpoint that the witnesses have signed with --checkpoint",
            ));
        }
        Ok(checkpoint)
    }
}

/// `SCOPE TAG`, of the purpose portal.
pub(super) fn named(text: &str) -> Option<Named> {
    let (scope, tag) = text.split_once(' ')?;
    let named: Named = (scope.parse().ok()?, tag.parse().ok()?);
    (named.0.purpose() == Purpose::Portal && format!("{} {}", named.0, named.1) == text).then_some(named)
}

fn refused(what: impl std::fmt::Display) -> Failure {
    Failure::new(
        format!("this is not the file that a record is verified by: {what}"),
        "it is TOML, as `fugo record init` writes it to log.toml: docs/translation.md has an example",
    )
}

#[cfg(test)]
mod tests {
    use fugo_keystore::{SigningKeyFile, Use};

    use super::*;

    const LOG: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn what_init_writes_is_read_and_every_other_form_is_refused_by_name() {
        let text =
            format!("version = 1\nlog = \"{LOG}\"\npeople = \"portal/record/1 7c2cb2a1\"\nwitnesses-needed = 0\n");
        let trust = Trust::parse(&text).expect("a file of init");
        assert_eq!(Trust::parse(&trust.text()).expect("the same"), trust);
        for (from, to, says) in [
            ("version = 1", "version = 2", "`version` must be 1"),
            ("log =", "lock =", "`lock` is unknown"),
            (LOG, "x", "`log` must be the key"),
            ("portal/record/1", "agency/nta/1", "`people` must be a scope of the purpose portal"),
            ("needed = 0", "needed = 1", "`witnesses-needed` is 1, and the number of witnesses is 0"),
            ("needed = 0", "needed = -1", "`witnesses-needed` must be"),
            ("= 0\n", &format!("= 0\n[witnesses]\na = \"{LOG}\"\n"), "the witness `a` must be"),
            ("= 0\n", "= 0\nwitnesses = 3\n", "`witnesses` must be a table"),
        ] {
            let failure = Trust::parse(&text.replace(from, to)).expect_err("refused").to_string();
            assert!(failure.contains(says), "{failure}");
        }
    }

    #[test]
    fn each_witness_has_a_key_of_its_own_and_the_name_by_which_it_is_listed() {
        let key = || SigningKeyFile::random(Use::Test).expect("a key").public();
        let (log, one, other) = (key(), key(), key());
        let signer = NoteSigner::new("record.test", &log).expect("a name");
        let witness = |name, key| NoteSigner::witness(name, key).expect("a name").to_string();
        let parsed = |witnesses: &[(&str, String)]| {
            let lines: String =
                witnesses.iter().map(|(name, key)| format!("{name} = \"{key}\"\n")).collect::<Vec<_>>().concat();
            let head = "version = 1\npeople = \"portal/record/1 7c2cb2a1\"\nwitnesses-needed = 0\n";
            let text = format!("{head}log = \"{signer}\"\n[witnesses]\n{lines}");
            Trust::parse(&text).map(|_| ()).map_err(|failure| failure.to_string())
        };
        assert_eq!(parsed(&[("one", witness("one", &one)), ("two", witness("two", &other))]), Ok(()));
        for (witnesses, says) in [
            (vec![("one", witness("one", &one)), ("two", witness("two", &one))], "`two` has the key of another signer"),
            (vec![("one", witness("one", &log))], "`one` has the key of another signer"),
            (vec![("one", witness("two", &one))], "the witness `one` must be"),
            (vec![("one", NoteSigner::new("one", &one).expect("a name").to_string())], "the witness `one` must be"),
        ] {
            let said = parsed(&witnesses).expect_err("refused");
            assert!(said.contains(says), "{said}");
        }
    }
}
