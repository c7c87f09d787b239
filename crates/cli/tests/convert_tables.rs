//! `fugo convert` from and to Parquet and Arrow files: formats, symbols, order, and ways to give a file.

mod rosters;
mod sample_keys;
mod tables;

use std::{
    fs::{self, File},
    io::Write,
    process::Stdio,
};

use arrow_array::RecordBatch;
use arrow_ipc::{
    CompressionType,
    writer::{FileWriter, IpcWriteOptions, StreamWriter},
};
use arrow_schema::DataType;
use parquet::{
    basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel},
    file::{
        metadata::SortingColumn,
        properties::WriterProperties,
        reader::{FileReader as _, SerializedFileReader},
    },
};
use rosters::{
    MOJ, MOJ_KEY, NTA, NTA_KEY, Random, command, convert, file_of, keys_of, numbers, read, scope_key, symbols_of, watch,
};
use sample_keys::{NUMBER, SYMBOL, TEXT};
use tables::{
    FORMATS, batch, column_texts, convert_table, expected, nta, refusal, roster, rows, symbols, table, texts, write,
    write_parquet,
};

const RESEARCH: &str = "research/cohort-7/2";
const RESEARCH_KEY: &str = "research-cohort-7-2.key";

/// 3,000 people in random order, each with a memo.
fn people() -> Vec<(String, String)> {
    let mut people: Vec<_> = numbers(3_000).into_iter().zip((0..).map(|i| format!("memo {i}"))).collect();
    Random::new(3).shuffle(&mut people);
    people
}

fn roster_of(people: &[(String, String)]) -> RecordBatch {
    let numbers: Vec<String> = people.iter().map(|(number, _)| number.clone()).collect();
    roster(&numbers, texts(people.iter().map(|(_, memo)| memo)))
}

#[test]
fn from_every_format_to_every_format_symbols_ascend_and_memos_stay_beside_them() {
    let keys = keys_of(&[NTA, MOJ, RESEARCH]);
    let people = people();
    write(&keys.at("roster.parquet"), &[roster_of(&people)]);
    write(&keys.at("roster.arrow"), &[roster_of(&people)]);
    let lines = people.iter().map(|(number, memo)| format!("{number},{memo}\n")).collect::<Vec<_>>().concat();
    keys.file("roster.csv", &format!("my_number,memo\n{lines}"), 0o600);
    for input in ["roster.csv", "roster.parquet", "roster.arrow"] {
        let args = [input, "--keep", "memo", "--key", NTA_KEY, "--key", MOJ_KEY, "--key", RESEARCH_KEY];
        let outs = ["--out", "nta.csv", "--out", "moj.parquet", "--out", "research.arrow"];
        let output = convert(&keys, &[&args[..], &outs].concat());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let cells: Vec<_> = people.iter().map(|(number, memo)| (number, format!(",{memo}"))).collect();
        assert!(read(&keys, "nta.csv") == file_of(NTA, "symbol,memo", &cells), "{input}");
        assert!(rows(&table(&keys, "moj.parquet")) == expected(MOJ, &people), "{input}");
        assert!(rows(&table(&keys, "research.arrow")) == expected(RESEARCH, &people), "{input}");
    }
}

#[test]
fn input_order_is_kept_in_every_format() {
    let keys = keys_of(&[NTA, MOJ]);
    let (people, symbol_of) = (people(), [NTA, MOJ].map(symbols_of));
    for format in FORMATS {
        let outs =
            ["--key", MOJ_KEY, "--out", "nta.parquet", "--out", "moj.arrow", "--keep", "memo", "--order", "input"];
        let output = convert_table(&keys, format, &roster_of(&people), &outs);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        for (name, symbol_of) in ["nta.parquet", "moj.arrow"].iter().zip(&symbol_of) {
            let expected: Vec<_> = people.iter().map(|(number, memo)| (symbol_of(number), memo.clone())).collect();
            assert!(rows(&table(&keys, name)) == expected, "{format} to {name}");
        }
    }
}

