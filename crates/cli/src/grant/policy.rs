//! The policy of grants: who may sign, and how many must. A TOML file of the central party.
//!
//! ```toml
//! version = 1
//! signatures = 2
//! break-glass-signatures = 1
//! break-glass-hours = 24
//! record = "record.example.go.jp+1a2b3c4d+AbC…="
//!
//! [signers]
//! tanaka = "tanaka+1a2b3c4d+AbC…="
//! ```

use std::path::Path;

use fugo_keystore::{Note, NoteSigner};
use toml::Value;

use super::{
    moment::Moment,
    terms::{Named, Terms},
};
use crate::{
    failure::{Failure, Result},
    manifest::read_small,
    redaction::shown,
    toml_text::table_of,
};

const MOST_BYTES: u64 = 1 << 16;
const NAMES: [&str; 6] = ["version", "signatures", "break-glass-signatures", "break-glass-hours", "record", "signers"];

/// Who may sign grants.
#[derive(Debug)]
pub(crate) struct GrantPolicy {
    signatures: usize,
    break_glass: Option<BreakGlass>,
    /// The key of the record in which runs under these grants are entries, if they must be in that one.
    record: Option<NoteSigner>,
    signers: Vec<NoteSigner>,
}

/// What a grant of break-glass needs.
#[derive(Debug)]
struct BreakGlass {
    signatures: usize,
    /// The most hours between `not-before` and `not-after`.
    hours: u32,
}

/// A grant with enough signatures.
#[derive(Clone, Debug)]
pub(crate) struct Granted {
    pub(crate) note: Note,
    pub(crate) terms: Terms,
    /// The names of those who signed.
    pub(crate) signers: Vec<String>,
    /// The key of the record that the policy names.
    record: Option<NoteSigner>,
}

impl GrantPolicy {
    pub(crate) fn load(path: &Path) -> Result<Self> {
        let bytes = read_small(path, MOST_BYTES)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| refused("it is not text in UTF-8").of(path))?;
        Self::parse(text).map_err(|failure| failure.of(path))
    }

    fn parse(text: &str) -> Result<Self> {
        let written = table_of(text, &NAMES).map_err(refused)?;
        let count = |name: &str| match written.get(name) {
            None => Ok(None),
            Some(Value::Integer(count @ 1..=1_000_000)) => Ok(Some(*count as usize)),
            Some(_) => Err(refused(format!("`{name}` must be a whole number from 1"))),
        };
        if count("version")? != Some(1) {
            return Err(refused("`version` must be 1"));
        }
        let Some(Value::Table(named)) = written.get("signers") else {
            return Err(refused("the table `signers` is missing"));
        };
        let mut signers: Vec<NoteSigner> = Vec::new();
        for (name, text) in named {
            let text = text.as_str().unwrap_or_default();
            let signer: NoteSigner =
                text.parse().map_err(|error| refused(format!("the signer `{}`: {error}", shown(name))))?;
            if signer.is_witness() {
                return Err(refused(format!(
                    "the signer `{}` is a witness of a log, and signs no grants",
                    shown(name)
                )));
            }
            if signer.name() != name {
                return Err(refused(format!("the signer `{}` has another name in its key", shown(name))));
            }
            if let Some(other) = signers.iter().find(|other| other.has_key_of(&signer)) {
                return Err(refused(format!(
                    "the signers `{}` and `{}` have the same key; each signer has a key of its own",
                    shown(other.name()),
                    shown(name)
                )));
            }
            signers.push(signer);
        }
        let enough = |name: &str, count: usize| {
            if count > signers.len() {
                return Err(refused(format!("`{name}` is {count}, and the number of signers is {}", signers.len())));
            }
            Ok(count)
        };
        let signatures = enough("signatures", count("signatures")?.unwrap_or(2))?;
        let break_glass = match (count("break-glass-signatures")?, count("break-glass-hours")?) {
            (None, None) => None,
            (Some(count), Some(hours)) => {
                Some(BreakGlass { signatures: enough("break-glass-signatures", count)?, hours: hours as u32 })
            }
            _ => return Err(refused("`break-glass-signatures` and `break-glass-hours` go together")),
        };
        let record = match written.get("record") {
            None => None,
            Some(text) => {
                let key: Option<NoteSigner> = text.as_str().and_then(|text| text.parse().ok());
                let key = key.filter(|key| !key.is_witness());
                Some(key.ok_or_else(|| refused("`record` must be the `log` of the record's log.toml"))?)
            }
        };
        Ok(Self { signatures, break_glass, record, signers })
    }

    /// Reads a grant, and refuses it unless enough signers have signed it.
    pub(crate) fn read(&self, path: &Path) -> Result<Granted> {
        self.granted(note(path)?).map_err(|failure| failure.of(path))
    }

    /// The same, of a grant that was read.
    pub(crate) fn granted(&self, note: Note) -> Result<Granted> {
        let terms = Terms::parse(note.text()).map_err(|error| Failure::new(error, AS_NEW))?;
        let signed = note.signed_by(&self.signers).map_err(|error| Failure::new(error, AS_NEW))?;
        let wanted = match (&self.break_glass, terms.break_glass) {
            (_, false) => self.signatures,
            (Some(BreakGlass { signatures, hours }), true) => {
                let found = terms.not_before.hours_to(terms.not_after);
                if found > i64::from(*hours) {
                    return Err(Failure::new(
                        format!("this grant of break-glass is valid for {found} hours; the policy allows {hours}"),
                        "make a grant for a shorter time",
                    ));
                }
                *signatures
            }
            (None, true) => {
                return Err(Failure::new(
                    "this is a grant of break-glass, and the policy allows none",
                    "get a grant with all signatures",
                ));
            }
        };
        if signed.len() < wanted {
            return Err(Failure::new(
                format!(
                    "{} of the signers of the policy {} signed this grant; {wanted} must; signatures by others do not \
                     count",
                    signed.len(),
                    if signed.len() == 1 { "has" } else { "have" }
                ),
                "let another signer sign it: fugo grant sign",
            ));
        }
        // What is recorded is what counted: anybody can add a line to a note.
        let counted: Vec<NoteSigner> = signed.iter().map(|nth| self.signers[*nth].clone()).collect();
        let signers = counted.iter().map(|signer| signer.name().to_owned()).collect();
        Ok(Granted { note: note.with_signatures_of(&counted), terms, signers, record: self.record.clone() })
    }
}

