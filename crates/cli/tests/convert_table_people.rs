//! `fugo convert` from tables: re-issued numbers, integers, and eligibility symbols from insurers' symbols.

mod rosters;
mod sample_keys;
mod tables;

use std::sync::Arc;

use arrow_array::{
    ArrayRef, DictionaryArray, FixedSizeBinaryArray, Int32Array, Int64Array, LargeStringArray, RecordBatch,
    StringArray, StringViewArray, UInt64Array, types::Int32Type,
};
use arrow_schema::{DataType, Field, Schema};
use fugo_columnar::symbol_field;
use parquet::file::properties::WriterProperties;
use rosters::{NTA, NTA_KEY, convert, keys_of, number, numbers, scope_key, symbols_of};
use sample_keys::{Keys, NUMBER};
use tables::{
    FORMATS, batch, convert_table, expected, nta, reconciled, refusal, rejects, rows, symbols, table, texts, write,
    write_parquet,
};

const INSURERS: &str = "insurers/all/1";
const ELIGIBILITY: &str = "eligibility/all/1";
const ELIGIBILITY_KEY: &str = "eligibility-all-1.key";

#[test]
fn people_keep_the_symbols_of_their_first_number_in_tables_too() {
    let (keys, people) = (nta(), numbers(3));
    let [first, second, other] = &people[..] else { unreachable!("three") };
    keys.file("pairs.csv", &format!("new,previous\n{second},{first}\n"), 0o600);
    for format in FORMATS {
        let roster = batch(&[("my_number", texts([second, other])), ("memo", texts(["a", "b"]))]);
        let more = ["--lineage", "pairs.csv", "--keep", "memo", "--out", "out.arrow", "--report", "report.json"];
        let output = convert_table(&keys, format, &roster, &more);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let expected = expected(NTA, &[(first.clone(), "a".to_owned()), (other.clone(), "b".to_owned())]);
        assert_eq!(rows(&table(&keys, "out.arrow")), expected);
        assert_eq!(reconciled(&keys, "report.json")["reissued"], 1);
    }
}

#[test]
fn a_kept_cell_with_another_number_of_the_person_is_a_reject() {
    let (keys, people) = (nta(), numbers(3));
    let [first, second, third] = &people[..] else { unreachable!("three") };
    keys.file("pairs.csv", &format!("new,previous\n{second},{first}\n{third},{second}\n"), 0o600);
    let roster = batch(&[("my_number", texts([second; 3])), ("memo", texts([first, second, third]))]);
    for format in FORMATS {
        let args = ["--lineage", "pairs.csv", "--keep", "memo", "--out", "out.arrow", "--max-rejects", "100%"];
        let output = convert_table(&keys, format, &roster, &args);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let reason = |record: u32| format!("{record},,,memo,kept-number");
        assert_eq!(rejects(&keys, "out.rejects.csv"), [1, 2, 3].map(reason));
    }
}

#[test]
fn numbers_are_read_from_text_of_every_layout() {
    let people = numbers(5);
    let dictionary: DictionaryArray<Int32Type> = people.iter().map(|number| Some(number.as_str())).collect();
    let columns: [ArrayRef; 4] = [
        Arc::new(StringArray::from_iter_values(&people)),
        Arc::new(LargeStringArray::from_iter_values(&people)),
        Arc::new(StringViewArray::from_iter_values(&people)),
        Arc::new(dictionary),
    ];
    let mut expected: Vec<_> = people.iter().map(|number| symbols_of(NTA)(number)).collect();
    expected.sort_unstable();
    for column in columns {
        for format in FORMATS {
            let keys = nta();
            let output =
                convert_table(&keys, format, &batch(&[("my_number", column.clone())]), &["--out", "out.arrow"]);
            assert_eq!(output.status.code(), Some(0), "{output:?}");
            assert_eq!(symbols(&table(&keys, "out.arrow")), expected, "{} in {format}", column.data_type());
        }
    }
}

