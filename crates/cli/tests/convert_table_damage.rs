//! `fugo convert` on damaged Parquet and Arrow files, on files with a wrong extension, and on full disks: the error
//! has two lines and nothing of a cell, and the outputs of the run before are unchanged.

mod rosters;
mod sample_keys;
mod tables;

use std::{
    collections::HashSet,
    fs,
    ops::Range,
    process::{Command, Output, Stdio},
};

use arrow_array::RecordBatch;
use parquet::{
    basic::{Compression, GzipLevel},
    file::properties::WriterProperties,
};
use rosters::{NTA, NTA_KEY, command, earlier, keys_of, numbers, read, run_directories, watch};
use sample_keys::{Keys, stderr};
use tables::{FORMATS, expected, roster, rows, table, texts, write, write_parquet};

const OUTPUTS: [&str; 3] = ["out.parquet", "out.rejects.csv", "out.duplicates.csv"];
const SECRET_MEMO: &str = "機密";

fn people(count: u64) -> Vec<(String, String)> {
    numbers(count).into_iter().zip((0..).map(|i: u32| format!("{SECRET_MEMO}{i}"))).collect()
}

fn roster_of(people: &[(String, String)]) -> RecordBatch {
    let numbers: Vec<String> = people.iter().map(|(number, _)| number.clone()).collect();
    roster(&numbers, texts(people.iter().map(|(_, memo)| memo)))
}

/// A key, and outputs of an earlier run.
fn folder() -> Keys {
    let keys = keys_of(&[NTA]);
    put_back(&keys);
    keys
}

fn put_back(keys: &Keys) {
    OUTPUTS.iter().for_each(|name| drop(keys.file(name, earlier(name), 0o600)));
}

/// Converts these bytes as a file of this name, and fails if that takes minutes.
fn run(keys: &Keys, name: &str, bytes: &[u8], more: &[&str]) -> Output {
    fs::write(keys.at(name), bytes).expect("written");
    let args = [&[name, "--keep", "memo", "--key", NTA_KEY, "--out", "out.parquet", "--quiet"], more].concat();
    let run = command(keys, &args).spawn().expect("the tool runs");
    let _watch = watch(&run);
    run.wait_with_output().expect("it ends")
}

/// Whether the run was refused in the usual way.
fn is_refused(keys: &Keys, output: &Output, people: &[(String, String)]) -> Result<(), String> {
    let said: Vec<&str> = stderr(output).lines().filter(|line| !line.contains("is a test key")).collect();
    let digits: Vec<u8> = stderr(output).bytes().filter(u8::is_ascii_digit).collect();
    let parts: HashSet<&[u8]> = people.iter().flat_map(|(number, _)| number.as_bytes().windows(8)).collect();
    let before = OUTPUTS.map(|name| read(keys, name));
    let checks = [
        (output.status.code() == Some(2), "another status than 2"),
        (said.len() == 2 && said[0].starts_with("fugo: ") && said[1].starts_with("      "), "not two lines"),
        (
            !stderr(output).contains(SECRET_MEMO) && !digits.windows(8).any(|run| parts.contains(run)),
            "a cell is repeated",
        ),
        (before.iter().zip(OUTPUTS).all(|(file, name)| file == earlier(name).as_bytes()), "an output has changed"),
        (run_directories(&keys.at("")).is_empty(), "a run directory is left"),
    ];
    match checks.iter().find(|(held, _)| !held) {
        Some((_, fault)) => Err(format!("{fault}: {:?} {said:?}", output.status)),
        None => Ok(()),
    }
}

/// The run is refused, or converts as if the file were not damaged.
fn is_refused_or_right(keys: &Keys, output: &Output, people: &[(String, String)]) -> Result<(), String> {
    if !matches!(output.status.code(), Some(0 | 1)) {
        return is_refused(keys, output, people);
    }
    let (found, expected) = (rows(&table(keys, "out.parquet")), expected(NTA, people));
    put_back(keys);
    let fault = || format!("converted, but {} rows and not the {} that there were", found.len(), expected.len());
    if found == expected { Ok(()) } else { Err(fault()) }
}

