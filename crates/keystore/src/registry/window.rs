//! Which epoch's symbols are made on a day, and which are accepted.

use std::ops::Deref;

use fugo::{ErrorKind, Found, KeyTag, Place, Purpose, Scope};

use super::{Day, RecordedEpoch, RegistryError, clash::known};

/// The epochs of a registry, in the order in which they were recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(pub(super) Vec<RecordedEpoch>);

impl Deref for Scopes {
    type Target = [RecordedEpoch];
    fn deref(&self) -> &[RecordedEpoch] {
        &self.0
    }
}

impl Scopes {
    /// The epoch of a key, which must be recorded with this scope and this tag.
    pub fn recorded(&self, scope: &Scope, tag: KeyTag) -> Result<&RecordedEpoch, RegistryError> {
        known(self, scope, tag).map(|at| &self[at])
    }

    /// The epoch whose symbols have this purpose and this tag in their text form.
    pub fn of_symbol(&self, purpose: Purpose, tag: KeyTag) -> Option<&RecordedEpoch> {
        self.iter().find(|epoch| epoch.tag == tag && epoch.scope.purpose() == purpose)
    }

    /// Refuses a day of today before a day on which the registry has a destruction. A clock that is late makes symbols with
    /// keys that were replaced since.
    pub fn check_clock(&self, today: Day) -> Result<(), RegistryError> {
        check_clock(self, today)
    }

    /// Whether symbols of this epoch are made on this day: from its first day to its last, and not after a newer epoch
    /// of the same purpose and scope id has begun.
    pub fn makes(&self, epoch: &RecordedEpoch, day: Day) -> Result<(), UntimelyError> {
        accepts(epoch, day)?;
        let is_newer = |other: &&RecordedEpoch| {
            other.is_of_organisation(&epoch.scope)
                && other.scope.epoch() > epoch.scope.epoch()
                && other.dates.began_by(day)
        };
        match self.iter().filter(is_newer).min_by_key(|other| other.dates.valid_from) {
            Some(RecordedEpoch { scope: by, dates, .. }) => {
                Err(UntimelyError::Superseded { scope: epoch.scope, by: *by, since: dates.valid_from.unwrap_or(day) })
            }
            None => Ok(()),
        }
    }

    /// Whether symbols of this epoch are accepted on this day: from its first day to its last, while the key exists.
    pub fn accepts(&self, epoch: &RecordedEpoch, day: Day) -> Result<(), UntimelyError> {
        accepts(epoch, day)
    }
}

pub(super) fn check_clock(epochs: &[RecordedEpoch], today: Day) -> Result<(), RegistryError> {
    let last = epochs.iter().filter_map(|epoch| epoch.dates.destroyed.map(|day| (day, epoch.scope))).max();
    match last {
        Some((destroyed, scope)) if destroyed > today => Err(RegistryError::Clock { today, scope, destroyed }),
        _ => Ok(()),
    }
}

fn accepts(epoch: &RecordedEpoch, day: Day) -> Result<(), UntimelyError> {
    let (scope, dates) = (epoch.scope, epoch.dates);
    if let Some(on) = dates.destroyed {
        return Err(UntimelyError::Destroyed { scope, on });
    }
    if let Some(valid_from) = dates.valid_from.filter(|from| *from > day) {
        return Err(UntimelyError::NotYet { scope, valid_from });
    }
    match dates.accept_until.filter(|until| *until < day) {
        Some(accept_until) => Err(UntimelyError::Ended { scope, accept_until }),
        None => Ok(()),
    }
}

/// The reason why an epoch is not used on a day. Scopes and dates are not secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UntimelyError {
    /// Before its first day.
    #[error("{scope} is valid from {valid_from} on, and in Japan it is not that day yet")]
    NotYet {
        /// The scope.
        scope: Scope,
        /// Its first day.
        valid_from: Day,
    },
    /// After a newer epoch has begun.
    #[error("{scope} was replaced: {by} has been valid since {since}")]
    Superseded {
        /// The scope.
        scope: Scope,
        /// The newer epoch.
        by: Scope,
        /// Its first day.
        since: Day,
    },
    /// After its last day.
    #[error("{scope} was accepted until {accept_until}, and that day has ended in Japan")]
    Ended {
        /// The scope.
        scope: Scope,
        /// Its last day.
        accept_until: Day,
    },
    /// Its key was destroyed.
    #[error("the key of {scope} was destroyed on {on}")]
    Destroyed {
        /// The scope.
        scope: Scope,
        /// The day.
        on: Day,
    },
}