#[test]
fn a_reader_of_parquet_can_skip_row_groups_by_what_is_in_order() {
    let keys = keys_of(&[NTA]);
    for (order, is_sorted) in [("symbol", true), ("input", false)] {
        let args = ["--keep", "memo", "--order", order, "--out", "nta.parquet"];
        let output = convert_table(&keys, "parquet", &roster_of(&people()), &args);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let file = File::open(keys.at("nta.parquet")).expect("made");
        let metadata = SerializedFileReader::new(file).expect("Parquet").metadata().clone();
        let [group] = metadata.row_groups() else { panic!("one row group is enough for these rows") };
        let ascending = SortingColumn { column_idx: 0, descending: false, nulls_first: false };
        assert_eq!(group.sorting_columns(), is_sorted.then_some(&vec![ascending]), "{order}");
        let bounds = |column: usize| {
            let statistics = group.column(column).statistics();
            statistics.and_then(|found| Some((found.min_bytes_opt()?.to_vec(), found.max_bytes_opt()?.to_vec())))
        };
        let written = symbols(&table(&keys, "nta.parquet"));
        let (least, greatest) = (written.iter().min().expect("rows"), written.iter().max().expect("rows"));
        assert_eq!(bounds(0), Some((least.to_vec(), greatest.to_vec())), "{order}");
        let of_memos = (!is_sorted).then(|| (b"memo 0".to_vec(), b"memo 999".to_vec()));
        assert_eq!(bounds(1), of_memos, "{order}");
    }
}

#[test]
fn the_symbol_column_says_whose_symbols_it_holds() {
    for (scope, key) in [(NTA, NTA_KEY), (RESEARCH, RESEARCH_KEY)] {
        let keys = keys_of(&[scope]);
        write(&keys.at("roster.parquet"), &[roster(&[NUMBER.to_owned()], texts(["x"]))]);
        let parts: Vec<&str> = scope.split('/').collect();
        let tag = scope_key(scope).tag().to_string();
        for name in ["out.parquet", "out.arrow"] {
            let output = convert(&keys, &["roster.parquet", "--key", key, "--out", name]);
            assert_eq!(output.status.code(), Some(0), "{output:?}");
            let field = table(&keys, name).schema().field(0).clone();
            assert_eq!((field.name().as_str(), field.data_type()), ("symbol", &DataType::FixedSizeBinary(16)));
            assert!(!field.is_nullable());
            let metadata = ["fugo.purpose", "fugo.scope", "fugo.epoch", "fugo.tag"].map(|key| &field.metadata()[key]);
            assert_eq!(metadata, [parts[0], parts[1], parts[2], &tag], "{name}");
            let sixteen = symbols(&table(&keys, name))[0];
            assert_eq!(sixteen, symbols_of(scope)(NUMBER), "{name}");
        }
    }
}

#[test]
fn symbols_in_columns_may_be_written_as_text_or_hex() {
    for (form, written) in [("text", TEXT), ("hex", SYMBOL)] {
        for name in ["out.parquet", "out.arrow"] {
            let keys = nta();
            let more = ["--out", name, "--symbol", form, "--symbol-column", "nta"];
            let output = convert_table(&keys, "arrow", &roster(&[NUMBER.to_owned()], texts(["x"])), &more);
            assert_eq!(output.status.code(), Some(0), "{output:?}");
            let table = table(&keys, name);
            assert_eq!(column_texts(&table, "nta"), [Some(written.to_owned())]);
            let field = table.schema().field(0).clone();
            assert_eq!((field.data_type(), field.is_nullable()), (&DataType::Utf8, false));
            assert_eq!(field.metadata()["fugo.scope"], "nta");
        }
    }
}