#[test]
fn a_null_person_is_a_reject_among_rows_that_are_converted() {
    let (people, symbol_of) = (numbers(3), symbols_of(NTA));
    let cells = [None, Some(&*people[0]), Some("12345"), None, Some(&*people[1]), Some(""), Some(&*people[2])];
    let flat: ArrayRef = Arc::new(StringArray::from(cells.to_vec()));
    let dictionary: ArrayRef = Arc::new(cells.into_iter().collect::<DictionaryArray<Int32Type>>());
    let mut expected: Vec<_> = people.iter().map(|number| symbol_of(number)).collect();
    expected.sort_unstable();
    for column in [flat, dictionary] {
        for format in FORMATS {
            let keys = nta();
            let more = ["--out", "out.parquet", "--report", "report.json"];
            let output = convert_table(&keys, format, &batch(&[("my_number", column.clone())]), &more);
            assert_eq!(output.status.code(), Some(1), "{output:?}");
            assert_eq!(symbols(&table(&keys, "out.parquet")), expected);
            let reasons = [(1, "null"), (3, "length"), (4, "null"), (6, "length")];
            assert_eq!(
                rejects(&keys, "out.rejects.csv"),
                reasons.map(|(record, why)| format!("{record},,,my_number,{why}"))
            );
            let report = reconciled(&keys, "report.json");
            assert_eq!((&report["rejected"], &report["read"]), (&4.into(), &7.into()));
        }
    }
}

#[test]
fn integers_need_restored_zeros_and_a_negative_one_is_a_reject() {
    let (zeros, max) = (number(123_456_789), number(99_999_999_999));
    let values = [&zeros, &max, NUMBER].map(|number| number.parse::<i64>().expect("an integer"));
    let signed: ArrayRef =
        Arc::new(values.map(Some).into_iter().chain([Some(-1), None, Some(1 << 60)]).collect::<Int64Array>());
    let unsigned = values.map(|value| Some(u64::try_from(value).expect("positive")));
    let unsigned: ArrayRef = Arc::new(unsigned.into_iter().chain([Some(u64::MAX), None]).collect::<UInt64Array>());
    for (column, faults) in [
        (signed, &["4,,,my_number,negative", "5,,,my_number,null", "6,,,my_number,length"][..]),
        (unsigned, &["4,,,my_number,length", "5,,,my_number,null"]),
    ] {
        for format in FORMATS {
            let (keys, roster) = (nta(), batch(&[("my_number", column.clone())]));
            for more in [&[][..], &["--number-format", "lenient"]] {
                let output = convert_table(&keys, format, &roster, &[&["--out", "out.arrow"], more].concat());
                let refused = refusal(&keys, &output, &[&format!("roster.{format}")]);
                assert!(refused.contains("in which leading zeros are lost"), "{refused}");
            }
            let lenient =
                ["--number-format", "lenient", "--restore-zeros", "--out", "out.arrow", "--report", "report.json"];
            let output = convert_table(&keys, format, &roster, &lenient);
            assert_eq!(output.status.code(), Some(1), "{output:?}");
            let mut expected = [&zeros, &max, NUMBER].map(|number| symbols_of(NTA)(number));
            expected.sort_unstable();
            assert_eq!(symbols(&table(&keys, "out.arrow")), expected);
            assert_eq!(rejects(&keys, "out.rejects.csv"), faults);
            assert_eq!(reconciled(&keys, "report.json")["zeros_restored"], 1);
        }
    }
}

#[test]
fn row_numbers_are_nobody_even_where_zeros_are_restored() {
    let signed: ArrayRef = Arc::new((1..=1000).chain([123_456_789_018]).collect::<Int64Array>());
    let unsigned: ArrayRef = Arc::new((1..=1000).chain([123_456_789_018]).collect::<UInt64Array>());
    for column in [signed, unsigned] {
        for format in FORMATS {
            let (keys, roster) = (nta(), batch(&[("my_number", column.clone())]));
            let options =
                ["--number-format", "lenient", "--restore-zeros", "--out", "out.arrow", "--report", "report.json"];
            let output = convert_table(&keys, format, &roster, &options);
            assert_eq!(output.status.code(), Some(1), "{output:?}");
            assert_eq!(symbols(&table(&keys, "out.arrow")), [symbols_of(NTA)("123456789018")]);
            let report = reconciled(&keys, "report.json");
            assert_eq!((&report["rejected_by_reason"]["length"], &report["zeros_restored"]), (&1000.into(), &0.into()));
        }
    }
}

#[test]
fn a_column_of_a_type_without_numbers_is_refused_and_the_types_with_them_are_named() {
    let column: ArrayRef = Arc::new(Int32Array::from(vec![1]));
    for format in FORMATS {
        let keys = nta();
        let output = convert_table(&keys, format, &batch(&[("my_number", column.clone())]), &["--out", "out.arrow"]);
        let refused = refusal(&keys, &output, &[&format!("roster.{format}")]);
        assert!(["`my_number`", "Int32", "Utf8", "UInt64"].iter().all(|part| refused.contains(part)), "{refused}");
    }
}

