//! `fugo convert` on files with false lengths, and on small files that are large once unpacked: a file that does not
//! fit in `--memory` is refused, and no length in a file ends the process in another way.
#![cfg(target_os = "linux")]

mod rosters;
mod sample_keys;
mod tables;

use std::{fs, process::Output, sync::Arc};

use arrow_array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch, types::Int32Type};
use arrow_ipc::{
    CompressionType,
    writer::{FileWriter, IpcWriteOptions, StreamWriter},
};
use parquet::{
    basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel},
    file::properties::WriterProperties,
};
use rosters::{NTA_KEY, command, lines, numbers, read, run_directories, watch};
use sample_keys::{Keys, stderr};
use tables::{nta, roster, texts, write_parquet};

/// Converts a file with its `memo`, in an address space that is far smaller than the lengths in the files.
fn run(keys: &Keys, name: &str, memory: &str) -> Output {
    let args = [name, "--keep", "memo", "--key", NTA_KEY, "--out", "out.csv", "--quiet"];
    let more = ["--memory", memory, "--threads", "2", "--overwrite", "out.csv"];
    let run = command(keys, &[&args[..], &more].concat()).spawn().expect("the tool runs");
    let _watch = watch(&run);
    run.wait_with_output().expect("it ends")
}

/// An error of two lines, exit status 2, and no files left.
fn refused(keys: &Keys, output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(!keys.at("out.csv").exists() && run_directories(&keys.at("")).is_empty(), "{output:?}");
    stderr(output).to_owned()
}

/// The most memory that a run of this process took, in KiB.
fn peak(keys: &Keys, name: &str, memory: &str) -> (Output, u64) {
    (run(keys, name, memory), peak_into(keys, name, memory, "out.csv"))
}

/// The same, into another file.
fn peak_into(keys: &Keys, name: &str, memory: &str, out: &str) -> u64 {
    let script = r"import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)";
    let tool = env!("CARGO_BIN_EXE_fugo");
    let args = ["convert", "--test-keys", name, "--keep", "memo", "--key", NTA_KEY, "--out", out, "--quiet"];
    let more = ["--memory", memory, "--threads", "2", "--overwrite", out];
    let mut python = std::process::Command::new("python3");
    python.args(["-c", script, tool]).args(args).args(more).current_dir(keys.at(""));
    let measured = python.output().expect("python3 runs");
    String::from_utf8_lossy(&measured.stdout).trim().parse().expect("a number")
}

#[test]
fn a_small_parquet_file_of_a_few_long_values_takes_no_more_than_the_memory_allows() {
    let (keys, rows) = (nta(), 1000);
    let values = texts(["x".repeat(100_000)]);
    let memo: ArrayRef = Arc::new(DictionaryArray::<Int32Type>::new(Int32Array::from(vec![0; rows]), values));
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    write_parquet(&keys.at("roster.parquet"), &[roster(&numbers(rows as u64), memo)], properties);
    assert!(read(&keys, "roster.parquet").len() < 100_000);
    let (output, kib) = peak(&keys, "roster.parquet", "16M");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(lines(&keys, "out.csv").len(), rows + 1);
    assert!(kib < 100 << 10, "{kib} KiB for --memory 16M");
}

#[test]
fn wide_rows_are_written_as_batches_of_few_rows_that_depend_on_the_rows_alone() {
    let (keys, rows) = (nta(), 600);
    let memos = texts((0..rows).map(|i| format!("{i} {}", "x".repeat(100_000))));
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_data_page_size_limit(1 << 20)
        .set_write_batch_size(8)
        .build();
    write_parquet(&keys.at("roster.parquet"), &[roster(&numbers(rows), memos)], properties);
    for out in ["out.arrow", "out.parquet"] {
        let kib = peak_into(&keys, "roster.parquet", "16M", out);
        assert_eq!(tables::table(&keys, out).num_rows() as u64, rows);
        let few = read(&keys, out);
        // docs/operators.md lists what the process uses in addition to the memory.
        let beside = if out == "out.arrow" { 40 } else { 90 };
        assert!(kib < (16 + 10 + 10 + beside) << 10, "{kib} KiB for --memory 16M, {out}");
        peak_into(&keys, "roster.parquet", "2G", out);
        assert!(few == read(&keys, out), "{out} depends on the memory");
    }
    // A batch ends with the row that reaches 8 MiB.
    let file = fs::File::open(keys.at("out.arrow")).expect("written");
    let batches = arrow_ipc::reader::FileReader::try_new(file, None).expect("an Arrow file");
    let rows_of: Vec<usize> = batches.map(|batch| batch.expect("whole").num_rows()).collect();
    let (last, whole) = rows_of.split_last().expect("batches");
    assert!(whole.iter().all(|rows| *rows == 84) && *last <= 84, "{rows_of:?}");
}

