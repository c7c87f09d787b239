//! Compares the truth file, which knows the damage, with the library, which sees only the row.

use std::collections::HashMap;

use encoding_rs::SHIFT_JIS;
use fugo::{
    ErrorKind, MyNumber, MyNumberError,
    normalize::{LostZeros, NormalizeError, normalize},
};

use super::{Options, WriteError, kind::Kind, line_end::LineEnd, summary::Summary, write_roster};
use crate::{interrupt::Interrupt, roster::encoding::Encoding};

fn options(rows: u64, mess: &str, encoding: Encoding) -> Options {
    Options { rows, seed: 1, mess: mess.parse().unwrap(), encoding, line_end: LineEnd::Lf, bom: false }
}

fn write(options: &Options) -> (Vec<u8>, String, Summary) {
    let (mut rows, mut truth) = (Vec::new(), Vec::new());
    let summary = write_roster(options, &mut rows, Some(&mut truth), &Interrupt::default()).unwrap();
    (rows, String::from_utf8(truth).unwrap(), summary)
}

fn strict(cell: &str) -> Result<String, ErrorKind> {
    let number = MyNumber::parse(cell).map_err(MyNumberError::kind)?;
    Ok(String::from_utf8(number.expose_digits().to_vec()).unwrap())
}

fn lenient(cell: &str, zeros: LostZeros) -> Result<String, ErrorKind> {
    let normalized = normalize(cell, zeros).map_err(NormalizeError::kind)?;
    normalized.parse().map_err(MyNumberError::kind)?;
    Ok(String::from_utf8(normalized.expose_digits().to_vec()).unwrap())
}

/// Compares every row with the truth file in each mode, and the accepted numbers with the totals.
fn assert_truth(options: &Options) {
    let (bytes, truth, summary) = write(options);
    let text = match options.encoding {
        Encoding::Utf8 => String::from_utf8(bytes).unwrap(),
        Encoding::Cp932 => {
            SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&bytes).expect("CP932").into_owned()
        }
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!((rows.len() as u64, text.lines().count() as u64), (options.rows, options.rows + 1));

    let mut truths: HashMap<u64, csv::StringRecord> = HashMap::new();
    for truth in csv::Reader::from_reader(truth.as_bytes()).records() {
        let truth = truth.unwrap();
        assert_eq!(truth.len(), 7);
        truths.insert(truth[0].parse().unwrap(), truth);
    }
    assert_eq!(truths.len() as u64, Kind::ALL.into_iter().map(|kind| summary.damaged(kind)).sum::<u64>());

    let mut accepted = summary.accepted().map(|_| HashMap::new());
    let clean = csv::StringRecord::from(vec!["", "", "clean", "ok", "ok", "ok", ""]);
    for (record, row) in (1..).zip(&rows) {
        let truth = truths.get(&record).unwrap_or(&clean);
        assert!(truth[1].is_empty() || truth[1].parse() == Ok(record + 1));
        let found = [strict(&row[0]), lenient(&row[0], LostZeros::Refuse), lenient(&row[0], LostZeros::Restore)];
        for (mode, found) in found.into_iter().enumerate() {
            match &truth[3 + mode] {
                "ok" => {
                    let number = found.unwrap_or_else(|kind| panic!("record {record}, {}: {kind}", &truth[2]));
                    assert_eq!(row.len(), 5);
                    assert!(accepted[mode].insert(number, record).is_none(), "record {record} is another person");
                }
                "equal" => {
                    let of: usize = truth[6].parse().unwrap();
                    assert!(of < record as usize && !truths.contains_key(&(of as u64)));
                    assert_eq!(row, &rows[of - 1]);
                }
                "differs" => {
                    let of: usize = truth[6].parse().unwrap();
                    assert!(of < record as usize && !truths.contains_key(&(of as u64)));
                    let shared = |row: &csv::StringRecord| row.iter().take(4).map(str::to_owned).collect::<Vec<_>>();
                    assert_eq!(shared(row), shared(&rows[of - 1]));
                    assert_ne!(row[4], rows[of - 1][4]);
                    assert!(accepted[mode].remove(&found.unwrap()).is_some());
                }
                "fields" => assert!(found.is_ok() && row.len() == 4),
                "kept-number" => assert_eq!(found, lenient(&row[4], LostZeros::Refuse)),
                reason => assert_eq!(found.map_err(ErrorKind::as_str), Err(reason), "record {record}, {}", &truth[2]),
            }
        }
    }
    assert_eq!(accepted.map(|numbers| numbers.len() as u64), summary.accepted());
}

#[test]
fn every_damaged_row_is_what_the_truth_says() {
    assert_truth(&options(60_000, "40", Encoding::Utf8));
    assert_truth(&options(60_000, "40", Encoding::Cp932));
}

#[test]
fn all_rows_may_be_damaged() {
    assert_truth(&options(3000, "100", Encoding::Utf8));
}

#[test]
fn a_small_roster_is_the_beginning_of_a_clean_large_one() {
    let (small, ..) = write(&options(9000, "0", Encoding::Utf8));
    let (large, truth, summary) = write(&options(20_000, "0", Encoding::Utf8));
    assert_eq!(large[..small.len()], small);
    assert_eq!(truth.lines().count(), 1);
    assert_eq!(summary.accepted(), [20_000; 3]);
}

#[test]
fn a_request_to_stop_ends_the_writing() {
    let stopped = write_roster(&options(1, "0", Encoding::Utf8), &mut Vec::new(), None, &Interrupt::requested());
    assert!(matches!(stopped, Err(WriteError::Stopped(_))));
}

/// A writer that fails after this many bytes.
struct Full(usize);

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_device_ends_the_writing() {
    let options = options(1_000_000, "1", Encoding::Utf8);
    let go_on = Interrupt::default();
    let result = write_roster(&options, &mut Full(1_000_000), None, &go_on);
    assert!(matches!(result, Err(WriteError::Rows(_))));
    let result = write_roster(&options, &mut std::io::sink(), Some(&mut Full(10_000)), &go_on);
    assert!(matches!(result, Err(WriteError::Truth(_))));
}