/// A roster of two batches as bytes of a format.
fn bytes_of(people: &[(String, String)], format: &str) -> Vec<u8> {
    let (keys, name) = (Keys::none(), format!("whole.{format}"));
    let (head, tail) = people.split_at(people.len() / 3);
    write(&keys.at(&name), &[roster_of(head), roster_of(tail)]);
    read(&keys, &name)
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_file_that_ends_early_is_refused_wherever_it_ends() {
    let people = people(2_000);
    let mut faults = Vec::new();
    for format in ["parquet", "arrow", "arrows"] {
        let (keys, bytes) = (folder(), bytes_of(&people, format));
        let (len, name) = (bytes.len(), format!("roster.{format}"));
        // A stream may lack its last eight bytes, which say only that it ends.
        let short = if format == "arrows" { 9 } else { 1 };
        for end in [0, 1, 4, 6, 7, 8, 12, 100, len / 4, len / 2, len * 3 / 4, len - 200, len - 12, len - short] {
            let output = run(
                &keys,
                &name,
                &bytes[..end],
                &["--input-format", if format == "parquet" { format } else { "arrow" }],
            );
            let refused = is_refused(&keys, &output, &people);
            faults.extend(refused.err().map(|fault| format!("{format} cut at {end} of {len}: {fault}")));
        }
    }
    assert_none(&faults);
}

#[test]
fn a_stream_that_ends_between_two_batches_is_refused() {
    let people = people(2_000);
    let (keys, whole, head) = (folder(), bytes_of(&people, "arrows"), bytes_of(&people[..people.len() / 3], "arrows"));
    // The schema and the batches of the first part of the roster, in three batches like all of them: another message
    // follows.
    let marker = [0xFF, 0xFF, 0xFF, 0xFF];
    let ends: Vec<usize> = (8..whole.len() - 8).step_by(8).filter(|at| whole[*at..*at + 4] == marker).collect();
    assert!(ends.len() >= 2 && head.len() < whole.len(), "{ends:?}");
    let last_batch = ends[ends.len() - 1];
    let output = run(&keys, "roster.arrows", &whole[..last_batch], &[]);
    assert_none(&is_refused(&keys, &output, &people).err().into_iter().collect::<Vec<_>>());
}

/// The parts of a file with its structure and no cells: its footer, or the messages of a stream before its first
/// cells.
fn structure(bytes: &[u8], format: &str) -> Range<usize> {
    let length = |at: usize| {
        let length: [u8; 4] = bytes[at..at + 4].try_into().expect("four bytes");
        u32::from_le_bytes(length) as usize
    };
    match (format, bytes.len()) {
        ("parquet", end) => end - 8 - length(end - 8)..end,
        ("arrow", end) => end - 10 - length(end - 10)..end,
        _ => {
            let schema = 8 + length(4);
            0..schema + 8 + length(schema + 4)
        }
    }
}

#[test]
fn a_flipped_byte_of_structure_is_seen_or_harmless_but_in_a_stream_may_lose_a_batch() {
    let people = people(300);
    let mut faults = Vec::new();
    for format in ["parquet", "arrow", "arrows"] {
        let (keys, bytes) = (folder(), bytes_of(&people, format));
        let name = format!("roster.{format}");
        for at in structure(&bytes, format).step_by(5) {
            for mask in [0x01, 0x80] {
                let mut damaged = bytes.clone();
                damaged[at] ^= mask;
                let output = run(&keys, &name, &damaged, &["--threads", "1"]);
                let fault = is_refused_or_right(&keys, &output, &people).err();
                // The reader skips messages of unknown kinds, and streams have no checksums.
                let unseen = format == "arrows" && matches!(output.status.code(), Some(0 | 1));
                faults.extend(
                    fault
                        .filter(|_| !unseen)
                        .map(|fault| format!("{format}, byte {at} of {}, bit {mask:#x}: {fault}", bytes.len())),
                );
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn a_flipped_byte_within_compressed_pages_is_seen() {
    let people = people(2_000);
    let keys = folder();
    let properties = WriterProperties::builder().set_compression(Compression::GZIP(GzipLevel::default())).build();
    write_parquet(&keys.at("roster.parquet"), &[roster_of(&people)], properties);
    let bytes = read(&keys, "roster.parquet");
    let mut faults = Vec::new();
    for at in (4..bytes.len() - 1_000).step_by(bytes.len() / 60) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        for more in [&[][..], &["--order", "input", "--threads", "3"]] {
            let output = run(&keys, "roster.parquet", &damaged, more);
            if output.status.code() != Some(0) || more.is_empty() {
                let fault = is_refused_or_right(&keys, &output, &people).err();
                faults.extend(fault.map(|fault| format!("byte {at} of {}: {fault}", bytes.len())));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn a_flipped_byte_within_plain_cells_never_ends_in_anything_but_a_refusal_or_an_output() {
    let people = people(2_000);
    let mut faults = Vec::new();
    for format in ["parquet", "arrow", "arrows"] {
        let (keys, bytes) = (folder(), bytes_of(&people, format));
        for at in (8..bytes.len() - 8).step_by(bytes.len() / 80) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x80;
            let output = run(&keys, &format!("roster.{format}"), &damaged, &[]);
            if !matches!(output.status.code(), Some(0 | 1)) {
                let fault = is_refused(&keys, &output, &people).err();
                faults.extend(fault.map(|fault| format!("{format}, byte {at} of {}: {fault}", bytes.len())));
                continue;
            }
            // A changed cell in such a file cannot be noticed; the rows that are written are read from the file.
            table(&keys, "out.parquet");
            put_back(&keys);
        }
    }
    assert_none(&faults);
}

#[test]
fn a_file_that_is_not_what_it_is_called_is_refused_and_named_where_it_can_be() {
    let people = people(500);
    let keys = folder();
    let csv = b"my_number,memo\n123456789018,x\n".to_vec();
    for (name, bytes, named) in [
        ("roster.csv", bytes_of(&people, "parquet"), "--input-format parquet"),
        ("roster.csv", bytes_of(&people, "arrow"), "--input-format arrow"),
        ("roster.csv", bytes_of(&people, "arrows"), "--input-format arrow"),
        ("roster.parquet", bytes_of(&people, "arrow"), "parquet"),
        ("roster.arrow", bytes_of(&people, "parquet"), "arrow"),
        ("roster.parquet", csv.clone(), "parquet"),
        ("roster.arrow", csv, "arrow"),
    ] {
        let output = run(&keys, name, &bytes, &[]);
        assert_none(&is_refused(&keys, &output, &people).err().into_iter().collect::<Vec<_>>());
        assert!(stderr(&output).contains(named), "{name}: {}", stderr(&output));
    }
}

#[test]
fn an_output_of_columns_that_does_not_fit_leaves_the_old_one() {
    let people = people(60_000);
    for format in FORMATS {
        for more in ["", "--threads 1", "--order input", "--order input --unique"] {
            let keys = folder();
            write(&keys.at("roster.parquet"), &[roster_of(&people)]);
            let out = format!("nta.{format}");
            keys.file(&out, earlier(&out), 0o600);
            // No file grows beyond 1,000 blocks of 512 bytes (of 1,024 in some shells).
            let tool = env!("CARGO_BIN_EXE_fugo");
            let args = format!("roster.parquet --keep memo --key {NTA_KEY} --out {out} --memory 1G --quiet {more}");
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("trap '' XFSZ; ulimit -f 1000; exec {tool} convert --test-keys {args}")]);
            let output = shell.current_dir(keys.at("")).stdin(Stdio::null()).output().expect("a shell");
            assert_none(&is_refused(&keys, &output, &people).err().into_iter().collect::<Vec<_>>());
            assert!(stderr(&output).contains(&format!("fugo: cannot write {out}: ")), "{more}: {output:?}");
            assert_eq!(read(&keys, &out), earlier(&out).as_bytes());
        }
    }
}