#[test]
fn a_row_that_is_longer_than_a_mebibyte_is_refused_and_one_below_is_converted() {
    let memo = |len: usize| roster(&numbers(2), texts(["short".to_owned(), "x".repeat(len)]));
    for (len, memory, converted) in [(1_000_000, "256M", true), (1_000_000, "16M", false), (1_100_000, "256M", false)] {
        for name in ["roster.parquet", "roster.arrow"] {
            let keys = nta();
            tables::write(&keys.at(name), &[memo(len)]);
            let output = run(&keys, name, memory);
            if converted {
                assert_eq!((output.status.code(), lines(&keys, "out.csv").len()), (Some(0), 3), "{output:?}");
            } else {
                let said = refused(&keys, &output);
                assert!(said.contains("row 2 takes") && said.contains("leave long columns out of --keep"), "{said}");
            }
        }
    }
}

#[test]
fn what_a_page_unpacks_to_is_held_against_the_memory_before_it_is_unpacked() {
    let compressions = [
        Compression::ZSTD(ZstdLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::GZIP(GzipLevel::default()),
        Compression::SNAPPY,
        Compression::LZ4_RAW,
    ];
    let memo = "x".repeat(50_000_000);
    for compression in compressions {
        let keys = nta();
        let properties = WriterProperties::builder().set_compression(compression).set_dictionary_enabled(false).build();
        write_parquet(&keys.at("roster.parquet"), &[roster(&numbers(1), texts([&memo]))], properties);
        let (output, kib) = peak(&keys, "roster.parquet", "16M");
        let said = refused(&keys, &output);
        assert!(said.contains("a page of the column `memo`") && said.contains("--memory allows"), "{said}");
        assert!(kib < 60 << 10, "{compression}: {kib} KiB for --memory 16M");
    }
}

/// A roster as Arrow, packed.
fn packed(batch: &RecordBatch, compression: CompressionType, format: &str) -> Vec<u8> {
    let options = IpcWriteOptions::default().try_with_compression(Some(compression)).expect("known");
    let schema = batch.schema();
    if format == "arrow" {
        let mut writer = FileWriter::try_new_with_options(Vec::new(), &schema, options).expect("begun");
        writer.write(batch).expect("written");
        writer.finish().expect("ended");
        return writer.into_inner().expect("whole");
    }
    let mut writer = StreamWriter::try_new_with_options(Vec::new(), &schema, options).expect("begun");
    writer.write(batch).expect("written");
    writer.finish().expect("ended");
    writer.into_inner().expect("whole")
}

#[test]
fn a_batch_that_is_large_once_unpacked_is_refused_by_name() {
    let batch = roster(&numbers(1000), texts(vec!["x".repeat(50_000); 1000]));
    for compression in [CompressionType::ZSTD, CompressionType::LZ4_FRAME] {
        for format in ["arrow", "arrows"] {
            let (keys, name) = (nta(), "roster.arrow");
            fs::write(keys.at(name), packed(&batch, compression, format)).expect("written");
            let (output, kib) = peak(&keys, name, "16M");
            let said = refused(&keys, &output);
            assert!(said.contains("once unpacked") && said.contains("--memory allows"), "{said}");
            assert!(kib < 60 << 10, "{kib} KiB for --memory 16M");
        }
    }
}

#[test]
fn a_length_that_is_claimed_before_a_packed_buffer_never_ends_the_process_in_another_way() {
    let batch = roster(&numbers(300), texts((0..300).map(|i| format!("memo {}", i % 7))));
    for compression in [CompressionType::ZSTD, CompressionType::LZ4_FRAME] {
        let magic: &[u8] = match compression {
            CompressionType::ZSTD => &[0x28, 0xB5, 0x2F, 0xFD],
            _ => &[0x04, 0x22, 0x4D, 0x18],
        };
        for format in ["arrow", "arrows"] {
            let whole = packed(&batch, compression, format);
            let frames: Vec<usize> = memchr::memmem::find_iter(&whole, magic).collect();
            assert!(frames.len() >= 2, "{frames:?}");
            for frame in frames {
                for claimed in [1 << 40, 1 << 47, i64::MAX, i64::MIN, -2, 1 << 33] {
                    let (keys, mut damaged) = (nta(), whole.clone());
                    damaged[frame - 8..frame].copy_from_slice(&i64::to_le_bytes(claimed));
                    fs::write(keys.at("roster.arrow"), damaged).expect("written");
                    refused(&keys, &run(&keys, "roster.arrow", "1G"));
                }
            }
        }
    }
}

#[test]
fn a_width_below_zero_in_an_arrow_schema_is_refused() {
    let cells: ArrayRef = Arc::new(arrow_array::FixedSizeBinaryArray::new(0x7E5D, vec![1_u8; 0x7E5D].into(), None));
    for format in ["arrow", "arrows"] {
        let batch = roster(&numbers(1), Arc::clone(&cells));
        let whole = packed(&batch, CompressionType::ZSTD, format);
        let width = 0x7E5D_i32.to_le_bytes();
        let places: Vec<usize> = memchr::memmem::find_iter(&whole, &width).collect();
        assert!(!places.is_empty(), "{format}");
        let (keys, mut damaged) = (nta(), whole);
        places.iter().for_each(|place| damaged[place + 3] = 0x80);
        fs::write(keys.at("roster.arrow"), damaged).expect("written");
        let said = refused(&keys, &run(&keys, "roster.arrow", "64M"));
        assert!(said.contains("negative width"), "{format}: {said}");
    }
}

#[test]
fn a_group_that_claims_more_columns_than_there_are_is_refused_before_there_is_room_for_them() {
    let keys = nta();
    for children in [2, 3, 1 << 20, i32::MAX as u64] {
        let mut footer = vec![0x15, 2, 0x19, 0x2C, 0x48, 1, b'r', 0x15];
        let mut zigzag = children * 2;
        while zigzag > 0x7F {
            footer.push(zigzag as u8 | 0x80);
            zigzag >>= 7;
        }
        footer.extend([zigzag as u8, 0, 0x15, 12, 0x25, 0, 0x18, 9]);
        footer.extend(b"my_number\0\x16\0\x19\x0C\0");
        let mut file = b"PAR1".to_vec();
        file.extend(&footer);
        file.extend((footer.len() as u32).to_le_bytes());
        file.extend(b"PAR1");
        fs::write(keys.at("roster.parquet"), &file).expect("written");
        let (output, peak) = peak(&keys, "roster.parquet", "16M");
        refused(&keys, &output);
        assert!(peak < 64 << 10, "{children} children: {peak} KiB");
    }
}

#[test]
fn a_footer_that_says_another_number_of_rows_than_there_are_is_refused() {
    let keys = nta();
    let rows = 12_345;
    write_parquet(
        &keys.at("roster.parquet"),
        &[roster(&numbers(rows), texts(vec!["a"; rows as usize]))],
        WriterProperties::default(),
    );
    let whole = read(&keys, "roster.parquet");
    let zigzag = |mut value: u64| {
        value <<= 1;
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    };
    let (said, other) = (zigzag(rows), zigzag(16_000));
    assert_eq!(said.len(), other.len());
    let footer = whole.len() - 8 - u32::from_le_bytes(*whole[..whole.len() - 4].last_chunk().expect("four")) as usize;
    let places: Vec<usize> = memchr::memmem::find_iter(&whole[footer..], &said).map(|at| footer + at).collect();
    assert!(places.len() >= 2, "the file's rows and the row group's");
    let mut noticed = 0;
    for place in places {
        let mut changed = whole.clone();
        changed[place..place + other.len()].copy_from_slice(&other);
        fs::write(keys.at("roster.parquet"), changed).expect("written");
        let output = run(&keys, "roster.parquet", "1G");
        if output.status.code() == Some(0) {
            // The number of values of a column, which nobody reads: the rows are complete.
            assert_eq!(lines(&keys, "out.csv").len() as u64, rows + 1);
            fs::remove_file(keys.at("out.csv")).expect("removed");
            continue;
        }
        noticed += 1;
        let said = refused(&keys, &output);
        assert!(said.contains("the footer says"), "{said}");
    }
    assert!(noticed >= 2, "the file's rows and the row group's: {noticed}");
}

/// Bytes of a roster in every format and compression, with a name that says which.
fn in_every_compression() -> Vec<(String, &'static str, Vec<u8>)> {
    let batch = roster(&numbers(300), texts((0..300).map(|i| format!("memo {}", i % 7))));
    let mut all = Vec::new();
    for compression in [CompressionType::ZSTD, CompressionType::LZ4_FRAME] {
        for format in ["arrow", "arrows"] {
            all.push((format!("{format} {compression:?}"), "roster.arrow", packed(&batch, compression, format)));
        }
    }
    let compressions = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ];
    for compression in compressions {
        let keys = nta();
        let properties = WriterProperties::builder().set_compression(compression).build();
        write_parquet(&keys.at("roster.parquet"), std::slice::from_ref(&batch), properties);
        all.push((format!("parquet {compression}"), "roster.parquet", read(&keys, "roster.parquet")));
    }
    all
}

#[test]
fn damaged_copies_in_every_compression_are_refused_or_read_and_never_end_the_process_in_another_way() {
    let mut random = rosters::Random::new(11);
    for (what, name, whole) in in_every_compression() {
        let keys = nta();
        for _ in 0..40 {
            let mut damaged = whole.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(damaged.len() - 8);
                match random.below(3) {
                    0 => damaged[at] ^= 1 << random.below(8),
                    1 => damaged[at] = random.next() as u8,
                    // A length, or a part of a length, that is far too large.
                    _ => damaged[at..at + 8].copy_from_slice(&(random.next() >> random.below(40)).to_le_bytes()),
                }
            }
            fs::write(keys.at(name), &damaged).expect("written");
            let output = run(&keys, name, "64M");
            assert!(matches!(output.status.code(), Some(0..=2)), "{what}: {output:?}");
        }
    }
}
