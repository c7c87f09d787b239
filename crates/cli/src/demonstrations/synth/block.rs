//! Makes rows as bytes, one block at a time. They depend only on the options and on the rows' indices.

use std::ops::Range;

use super::{
    Options,
    kind::{MODES, Outcome},
    mess::{Damaged, Mess},
    person::{Person, Roster},
    prefecture::PREFECTURES,
    summary::Summary,
};

/// The number of rows of a block, which takes a few hundred kilobytes.
pub(super) const ROWS: u64 = 8192;

pub(super) const HEADER: &str = "my_number,birth_date,sex,prefecture,insurer";

#[derive(Default)]
pub(super) struct Block {
    pub(super) rows: Vec<u8>,
    pub(super) truth: Vec<u8>,
    pub(super) summary: Summary,
}

pub(super) struct Typesetter<'a> {
    roster: &'a Roster,
    mess: Mess<'a>,
    prefectures: Vec<Vec<u8>>,
    line_end: &'static [u8],
}

impl<'a> Typesetter<'a> {
    pub(super) fn new(roster: &'a Roster, options: &Options) -> Self {
        let encode = |(name, _): (&str, u16)| options.encoding.encode(name).into_owned();
        Self {
            roster,
            mess: Mess::new(roster, options.rows, options.mess, options.encoding, options.seed),
            prefectures: PREFECTURES.into_iter().map(encode).collect(),
            line_end: options.line_end.bytes(),
        }
    }

    pub(super) fn block(&self, options: &Options, indices: Range<u64>) -> Block {
        let mut block = Block::default();
        block.summary.rows = indices.end - indices.start;
        block.rows.reserve(64 * ROWS as usize);
        for index in indices {
            if self.mess.damages(index) {
                let damaged = self.mess.damage(index);
                let cell = options.encoding.encode(&damaged.cell);
                self.write_row(&cell, &damaged.person, damaged.insurer.as_deref(), &mut block.rows);
                write_truth(index, &damaged, &mut block.truth);
                block.summary.count(damaged.kind, damaged.expected);
            } else {
                let person = self.roster.person(index);
                self.write_row(&person.number, &person, Some(&person.insurer), &mut block.rows);
            }
        }
        block
    }

    fn write_row(&self, number: &[u8], person: &Person, insurer: Option<&[u8]>, rows: &mut Vec<u8>) {
        rows.extend_from_slice(number);
        rows.push(b',');
        rows.extend_from_slice(&person.birth_date);
        rows.extend_from_slice(&[b',', person.sex, b',']);
        rows.extend_from_slice(&self.prefectures[person.prefecture]);
        if let Some(insurer) = insurer {
            rows.push(b',');
            rows.extend_from_slice(insurer);
        }
        rows.extend_from_slice(self.line_end);
    }
}

pub(crate) fn truth_header() -> String {
    format!("record,line,kind,{},of_record\n", MODES.join(","))
}

/// Records count from 1, and the header is 0. No cell holds a line end, so the line of a record is its number plus
/// one.
fn write_truth(index: u64, damaged: &Damaged, truth: &mut Vec<u8>) {
    let [strict, lenient, lenient_zeros] = damaged.expected.map(Outcome::word);
    let of = damaged.of.map(|of| (of + 1).to_string()).unwrap_or_default();
    let (record, line, kind) = (index + 1, index + 2, damaged.kind.name());
    truth.extend_from_slice(format!("{record},{line},{kind},{strict},{lenient},{lenient_zeros},{of}\n").as_bytes());
}
