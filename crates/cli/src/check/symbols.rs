//! `fugo check --symbols`: which epoch each symbol of a file is of, and whether it is accepted today.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use fugo::{
    KeyTag, Purpose, Scope,
    text::{self, TextError},
};
use fugo_keystore::{Day, RecordedEpoch, Scopes, UntimelyError};

use crate::notice;

/// Judges the symbols of one file by the registry of scopes.
pub(super) struct Symbols {
    /// The epoch and the verdict of each purpose and tag, because a file may have a line for each person of a nation.
    epochs: HashMap<(Purpose, KeyTag), (RecordedEpoch, Result<(), UntimelyError>)>,
    /// The scope of the first symbol that was recognised. All symbols of a file have its purpose and scope id.
    first: Option<Scope>,
    /// The symbols of each epoch that were accepted.
    accepted: BTreeMap<Scope, (RecordedEpoch, u64)>,
}

impl Symbols {
    pub(super) fn new(scopes: &Scopes, today: Day) -> Self {
        let of = |epoch: &RecordedEpoch| ((epoch.scope.purpose(), epoch.tag), (*epoch, scopes.accepts(epoch, today)));
        Self { epochs: scopes.iter().map(of).collect(), first: None, accepted: BTreeMap::new() }
    }

    /// Counts a symbol that is accepted today.
    pub(super) fn judge(&mut self, line: &[u8]) -> Result<(), Refused> {
        let symbol = text::decode(line).map_err(Refused::Text)?;
        let known = self.epochs.get(&(symbol.purpose, symbol.tag));
        let (epoch, verdict) = known.ok_or(Refused::Unknown { tag: symbol.tag })?;
        let first = *self.first.get_or_insert(epoch.scope);
        if !epoch.is_of_organisation(&first) {
            return Err(Refused::OtherOrganisation { scope: epoch.scope, first });
        }
        verdict.map_err(Refused::Untimely)?;
        self.accepted.entry(epoch.scope).or_insert((*epoch, 0)).1 += 1;
        Ok(())
    }

    /// Prints how many symbols of each epoch were accepted.
    pub(super) fn report(&self) {
        for (RecordedEpoch { scope, tag, dates, .. }, count) in self.accepted.values() {
            let until = dates.accept_until.map(|day| format!(", accepted until {day}")).unwrap_or_default();
            notice::say(format_args!("{scope}, tag {tag}{until}: {count} lines"));
        }
    }
}

/// Why a line is not an accepted symbol. It holds no symbol.
pub(super) enum Refused {
    Text(TextError),
    Unknown { tag: KeyTag },
    OtherOrganisation { scope: Scope, first: Scope },
    Untimely(UntimelyError),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(error) => error.fmt(f),
            Self::Unknown { tag } => write!(f, "a symbol under the key tagged {tag}, which the registry does not have"),
            Self::OtherOrganisation { scope, first } => {
                write!(f, "a symbol of {scope}, but the file begins with symbols of {first}")
            }
            Self::Untimely(error) => error.fmt(f),
        }
    }
}