#[test]
fn text_and_hex_in_columns_ascend_by_the_bytes_of_symbols() {
    let people = people();
    let ascending: Vec<_> = expected(NTA, &people).into_iter().map(|(symbol, _)| symbol).collect();
    let hex = |symbol: &[u8; 16]| symbol.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let as_text: Vec<_> = ascending.iter().map(|symbol| Some(rosters::text(NTA, symbol))).collect();
    let as_hex: Vec<_> = ascending.iter().map(|symbol| Some(hex(symbol))).collect();
    for (form, expected) in [("text", as_text), ("hex", as_hex)] {
        let keys = nta();
        let output = convert_table(&keys, "parquet", &roster_of(&people), &["--out", "out.parquet", "--symbol", form]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(column_texts(&table(&keys, "out.parquet"), "symbol") == expected, "{form}");
    }
}

#[test]
fn csv_holds_no_binary_symbols() {
    let keys = nta();
    let more = ["--out", "nta.csv", "--symbol", "binary"];
    let output = convert_table(&keys, "parquet", &roster(&[NUMBER.to_owned()], texts(["x"])), &more);
    assert!(refusal(&keys, &output, &["roster.parquet"]).contains("CSV cannot hold symbols as bytes"));
}

#[test]
fn a_format_that_is_named_goes_before_the_name_of_the_file() {
    let keys = nta();
    write(&keys.at("roster.parquet"), &[roster(&[NUMBER.to_owned()], texts(["x"]))]);
    fs::rename(keys.at("roster.parquet"), keys.at("roster.arrow")).expect("renamed");
    let args = ["roster.arrow", "--input-format", "parquet", "--output-format", "arrow", "--key", NTA_KEY];
    let output = convert(&keys, &[&args[..], &["--out-dir", "."]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(symbols(&table(&keys, "agency-nta-1.arrow")), [symbols_of(NTA)(NUMBER)]);
}

#[test]
fn an_arrow_stream_is_read_from_a_pipe_and_parquet_is_not() {
    let (keys, people) = (nta(), people());
    write(&keys.at("roster.arrows"), &[roster_of(&people[..1_000]), roster_of(&people[1_000..])]);
    write(&keys.at("roster.parquet"), &[roster_of(&people)]);
    let piped = |input: &str, format: &str| {
        let args = ["--input-format", format, "--keep", "memo", "--key", NTA_KEY, "--out", "nta.arrow", "--quiet"];
        let mut run = command(&keys, &args).stdin(Stdio::piped()).spawn().expect("the tool runs");
        let _watch = watch(&run);
        // A run that is refused does not read the rest.
        let _ = run.stdin.take().expect("a pipe").write_all(&read(&keys, input));
        run.wait_with_output().expect("it ends")
    };
    let refused = refusal(&keys, &piped("roster.parquet", "parquet"), &["roster.arrows", "roster.parquet"]);
    assert!(refused.contains("cannot be read from a pipe"), "{refused}");
    let output = piped("roster.arrows", "arrow");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(rows(&table(&keys, "nta.arrow")) == expected(NTA, &people));
}

#[test]
fn batches_of_no_rows_and_of_a_hundred_thousand_are_read() {
    let keys = nta();
    let people: Vec<_> = numbers(100_001).into_iter().zip((0..).map(|i: u32| i.to_string())).collect();
    let (whole, none) = (roster_of(&people), roster_of(&[]));
    let batches = [none.clone(), whole.slice(0, 1), none.clone(), whole.slice(1, 100_000), none];
    for format in ["arrow", "arrows"] {
        let name = format!("roster.{format}");
        write(&keys.at(&name), &batches);
        let output = convert(&keys, &[&name, "--keep", "memo", "--key", NTA_KEY, "--out", "nta.parquet"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(rows(&table(&keys, "nta.parquet")) == expected(NTA, &people), "{format}");
    }
}

#[test]
fn a_table_without_rows_gives_one_without_rows() {
    for format in ["parquet", "arrow", "arrows"] {
        for more in [&["--keep", "memo"][..], &[], &["--order", "input", "--unique"]] {
            for name in ["out.parquet", "out.arrow"] {
                let keys = nta();
                let output = convert_table(&keys, format, &roster_of(&[]), &[&["--out", name], more].concat());
                assert_eq!(output.status.code(), Some(0), "{output:?}");
                let table = table(&keys, name);
                assert_eq!((table.num_rows(), table.num_columns()), (0, 1 + usize::from(more.contains(&"memo"))));
            }
        }
    }
}

#[test]
fn where_nothing_is_kept_the_symbols_stand_alone() {
    let (keys, people) = (nta(), people());
    let ascending: Vec<_> = expected(NTA, &people).into_iter().map(|(symbol, _)| symbol).collect();
    for name in ["out.parquet", "out.arrow"] {
        let output = convert_table(&keys, "parquet", &roster_of(&people), &["--out", name]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let table = table(&keys, name);
        assert_eq!(table.num_columns(), 1);
        assert!(symbols(&table) == ascending);
    }
}

#[test]
fn kept_columns_of_a_table_come_in_the_order_asked_for_from_wherever_they_stand() {
    let column = |text: &str| texts([text]);
    let roster = batch(&[("a", column("1")), ("b", column("2")), ("my_number", column(NUMBER)), ("c", column("3"))]);
    for format in FORMATS {
        let keys = nta();
        let output = convert_table(&keys, format, &roster, &["--keep", "c,a", "--out", "out.arrow"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let table = table(&keys, "out.arrow");
        let names: Vec<_> = table.schema().fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(names, ["symbol", "c", "a"]);
        assert_eq!(
            (column_texts(&table, "c"), column_texts(&table, "a")),
            (vec![Some("3".into())], vec![Some("1".into())])
        );
    }
}

#[test]
fn every_compression_of_parquet_and_arrow_is_read() {
    let (keys, people) = (nta(), people());
    let check = |name: &str, what: &str| {
        let output = convert(&keys, &[name, "--keep", "memo", "--key", NTA_KEY, "--out", "out.csv"]);
        assert_eq!(output.status.code(), Some(0), "{what}: {output:?}");
        let cells: Vec<_> = people.iter().map(|(number, memo)| (number, format!(",{memo}"))).collect();
        assert!(read(&keys, "out.csv") == file_of(NTA, "symbol,memo", &cells), "{what}");
    };
    for compression in [
        Compression::SNAPPY,
        Compression::ZSTD(ZstdLevel::default()),
        Compression::GZIP(GzipLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::BROTLI(BrotliLevel::default()),
    ] {
        let properties = WriterProperties::builder().set_compression(compression).build();
        write_parquet(&keys.at("roster.parquet"), &[roster_of(&people)], properties);
        check("roster.parquet", &compression.to_string());
    }
    for compression in [CompressionType::LZ4_FRAME, CompressionType::ZSTD] {
        let options = IpcWriteOptions::default().try_with_compression(Some(compression)).expect("built in");
        let (roster, mut file, mut stream) = (roster_of(&people), Vec::new(), Vec::new());
        let mut writer = FileWriter::try_new_with_options(&mut file, &roster.schema(), options.clone()).expect("begun");
        writer.write(&roster).and_then(|()| writer.finish()).expect("written");
        let mut writer = StreamWriter::try_new_with_options(&mut stream, &roster.schema(), options).expect("begun");
        writer.write(&roster).and_then(|()| writer.finish()).expect("written");
        for (name, bytes) in [("roster.arrow", file), ("roster.arrows", stream)] {
            fs::write(keys.at(name), bytes).expect("written");
            check(name, &format!("{compression:?} in {name}"));
        }
    }
}

#[test]
fn cp932_becomes_utf_8_in_columns_and_quoted_cells_come_without_their_quotes() {
    let keys = nta();
    let cells = [("東京都ソ表", "東京都ソ表"), ("\"ａ,\"\"ソ\"\"\n表\"", "ａ,\"ソ\"\n表"), ("\"\"", ""), ("ｶﾅ", "ｶﾅ")];
    let people: Vec<_> = numbers(4).into_iter().zip(cells.map(|(_, value)| value.to_owned())).collect();
    let lines = people.iter().zip(cells).map(|((number, _), (written, _))| format!("{written},{number}\r\n"));
    let text = format!("memo,my_number\r\n{}", lines.collect::<Vec<_>>().concat());
    for encoding in ["cp932", "utf-8"] {
        let (cp932, ..) = encoding_rs::SHIFT_JIS.encode(&text);
        let bytes = if encoding == "cp932" { cp932.into_owned() } else { text.clone().into_bytes() };
        fs::write(keys.at("roster.csv"), bytes).expect("written");
        for name in ["out.parquet", "out.arrow"] {
            let args = [
                "roster.csv",
                "--encoding",
                encoding,
                "--keep",
                "memo",
                "--key",
                NTA_KEY,
                "--out",
                name,
                "--multi-line-cells",
            ];
            let output = convert(&keys, &args);
            assert_eq!(output.status.code(), Some(0), "{output:?}");
            assert_eq!(rows(&table(&keys, name)), expected(NTA, &people), "{encoding} to {name}");
        }
    }
}