#[test]
fn a_column_that_is_missing_or_stands_twice_is_refused() {
    let keys = nta();
    let twice = batch(&[("my_number", texts([NUMBER])), ("memo", texts(["a"])), ("memo", texts(["b"]))]);
    let refused = |more: &[&str]| {
        let output = convert_table(&keys, "arrow", &twice, &[&["--out", "out.arrow"], more].concat());
        refusal(&keys, &output, &["roster.arrow"])
    };
    assert!(refused(&["--keep", "memo"]).contains("several columns are named `memo`"));
    assert!(refused(&["--keep", "memos"]).contains("has the name `memos`"));
    assert!(refused(&["--keep", "my_number"]).contains("which must not be in an output"));
}

/// Insurers' symbols of these people as bytes, in a column that names `scope` and its key.
fn insurers(people: &[String], scope: &str) -> RecordBatch {
    let symbols = people.iter().map(|number| symbols_of(INSURERS)(number));
    let (symbols, key) = (FixedSizeBinaryArray::try_from_iter(symbols).expect("of one length"), scope_key(scope));
    let fields = vec![symbol_field("symbol", key.scope(), key.tag(), true), Field::new("memo", DataType::Utf8, true)];
    let memo = texts((0..people.len()).map(|i| i.to_string()));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), vec![Arc::new(symbols), memo]).expect("columns of one length")
}

fn issue(keys: &Keys, format: &str, symbols: &RecordBatch, tag: &str) -> std::process::Output {
    let name = format!("roster.{format}");
    write(&keys.at(&name), std::slice::from_ref(symbols));
    let args = [&name, "--from", "insurers-symbol", "--insurers-tag", tag, "--column", "symbol", "--keep", "memo"];
    convert(keys, &[&args[..], &["--key", ELIGIBILITY_KEY, "--out", "out.parquet", "--quiet"]].concat())
}

#[test]
fn the_issuer_reads_insurers_symbols_as_bytes_and_as_text() {
    let (keys, people) = (keys_of(&[ELIGIBILITY]), numbers(50));
    let tag = scope_key(INSURERS).tag().to_string();
    let rows_in: Vec<_> = people.iter().cloned().zip((0..).map(|i: u32| i.to_string())).collect();
    let as_text = texts(people.iter().map(|number| rosters::text(INSURERS, &symbols_of(INSURERS)(number))));
    let as_text = batch(&[("symbol", as_text), ("memo", insurers(&people, INSURERS).column(1).clone())]);
    for format in FORMATS {
        for symbols in [&insurers(&people, INSURERS), &as_text] {
            let output = issue(&keys, format, symbols, &tag);
            assert_eq!(output.status.code(), Some(0), "{output:?}");
            assert_eq!(rows(&table(&keys, "out.parquet")), expected(ELIGIBILITY, &rows_in));
        }
    }
}

#[test]
fn the_issuer_reads_what_the_tool_wrote_for_all_insurers() {
    let (keys, people) = (keys_of(&[INSURERS, ELIGIBILITY, NTA]), numbers(50));
    let rows_in: Vec<_> = people.iter().cloned().zip((0..).map(|i: u32| i.to_string())).collect();
    let roster = batch(&[("my_number", texts(&people)), ("memo", texts(rows_in.iter().map(|(_, memo)| memo)))]);
    let tag = scope_key(INSURERS).tag().to_string();
    for format in FORMATS {
        write(&keys.at("roster.parquet"), std::slice::from_ref(&roster));
        let insurers = format!("insurers.{format}");
        let args = ["roster.parquet", "--keep", "memo", "--key", "insurers-all-1.key", "--out", &insurers];
        assert_eq!(convert(&keys, &args).status.code(), Some(0));
        let output = issue(&keys, "arrow", &table(&keys, &insurers), &tag);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(rows(&table(&keys, "out.parquet")), expected(ELIGIBILITY, &rows_in));
    }
}

/// The same table with its symbols in a column of another type, which keeps its metadata.
fn with_symbols(table: &RecordBatch, symbols: ArrayRef) -> RecordBatch {
    let field = table.schema().field(0).clone().with_data_type(symbols.data_type().clone());
    let schema = Schema::new(vec![field, table.schema().field(1).clone()]);
    RecordBatch::try_new(Arc::new(schema), vec![symbols, table.column(1).clone()]).expect("columns of one length")
}

