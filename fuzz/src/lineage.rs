//! Lineage files, compared with a reading line by line and with chains that are followed pair by pair.

use std::collections::BTreeMap;

use fugo::{MyNumber, find};
use fugo_cli::fuzzing;

use crate::{files, planted::Fault};

/// Any bytes as a lineage file.
pub fn check(data: &[u8]) {
    let path = files::file("lineage", data);
    let found = fuzzing::lineage(&path, data.len());
    let expected = model(data);
    assert_eq!(found.is_ok(), expected.is_some(), "{:?}", found.as_ref().err());
    match found {
        Ok(lineage) => {
            let previous = expected.expect("accepted by both");
            assert_eq!(lineage.len(), previous.len());
            for number in previous.iter().flat_map(|(new, previous)| [new, previous]) {
                let mut first = lineage.first(&parsed(number)).expose_digits().to_vec();
                if let Some(before) = previous.get(number)
                    && Fault::LineageFirst.is_planted()
                {
                    first.clone_from(before);
                }
                assert_eq!(&first, chain(&previous, number).last().expect("itself"));
            }
            // One byte less is allowed than it has.
            assert!(fuzzing::lineage(&path, data.len() - 1).is_err());
        }
        Err(said) => {
            assert_eq!(said.lines().count(), 2);
            let shown = find::candidates(&said).filter(|found| found.shape() == find::Shape::Whole);
            assert_eq!(shown.count(), 0, "an error shows twelve digits");
        }
    }
}

fn parsed(digits: &[u8]) -> MyNumber {
    MyNumber::parse(digits).expect("a number")
}

/// The number before each new number, if the file has the form that `docs/spec.md` gives.
fn model(data: &[u8]) -> Option<BTreeMap<Vec<u8>, Vec<u8>>> {
    let end = data.iter().rposition(|byte| *byte != 0x1A)? + 1;
    let mut text = &data[..end];
    while let Some(rest) = text.strip_prefix(b"\xEF\xBB\xBF") {
        text = rest;
    }
    let mut lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    (fields(lines.next()?) == [b"new".to_vec(), b"previous".to_vec()]).then_some(())?;
    let mut previous = BTreeMap::new();
    while let Some(line) = lines.next() {
        if line.is_empty() {
            // Blank lines are allowed at the end, and spaces after them.
            lines.all(|rest| rest.trim_ascii().is_empty()).then_some(())?;
            break;
        }
        let [new, old] = fields(line).try_into().ok()?;
        (MyNumber::parse(&new).is_ok() && MyNumber::parse(&old).is_ok()).then_some(())?;
        previous.insert(new, old).is_none().then_some(())?;
    }
    let mut olds: Vec<_> = previous.values().collect();
    olds.sort();
    let is_path = |new: &Vec<u8>| chain(&previous, new).count() <= previous.len() + 1;
    (olds.windows(2).all(|pair| pair[0] != pair[1]) && previous.keys().all(is_path)).then_some(previous)
}

fn fields(line: &[u8]) -> Vec<Vec<u8>> {
    let unquoted = |field: &[u8]| match field {
        [b'"', inner @ .., b'"'] => inner.to_vec(),
        other => other.to_vec(),
    };
    line.split(|byte| *byte == b',').map(unquoted).collect()
}

/// A number and those before it; in a circle, as many as show it.
fn chain<'a>(previous: &'a BTreeMap<Vec<u8>, Vec<u8>>, from: &'a Vec<u8>) -> impl Iterator<Item = &'a Vec<u8>> {
    std::iter::successors(Some(from), |number| previous.get(*number)).take(previous.len() + 2)
}
