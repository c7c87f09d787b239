//! `fugo convert` from tables: re-issued numbers, integers, and the issuer's way from insurers' symbols.

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
use rosters::{NTA, NTA_KEY, convert, keys_of, number, numbers, scope_key, symbols_of};
use sample_keys::{Keys, NUMBER};
use tables::{
    FORMATS, batch, convert_table, expected, nta, reconciled, refusal, rejects, rows, symbols, table, texts, write,
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
    assert!(refused(&["--keep", "memos"]).contains("no column is named `memos`"));
    assert!(refused(&["--keep", "my_number"]).contains("which no output may hold"));
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