const BINARY: [DataType; 3] = [DataType::Binary, DataType::LargeBinary, DataType::BinaryView];

#[test]
fn the_issuer_reads_insurers_symbols_from_every_layout_of_binary() {
    let (keys, people) = (keys_of(&[ELIGIBILITY]), numbers(50));
    let tag = scope_key(INSURERS).tag().to_string();
    let rows_in: Vec<_> = people.iter().cloned().zip((0..).map(|i: u32| i.to_string())).collect();
    let fixed = insurers(&people, INSURERS);
    let as_text = texts(people.iter().map(|number| rosters::text(INSURERS, &symbols_of(INSURERS)(number))));
    for format in FORMATS {
        for layout in BINARY {
            for column in [fixed.column(0), &as_text] {
                let binary = arrow_cast::cast(&arrow_cast::cast(column, &DataType::Binary).expect("bytes"), &layout);
                let output = issue(&keys, format, &with_symbols(&fixed, binary.expect("bytes")), &tag);
                assert_eq!(output.status.code(), Some(0), "{layout}: {output:?}");
                assert_eq!(rows(&table(&keys, "out.parquet")), expected(ELIGIBILITY, &rows_in));
            }
        }
    }
}

#[test]
fn a_binary_cell_that_is_no_insurers_symbol_is_a_reject_with_its_reason() {
    let (keys, people) = (keys_of(&[ELIGIBILITY]), numbers(5));
    let tag = scope_key(INSURERS).tag().to_string();
    let good = symbols_of(INSURERS)(&people[0]);
    let of_nta = rosters::text(NTA, &symbols_of(NTA)(&people[0]));
    // As long as the text form of an insurers' symbol, but not a text form.
    let no_text = rosters::text(INSURERS, &good).to_uppercase().replace('1', "!");
    let cells = [Some(&good[..]), None, Some(&good[..15]), Some(of_nta.as_bytes()), Some(no_text.as_bytes())].to_vec();
    for layout in BINARY {
        let cells: ArrayRef = Arc::new(arrow_array::BinaryArray::from(cells.clone()));
        let cells = arrow_cast::cast(&cells, &layout).expect("bytes");
        write(&keys.at("roster.arrow"), &[with_symbols(&insurers(&people, INSURERS), cells)]);
        let args = ["roster.arrow", "--from", "insurers-symbol", "--insurers-tag", &tag, "--column", "symbol"];
        let more = [
            "--key",
            ELIGIBILITY_KEY,
            "--out",
            "out.csv",
            "--rejects",
            "rejects.csv",
            "--max-rejects",
            "100%",
            "--quiet",
        ];
        let output = convert(&keys, &[&args[..], &more].concat());
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let found = rejects(&keys, "rejects.csv");
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(found[..3], ["2,,,symbol,null", "3,,,symbol,symbol-length", "4,,,symbol,symbol-length"]);
        assert!(found[3].starts_with("5,,,symbol,") && !found[3].ends_with("null"), "{found:?}");
    }
}

/// Writes symbols as Spark does: Binary, with the metadata of the column in Spark's own schema.
fn write_as_spark(path: &std::path::Path, table: &RecordBatch) {
    let fugo = table.schema().field(0).metadata().clone();
    let column = serde_json::json!({"name": "symbol", "type": "binary", "nullable": true, "metadata": fugo});
    let spark = serde_json::json!({"type": "struct", "fields": [column]}).to_string();
    let pair = parquet::file::metadata::KeyValue::new("org.apache.spark.sql.parquet.row.metadata".to_owned(), spark);
    let binary = arrow_cast::cast(table.column(0), &DataType::Binary).expect("bytes");
    let plain = batch(&[("symbol", binary), ("memo", table.column(1).clone())]);
    let properties = WriterProperties::builder().set_key_value_metadata(Some(vec![pair])).build();
    write_parquet(path, &[plain], properties);
}

