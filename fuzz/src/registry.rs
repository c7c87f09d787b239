//! The registry of scopes, compared with a plain reading of its lines; and written again by a change.

use fugo::{KeyTag, Scope};
use fugo_keystore::{Day, Recorded, Registry, RegistryError, Scopes};

use crate::files;

const NOW: &str = "purpose,scope,epoch,tag,valid-from,accept-until,destroyed";
const EARLIER: &str = "purpose,scope,epoch,tag";

/// Any bytes as a registry, and any text as a day.
pub fn check(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let day = text.parse::<Day>();
        assert_eq!(day.is_ok(), is_day(text));
        assert!(day.is_err() || day.is_ok_and(|day| day.to_string() == text));
    }
    let path = files::file("scopes", data);
    let registry = Registry::at(&path);
    let found = registry.scopes();
    let expected = std::str::from_utf8(data).map_err(|_| None).and_then(model);
    match (&found, &expected) {
        (Ok(scopes), Ok(lines)) => {
            assert_eq!(&lines_of(scopes), lines);
            judged(scopes);
            changed(&registry, scopes);
        }
        (Err(RegistryError::Line { line } | RegistryError::Repeated { line, .. }), Err(Some(expected))) => {
            assert_eq!(line, expected);
        }
        // The order of dates has its own model below; text that is not UTF-8 is an error of reading.
        (Err(_), Err(None)) => {}
        _ => panic!("{:?} where the model has {expected:?}", found.map(|scopes| scopes.len())),
    }
}

type Line = [String; 7];

/// The lines, or the number of the first line that is wrong or, where each is valid by itself, of the first that repeats
/// a scope or a tag; `None` where the dates are out of order.
fn model(text: &str) -> Result<Vec<Line>, Option<usize>> {
    // As `str::lines` reads them: a line ends with LF or CR LF.
    let mut lines: Vec<&str> = text.split('\n').collect();
    if lines.last() == Some(&"") {
        lines.pop();
    }
    let ended = text.matches('\n').count();
    let lines: Vec<&str> = lines
        .iter()
        .enumerate()
        .map(|(nth, line)| if nth < ended { line.strip_suffix('\r').unwrap_or(line) } else { line })
        .collect();
    let columns = match lines.first() {
        Some(&NOW) => 7,
        Some(&EARLIER) => 4,
        _ => return Err(Some(1)),
    };
    let mut found: Vec<Line> = Vec::new();
    for (nth, line) in lines.iter().enumerate().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let is_good = fields.len() == columns
            && !fields[..3].iter().any(|field| field.contains('/'))
            && fields[..3].join("/").parse::<Scope>().is_ok()
            && fields[3].parse::<KeyTag>().is_ok()
            && fields[4..].iter().all(|date| date.is_empty() || is_day(date));
        if !is_good {
            return Err(Some(nth + 1));
        }
        let field = |at: usize| fields.get(at).copied().unwrap_or_default().to_owned();
        found.push(std::array::from_fn(field));
    }
    let repeats = |nth: &usize| {
        let earlier = |other: &Line| other[..3] == found[*nth][..3] || other[3] == found[*nth][3];
        found[..*nth].iter().any(earlier)
    };
    if let Some(nth) = (1..found.len()).find(repeats) {
        return Err(Some(nth + 2));
    }
    if is_in_order(&found) { Ok(found) } else { Err(None) }
}

/// Dates as text have the order of the calendar.
fn is_in_order(lines: &[Line]) -> bool {
    let ends_late = |line: &&Line| line[4].is_empty() || line[5].is_empty() || line[4] <= line[5];
    let number = |line: &Line| line[2].parse::<u32>().expect("an epoch");
    let mut dated: Vec<&Line> = lines.iter().filter(|line| !line[4].is_empty()).collect();
    dated.sort_by_key(|line| (line[0].clone(), line[1].clone(), number(line)));
    let begins = |pair: &[&Line]| pair[0][..2] != pair[1][..2] || pair[0][4] < pair[1][4];
    lines.iter().all(|line| ends_late(&line)) && dated.windows(2).all(begins)
}

fn lines_of(scopes: &Scopes) -> Vec<Line> {
    let date = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let line = |epoch: &fugo_keystore::RecordedEpoch| {
        let (scope, dates) = (epoch.scope, epoch.dates);
        let [from, until, end] = [dates.valid_from, dates.accept_until, dates.destroyed].map(date);
        let parts = [scope.purpose().to_string(), scope.id().to_string(), scope.epoch().to_string()];
        let [purpose, id, number] = parts;
        [purpose, id, number, epoch.tag.to_string(), from, until, end]
    };
    scopes.iter().map(line).collect()
}

/// What is made is accepted; on a day outside its dates an epoch is neither, and a destroyed one never.
fn judged(scopes: &Scopes) {
    for epoch in scopes.iter().take(16) {
        let dates = [epoch.dates.valid_from, epoch.dates.accept_until, epoch.dates.destroyed];
        for day in dates.into_iter().flatten() {
            let (makes, accepts) = (scopes.makes(epoch, day).is_ok(), scopes.accepts(epoch, day).is_ok());
            assert!(accepts || !makes);
            let is_outside = epoch.dates.valid_from.is_some_and(|from| day < from)
                || epoch.dates.accept_until.is_some_and(|until| day > until)
                || epoch.dates.destroyed.is_some();
            assert_eq!(accepts, !is_outside);
        }
        assert_eq!(scopes.recorded(&epoch.scope, epoch.tag).expect("recorded"), epoch);
        assert_eq!(scopes.of_symbol(epoch.scope.purpose(), epoch.tag), Some(epoch));
    }
}

/// A recorded scope is at the end of the new file, and the rest is the same.
fn changed(registry: &Registry, before: &Scopes) {
    let new: Scope = "research/of-this-check/4294967295".parse().expect("a scope");
    let tag = KeyTag::from_bytes([0xf0, 0x0d, 0xf0, 0x0d]);
    let is_new = !before.iter().any(|epoch| epoch.scope == new || epoch.tag == tag);
    match registry.record(&new, tag) {
        Ok(Recorded::Added) => {
            assert!(is_new);
            let after = registry.scopes().expect("what was written is read");
            assert_eq!((after.len(), &after[..before.len()]), (before.len() + 1, &before[..]));
            assert_eq!((after[before.len()].scope, after[before.len()].tag), (new, tag));
        }
        _ => assert!(!is_new),
    }
}

/// Whether a text is `YYYY-MM-DD` of the calendar, by counting up from the first day of its month.
fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_form = bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(at, byte)| if [4, 7].contains(&at) { *byte == b'-' } else { byte.is_ascii_digit() });
    if !is_form {
        return false;
    }
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().expect("digits");
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let is_leap = (year % 4 == 0) != ((year % 100 == 0) != (year % 400 == 0));
    let lengths = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    year > 0 && (1..=12).contains(&month) && day > 0 && day <= lengths[month as usize - 1]
}