impl UntimelyError {
    /// The kind of the error, as one word.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::NotYet { .. } | Self::Superseded { .. } | Self::Ended { .. } => ErrorKind::Untimely,
            Self::Destroyed { .. } => ErrorKind::Destroyed,
        }
    }

    /// Always `None`: the error concerns the whole epoch.
    pub fn place(self) -> Option<Place> {
        None
    }

    /// Always `None`.
    pub fn found(self) -> Option<Found> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Dates;

    fn day(text: &str) -> Option<Day> {
        (!text.is_empty()).then(|| text.parse().expect("a day"))
    }

    fn epoch(scope: &str, [from, until, destroyed]: [&str; 3]) -> RecordedEpoch {
        let scope: Scope = scope.parse().expect("a scope");
        let dates = Dates { valid_from: day(from), accept_until: day(until), destroyed: day(destroyed) };
        RecordedEpoch { scope, tag: KeyTag::from_bytes(scope.epoch().number().to_be_bytes()), dates }
    }

    fn outcome(answer: Result<(), UntimelyError>) -> &'static str {
        match answer {
            Ok(()) => "yes",
            Err(UntimelyError::NotYet { .. }) => "not yet",
            Err(UntimelyError::Superseded { .. }) => "superseded",
            Err(UntimelyError::Ended { .. }) => "ended",
            Err(UntimelyError::Destroyed { .. }) => "destroyed",
        }
    }

    #[test]
    fn each_day_of_a_rotation_has_one_epoch_that_makes_and_the_overlap_accepts_both() {
        let scopes = Scopes(vec![
            epoch("agency/nta/1", ["", "2027-04-30", ""]),
            epoch("agency/nta/2", ["2027-04-01", "", ""]),
            epoch("agency/mof/7", ["2020-01-01", "", ""]),
        ]);
        let expected = [
            ("2027-03-31", ["yes", "yes"], ["not yet", "not yet"]),
            ("2027-04-01", ["superseded", "yes"], ["yes", "yes"]),
            ("2027-04-30", ["superseded", "yes"], ["yes", "yes"]),
            ("2027-05-01", ["ended", "ended"], ["yes", "yes"]),
        ];
        for (on, old, new) in expected {
            let on = on.parse().expect("a day");
            for (epoch, [makes, accepts]) in [(&scopes[0], old), (&scopes[1], new)] {
                assert_eq!(outcome(scopes.makes(epoch, on)), makes, "{} on {on}", epoch.scope);
                assert_eq!(outcome(scopes.accepts(epoch, on)), accepts, "{} on {on}", epoch.scope);
            }
        }
    }

    #[test]
    fn epochs_without_dates_are_always_used_and_destroyed_ones_never() {
        let scopes = Scopes(vec![
            epoch("agency/nta/1", ["", "", ""]),
            epoch("agency/nta/2", ["", "", ""]),
            epoch("agency/nta/3", ["2027-04-01", "2030-01-01", "2027-05-01"]),
        ]);
        let on = |text: &str| text.parse().expect("a day");
        assert_eq!(outcome(scopes.makes(&scopes[0], on("2027-03-31"))), "yes");
        assert_eq!(outcome(scopes.makes(&scopes[2], on("2027-04-15"))), "destroyed");
        assert_eq!(outcome(scopes.accepts(&scopes[2], on("2027-04-15"))), "destroyed");
        assert_eq!(outcome(scopes.makes(&scopes[0], on("2027-04-15"))), "superseded", "the newer epoch had begun");
    }

    #[test]
    fn an_epoch_that_was_destroyed_before_it_began_replaces_nothing() {
        let scopes =
            Scopes(vec![epoch("agency/nta/1", ["", "", ""]), epoch("agency/nta/2", ["2027-04-01", "", "2027-03-01"])]);
        assert_eq!(outcome(scopes.makes(&scopes[0], "2027-06-01".parse().expect("a day"))), "yes");
    }

    #[test]
    fn a_symbol_is_of_the_epoch_with_its_purpose_and_tag() {
        let scopes = Scopes(vec![epoch("agency/nta/1", ["", "", ""]), epoch("agency/nta/2", ["", "", ""])]);
        let tag = KeyTag::from_bytes([0, 0, 0, 2]);
        assert_eq!(scopes.of_symbol(Purpose::Agency, tag).map(|epoch| epoch.scope), Some(scopes[1].scope));
        assert_eq!(scopes.of_symbol(Purpose::Research, tag), None);
        assert_eq!(scopes.of_symbol(Purpose::Agency, KeyTag::from_bytes([9; 4])), None);
    }
}
