//! The lines of a registry: CSV with the header `purpose,scope,epoch,tag,valid-from,accept-until,destroyed`.
//!
//! A date that is not recorded is an empty field. Registries of earlier versions have the first four columns only. They
//! are read, and written with all columns when something is recorded.

use std::{collections::HashMap, fmt::Write as _, fs::File, io::Read};

use fugo::Scope;

use super::{Dates, Day, DayError, RecordedEpoch, RegistryError, Scopes, dates::check_order};

pub(super) const HEADER: &str = "purpose,scope,epoch,tag,valid-from,accept-until,destroyed";
/// The header before there were dates.
const EARLIER_HEADER: &str = "purpose,scope,epoch,tag";
/// The largest registry in bytes, enough for about 200,000 scopes.
const MAX_LEN: u64 = 16 * 1024 * 1024;

pub(super) fn parse(file: File) -> Result<Scopes, RegistryError> {
    let mut text = String::new();
    if file.take(MAX_LEN + 1).read_to_string(&mut text)? as u64 > MAX_LEN {
        return Err(RegistryError::TooLarge);
    }
    let mut lines = text.lines();
    let has_dates = match lines.next() {
        Some(HEADER) => true,
        Some(EARLIER_HEADER) => false,
        _ => return Err(RegistryError::Line { line: 1 }),
    };
    let line = |(text, line)| parse_line(text, has_dates).ok_or(RegistryError::Line { line });
    let epochs = lines.zip(2..).map(line).collect::<Result<Vec<_>, _>>()?;
    check_not_repeated(&epochs)?;
    check_order(&epochs)?;
    Ok(Scopes(epochs))
}

/// Refuses a scope or a tag that an earlier line has. Every reader takes the line of a scope or of a tag, and of two lines
/// one may lack the day on which the key was destroyed.
fn check_not_repeated(epochs: &[RecordedEpoch]) -> Result<(), RegistryError> {
    let (mut scopes, mut tags) = (HashMap::new(), HashMap::new());
    for (RecordedEpoch { scope, tag, .. }, line) in epochs.iter().zip(2..) {
        for (what, earlier) in [("scope", scopes.insert(*scope, line)), ("tag", tags.insert(*tag, line))] {
            if let Some(earlier) = earlier {
                return Err(RegistryError::Repeated { line, earlier, what });
            }
        }
    }
    Ok(())
}

fn parse_line(text: &str, has_dates: bool) -> Option<RecordedEpoch> {
    let mut fields = text.split(',');
    let (purpose, id) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let (epoch, tag) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let scope = Scope::new(purpose, id, epoch).ok()?;
    let dates = if has_dates {
        Dates {
            valid_from: date(fields.next()?).ok()?,
            accept_until: date(fields.next()?).ok()?,
            destroyed: date(fields.next()?).ok()?,
        }
    } else {
        Dates::default()
    };
    fields.next().is_none().then_some(RecordedEpoch { scope, tag, dates })
}

/// A date, or an empty field.
fn date(field: &str) -> Result<Option<Day>, DayError> {
    if field.is_empty() { Ok(None) } else { field.parse().map(Some) }
}

/// The text of the file.
pub(super) fn text(epochs: &[RecordedEpoch]) -> String {
    let mut text = format!("{HEADER}\n");
    let shown = |date: Option<Day>| date.map(|date| date.to_string()).unwrap_or_default();
    for RecordedEpoch { scope, tag, dates } in epochs {
        let (purpose, id, epoch) = (scope.purpose(), scope.id(), scope.epoch());
        let (from, until, destroyed) = (shown(dates.valid_from), shown(dates.accept_until), shown(dates.destroyed));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{purpose},{id},{epoch},{tag},{from},{until},{destroyed}");
    }
    text
}

/// Whether a file that begins with these bytes is a registry that a killed process left incomplete.
pub(super) fn is_head(head: &[u8]) -> bool {
    [HEADER, EARLIER_HEADER].iter().any(|header| header.as_bytes().starts_with(head))
        || head.starts_with(format!("{EARLIER_HEADER}\n").as_bytes())
}
