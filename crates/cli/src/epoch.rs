//! Which keys may be used today: the clock, and the dates in the registry of scopes.

use std::{
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use clap::Args;
use fugo::{KeyTag, Scope};
use fugo_keystore::{Day, RecordedEpoch, Registry, RegistryError, Scopes, UntimelyError};

use crate::{
    calendar,
    failure::{Failure, Result},
    notice,
};

/// Days begin at 00:00 in Japan, UTC+09:00, whatever the time zone of the machine is.
const JAPAN: u64 = 9 * 60 * 60;
const DAY: u64 = 24 * 60 * 60;

/// A day before this tool was made: no clock that is right shows it to the tool. Written by hand, so that every build of
/// one source has the same.
const BEFORE: (u16, u8, u8) = (2026, 1, 1);

/// How the keys of a command are compared with the registry of scopes.
#[derive(Args, Debug)]
pub(crate) struct EpochArgs {
    /// The registry of scopes. A key that it does not record with this scope and tag is refused, and so is a key on a
    /// day outside its dates. Without this option neither is checked.
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    /// Use the keys although the registry says that it is too early or too late for them. A destroyed key stays refused.
    #[arg(long, requires = "registry")]
    ignore_dates: bool,
}

impl EpochArgs {
    /// The file that is read. No output may overwrite it.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.registry.iter()
    }

    /// Refuses keys whose symbols are not made today.
    pub(crate) fn check_made(&self, keys: &[(Scope, KeyTag)]) -> Result<()> {
        self.check(keys, Scopes::makes, "give the key of the epoch that is valid today")
    }

    /// Refuses keys whose symbols are not accepted today.
    pub(crate) fn check_accepted(&self, keys: &[(Scope, KeyTag)]) -> Result<()> {
        self.check(keys, Scopes::accepts, "give the key of an epoch that is accepted today")
    }

    fn check(
        &self,
        keys: &[(Scope, KeyTag)],
        judge: fn(&Scopes, &RecordedEpoch, Day) -> Result<(), UntimelyError>,
        remedy: &str,
    ) -> Result<()> {
        let Some(path) = &self.registry else {
            return Ok(());
        };
        let (scopes, today) = (read(path)?, today()?);
        if !self.ignore_dates {
            check_clock(path, &scopes, today)?;
        }
        for (scope, tag) in keys {
            let epoch = scopes.recorded(scope, *tag).map_err(|error| not_of_registry(path, &error))?;
            let Err(error) = judge(&scopes, epoch, today) else {
                continue;
            };
            if matches!(error, UntimelyError::Destroyed { .. }) {
                return Err(Failure::new(error, format!("{remedy}, and destroy this copy too")));
            }
            if !self.ignore_dates {
                return Err(Failure::new(error, format!("{remedy}, or use this one all the same with --ignore-dates")));
            }
            notice::warn(format_args!("{error}; the key is used because of --ignore-dates"));
        }
        Ok(())
    }

    /// The epoch of a symbol with this text form, if there is a registry and it records it.
    pub(crate) fn of_symbol(&self, symbol: &fugo::text::Decoded) -> Result<Option<RecordedEpoch>> {
        let Some(path) = &self.registry else {
            return Ok(None);
        };
        Ok(read(path)?.of_symbol(symbol.purpose, symbol.tag).copied())
    }
}

/// Reads a registry. A path without a file is refused: an empty registry would accept nothing.
pub(crate) fn read(path: &Path) -> Result<Scopes> {
    if let Err(error) = path.metadata()
        && error.kind() == std::io::ErrorKind::NotFound
    {
        return Err(Failure::new(
            format_args!("there is no registry of scopes at {}", path.display()),
            "check the path; `fugo key derive` makes the registry when it records the first scope",
        ));
    }
    Registry::at(path).scopes().map_err(|error| not_of_registry(path, &error))
}

fn not_of_registry(path: &Path, error: &RegistryError) -> Failure {
    if let RegistryError::Io(error) = error {
        return Failure::io("read the registry of scopes", path, error);
    }
    let what = format_args!("{}: {error}", path.display()).to_string();
    Failure::new(what, "give --registry the registry of these keys; do not use a key until you know its scope")
}

/// Refuses a clock that is before a day of the registry on which a key was destroyed.
pub(crate) fn check_clock(path: &Path, scopes: &Scopes, today: Day) -> Result<()> {
    scopes.check_clock(today).map_err(|error| {
        let what = format_args!("{}: {error}", path.display()).to_string();
        Failure::new(what, "set the clock of this machine; if it is right, correct the day in the registry")
    })
}

/// The day that it is in Japan, by the clock of the machine. A day before this tool was made is refused.
pub(crate) fn today() -> Result<Day> {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    believed(since_1970.and_then(|passed| day_in_japan(passed.as_secs())))
}

fn believed(day: Option<Day>) -> Result<Day> {
    let (year, month, of_month) = BEFORE;
    let what = match (day, Day::new(year, month, of_month)) {
        (None, _) => "the clock of the machine gives no day from 1970 to 9999".to_owned(),
        (Some(day), Some(first)) if day <= first => {
            format!("the clock of the machine says {day}, and this tool was made after {first}")
        }
        (Some(day), _) => return Ok(day),
    };
    Err(Failure::new(what, "set the clock, and run the command again; nothing was changed"))
}

/// The day in Japan, so many seconds after 1970-01-01 00:00 UTC.
fn day_in_japan(seconds: u64) -> Option<Day> {
    let day = seconds.checked_add(JAPAN)? / DAY;
    // 9999-12-31, which is far from an overflow.
    let (year, month, day) = calendar::civil(i64::try_from(day).ok().filter(|day| *day < 3_000_000)?);
    Day::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_before_the_tool_is_not_believed() {
        for (text, is_believed) in [("1970-01-01", false), ("2026-01-01", false), ("2026-01-02", true)] {
            let day: Day = text.parse().expect("a day");
            assert_eq!(believed(Some(day)).ok(), is_believed.then_some(day), "{text}");
        }
        assert!(believed(None).is_err());
    }

    #[test]
    fn a_day_begins_at_midnight_in_japan_and_not_in_utc() {
        let day = |seconds| day_in_japan(seconds).expect("a day").to_string();
        assert_eq!(
            (day(0), day(15 * 3600 - 1), day(15 * 3600)),
            ("1970-01-01".into(), "1970-01-01".into(), "1970-01-02".into())
        );
        // 2027-03-31 14:59:59 UTC and one second later.
        assert_eq!((day(1_806_505_199), day(1_806_505_200)), ("2027-03-31".into(), "2027-04-01".into()));
        assert_eq!((day_in_japan(u64::MAX), day_in_japan(253_402_300_800)), (None, None));
    }
}