#[test]
fn the_issuer_reads_insurers_symbols_as_spark_wrote_them_and_holds_their_metadata() {
    let (keys, people) = (keys_of(&[ELIGIBILITY]), numbers(50));
    let tag = scope_key(INSURERS).tag().to_string();
    let rows_in: Vec<_> = people.iter().cloned().zip((0..).map(|i: u32| i.to_string())).collect();
    let args = ["roster.parquet", "--from", "insurers-symbol", "--insurers-tag", &tag, "--column", "symbol"];
    let args = [&args[..], &["--keep", "memo", "--key", ELIGIBILITY_KEY, "--out", "out.parquet", "--quiet"]].concat();
    write_as_spark(&keys.at("roster.parquet"), &insurers(&people, INSURERS));
    assert_eq!(convert(&keys, &args).status.code(), Some(0));
    assert_eq!(rows(&table(&keys, "out.parquet")), expected(ELIGIBILITY, &rows_in));
    write_as_spark(&keys.at("roster.parquet"), &insurers(&people, "insurers/all/2"));
    let output = convert(&keys, &args);
    assert!(sample_keys::stderr(&output).contains("`symbol`: its metadata does not name insurers/all/1"), "{output:?}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn binary_columns_and_text_that_name_another_key_or_bytes_that_name_none_are_refused_before_the_run() {
    let (keys, people) = (keys_of(&[ELIGIBILITY]), numbers(2));
    let tag = scope_key(INSURERS).tag().to_string();
    let as_text = texts(people.iter().map(|number| rosters::text(INSURERS, &symbols_of(INSURERS)(number))));
    for scope in [NTA, "insurers/all/2"] {
        let other = insurers(&people, scope);
        let binary = arrow_cast::cast(other.column(0), &DataType::Binary).expect("bytes");
        for column in [&binary, &as_text] {
            let output = issue(&keys, "parquet", &with_symbols(&other, column.clone()), &tag);
            assert!(
                sample_keys::stderr(&output).contains("`symbol`: its metadata does not name insurers/all/1"),
                "{output:?}"
            );
            assert_eq!(output.status.code(), Some(2));
            if column.data_type() == &DataType::Binary {
                let plain = batch(&[("symbol", column.clone()), ("memo", other.column(1).clone())]);
                assert_eq!(issue(&keys, "parquet", &plain, &tag).status.code(), Some(2));
            }
        }
    }
}

#[test]
fn bytes_that_do_not_name_the_insurers_key_of_epoch_1_are_refused() {
    let (keys, people) = (keys_of(&[ELIGIBILITY]), numbers(2));
    let tag = scope_key(INSURERS).tag().to_string();
    let good = insurers(&people, INSURERS);
    let plain = batch(&[("symbol", good.column(0).clone()), ("memo", good.column(1).clone())]);
    let metadata = |key: &str, value: Option<&str>| {
        let mut metadata = good.schema().field(0).metadata().clone();
        match value {
            Some(value) => metadata.insert(key.to_owned(), value.to_owned()),
            None => metadata.remove(key),
        };
        let field = good.schema().field(0).clone().with_metadata(metadata);
        let schema = Schema::new(vec![field, good.schema().field(1).clone()]);
        RecordBatch::try_new(Arc::new(schema), good.columns().to_vec()).expect("the same columns")
    };
    let cases = [
        ("agency", insurers(&people, NTA)),
        ("epoch 2", insurers(&people, "insurers/all/2")),
        ("none", plain),
        ("another epoch", metadata("fugo.epoch", Some("2"))),
        ("epoch as another spelling", metadata("fugo.epoch", Some("01"))),
        ("another tag", metadata("fugo.tag", Some("00000000"))),
        ("another purpose", metadata("fugo.purpose", Some("eligibility"))),
        ("no tag", metadata("fugo.tag", None)),
    ];
    for (what, symbols) in cases {
        for format in FORMATS {
            let output = issue(&keys, format, &symbols, &tag);
            assert_eq!(output.status.code(), Some(2), "{what}: {output:?}");
            assert!(!keys.at("out.parquet").exists(), "{what}");
        }
    }
    assert_eq!(issue(&keys, "arrow", &good, "00000000").status.code(), Some(2));
    assert_eq!(issue(&keys, "arrow", &good, &tag).status.code(), Some(0));
}

#[test]
fn symbols_are_not_taken_for_numbers() {
    let keys = keys_of(&[NTA]);
    write(&keys.at("roster.parquet"), &[insurers(&numbers(2), INSURERS)]);
    let output =
        convert(&keys, &["roster.parquet", "--column", "symbol", "--key", NTA_KEY, "--out", "out.arrow", "--quiet"]);
    assert!(refusal(&keys, &output, &["roster.parquet"]).contains("FixedSizeBinary(16)"));
}
