//! The two lists for the operator: rejects, and people with several rows. They say where a row is, and never repeat a
//! value.

use super::{
    rows::Reject,
    sort::{Duplicate, Outcome},
};
use crate::{failure::Result, placing::Output, redaction, roster::csv};

/// The columns are `record,line,byte,column,reason,detail`. The header is record 0 and line 1. Bytes count from 0, to
/// the start of the cell at fault, or of the record if no cell is at fault. A row of a table has neither line nor
/// byte.
pub(crate) struct Rejects {
    file: Output,
    columns: Vec<String>,
    buffer: Vec<u8>,
}

impl Rejects {
    pub(crate) fn new(mut file: Output, columns: Vec<String>) -> Result<Self> {
        file.put(b"record,line,byte,column,reason,detail\n")?;
        // A roster without a header has a number where a name is expected.
        Ok(Self { file, columns: columns.iter().map(redaction::shown).collect(), buffer: Vec::new() })
    }

    pub(crate) fn write(&mut self, rejects: &[Reject]) -> Result<()> {
        self.buffer.clear();
        for reject in rejects {
            let at = reject.position;
            self.buffer.extend_from_slice(format!("{at},").as_bytes());
            csv::write_value(reject.field.map_or("", |field| &self.columns[field]), b',', &mut self.buffer);
            self.buffer.push(b',');
            self.buffer.extend_from_slice(reject.reason.kind().as_bytes());
            self.buffer.push(b',');
            csv::write_value(&reject.reason.to_string(), b',', &mut self.buffer);
            self.buffer.push(b'\n');
        }
        self.file.put(&self.buffer)
    }

    pub(crate) fn into_output(self) -> Output {
        self.file
    }
}

/// The columns are `person,record,line,byte,outcome`. People are counted from 1, in the order of their symbols in the
/// first output. An outcome is `converted` (the first of equal rows), `equal` (equal to that row) or `differs` (none
/// of the person's rows was converted).
pub(crate) struct Duplicates {
    file: Output,
    people: u64,
    buffer: Vec<u8>,
}

impl Duplicates {
    pub(crate) fn new(mut file: Output) -> Result<Self> {
        file.put(b"person,record,line,byte,outcome\n")?;
        Ok(Self { file, people: 0, buffer: Vec::new() })
    }

    pub(crate) fn write(&mut self, duplicates: &[Duplicate]) -> Result<()> {
        self.buffer.clear();
        for duplicate in duplicates {
            self.people += u64::from(duplicate.opens_group);
            let at = duplicate.position;
            let outcome = match duplicate.outcome {
                Outcome::Converted => "converted",
                Outcome::Equal => "equal",
                Outcome::Differs => "differs",
            };
            self.buffer.extend_from_slice(format!("{},{at},{outcome}\n", self.people).as_bytes());
        }
        self.file.put(&self.buffer)
    }

    /// People with more than one row.
    pub(crate) fn people(&self) -> u64 {
        self.people
    }

    pub(crate) fn into_output(self) -> Output {
        self.file
    }
}