/// The note in a file.
pub(crate) fn note(path: &Path) -> Result<Note> {
    let bytes = read_small(path, MOST_BYTES + 1)?;
    Note::parse(&bytes).map_err(|error| Failure::new(error, AS_NEW).of(path))
}

const AS_NEW: &str = "give the grant as `fugo grant new` and `fugo grant sign` write it; a grant is never edited";

impl Granted {
    /// Refuses the grant at a time at which it is not valid.
    pub(crate) fn check_time(&self, now: Moment) -> Result<()> {
        let Terms { not_before, not_after, .. } = &self.terms;
        if now < *not_before {
            return Err(Failure::new(
                format!("the grant {} is not valid before {not_before}; it is {now}", self.terms.id),
                "wait until then, or check the clock of this machine",
            ));
        }
        if now > *not_after {
            return Err(Failure::new(
                format!("the grant {} has expired: it was valid until {not_after}; it is {now}", self.terms.id),
                "get a new grant",
            ));
        }
        Ok(())
    }

    /// Refuses the grant for other keys than those it names.
    pub(crate) fn check_keys(&self, from: Named, to: Named) -> Result<()> {
        for (option, granted, given) in [("--from-key", self.terms.from, from), ("--to-key", self.terms.to, to)] {
            if granted != given {
                let text = |(scope, tag): Named| format!("{scope} with the tag {tag}");
                return Err(Failure::new(
                    format!("the grant {} is for {}; {option} is {}", self.terms.id, text(granted), text(given)),
                    "give the keys that the grant names, or the grant for these keys",
                ));
            }
        }
        Ok(())
    }

    /// Refuses another record than the one that the policy names.
    pub(crate) fn check_record(&self, log: &NoteSigner) -> Result<()> {
        match &self.record {
            Some(record) if record != log => Err(Failure::new(
                format!(
                    "the policy of grants names the record {}, and --record is {}",
                    shown(record.name()),
                    shown(log.name())
                ),
                "give the directory of that record",
            )),
            _ => Ok(()),
        }
    }

    /// Refuses more people than are granted.
    pub(crate) fn check_people(&self, people: u64) -> Result<()> {
        if people > self.terms.most_people {
            return Err(Failure::new(
                format!(
                    "{people} people were found, and the grant {} is for {} people",
                    self.terms.id, self.terms.most_people
                ),
                "ask for fewer people, or get another grant; no output was changed",
            ));
        }
        Ok(())
    }
}

fn refused(what: impl std::fmt::Display) -> Failure {
    Failure::new(
        format!("this is not a policy of grants: {what}"),
        "it is TOML with `version = 1`, `signatures`, and the table `signers`: docs/translation.md has an example",
    )
}
