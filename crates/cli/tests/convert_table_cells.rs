//! `fugo convert`: kept columns of tables keep their types and values, and those that hold the number or a symbol do not
//! reach an output.

mod rosters;
mod sample_keys;
mod tables;

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, FixedSizeBinaryArray,
    Float64Array, Int8Array, Int16Array, Int32Array, Int64Array, LargeStringArray, ListArray, RecordBatch, StringArray,
    StringViewArray, TimestampMicrosecondArray, UInt32Array,
    types::{Int8Type, Int32Type},
};
use arrow_cast::cast;
use arrow_schema::{DataType, Field, Schema};
use fugo_columnar::symbol_field;
use rosters::{NTA, lines, number, numbers, scope_key, symbols_of};
use sample_keys::NUMBER;
use tables::{
    FORMATS, batch, by_symbol, convert_table, nta, refusal, rejects, reordered, roster, symbols, table, texts,
};

/// A column of every type that is kept, five rows, one of them null.
fn columns() -> Vec<(&'static str, ArrayRef)> {
    let stamps =
        || TimestampMicrosecondArray::from(vec![Some(0), None, Some(-1), Some(1_700_000_000_123_456), Some(1)]);
    let words = [Some("甲"), None, Some(""), Some("a,\"b\"\nc"), Some("a text of more than twelve bytes")];
    vec![
        ("boolean", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false), Some(true), Some(true)]))),
        ("int8", Arc::new(Int8Array::from(vec![Some(i8::MIN), None, Some(i8::MAX), Some(0), Some(-1)]))),
        ("int16", Arc::new(Int16Array::from(vec![Some(i16::MIN), None, Some(i16::MAX), Some(0), Some(-1)]))),
        ("int32", Arc::new(Int32Array::from(vec![Some(i32::MIN), None, Some(i32::MAX), Some(0), Some(-1)]))),
        ("int64", Arc::new(Int64Array::from(vec![Some(i64::MIN), None, Some(i64::MAX), Some(0), Some(-1)]))),
        ("uint32", Arc::new(UInt32Array::from(vec![Some(u32::MAX), None, Some(0), Some(1), Some(2)]))),
        ("float", Arc::new(Float64Array::from(vec![Some(f64::NAN), None, Some(-0.0), Some(0.0), Some(f64::INFINITY)]))),
        (
            "decimal",
            Arc::new(
                Decimal128Array::from(vec![Some(-1), None, Some(12_345), Some(0), Some(10_i128.pow(30))])
                    .with_precision_and_scale(38, 2)
                    .expect("a decimal"),
            ),
        ),
        ("date", Arc::new(Date32Array::from(vec![Some(0), None, Some(-1), Some(19_000), Some(i32::from(i16::MAX))]))),
        ("stamp", Arc::new(stamps())),
        ("offset", Arc::new(stamps().with_timezone("+09:00"))),
        ("utf8", Arc::new(StringArray::from(words.to_vec()))),
        ("large", Arc::new(LargeStringArray::from(words.to_vec()))),
        ("view", Arc::new(StringViewArray::from(words.to_vec()))),
        ("dictionary", Arc::new(words.into_iter().collect::<DictionaryArray<Int32Type>>())),
        ("small", Arc::new(words.into_iter().collect::<DictionaryArray<Int8Type>>())),
    ]
}

fn roster_with(people: &[String], columns: &[(&'static str, ArrayRef)]) -> RecordBatch {
    batch(&[&[("my_number", texts(people))], columns].concat())
}

/// Keeps every column, through every pair of formats; what comes out must be what went in, dictionaries and views as what they hold.
fn assert_kept(columns: &[(&'static str, ArrayRef)]) {
    let people = numbers(5);
    let order = by_symbol(NTA, &people);
    let names = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",");
    for format in FORMATS {
        for out in ["out.parquet", "out.arrow"] {
            let keys = nta();
            let output =
                convert_table(&keys, format, &roster_with(&people, columns), &["--keep", &names, "--out", out]);
            assert_eq!(output.status.code(), Some(0), "{format} to {out}: {output:?}");
            let table = table(&keys, out);
            let mut ascending: Vec<_> = people.iter().map(|number| symbols_of(NTA)(number)).collect();
            ascending.sort_unstable();
            assert_eq!(symbols(&table), ascending);
            for (name, column) in columns {
                let held = match column.data_type() {
                    DataType::Dictionary(_, values) => cast(column, values).expect("what it holds"),
                    DataType::Utf8View => cast(column, &DataType::Utf8).expect("text"),
                    _ => column.clone(),
                };
                let kept = table.column_by_name(name).expect("kept");
                assert_eq!(kept.data_type(), held.data_type(), "{name}, {format} to {out}");
                assert_eq!(kept, &reordered(&held, &order), "{name}, {format} to {out}");
            }
        }
    }
}

#[test]
fn kept_columns_keep_their_types_and_values() {
    assert_kept(&columns());
}

#[test]
fn minus_zero_and_not_a_number_keep_their_bits() {
    let odd_nan = f64::from_bits(0xFFF8_0000_0000_0001);
    let values = [-0.0, 0.0, f64::NAN, odd_nan, f64::MIN_POSITIVE];
    let people = numbers(5);
    let order = by_symbol(NTA, &people);
    let expected: Vec<u64> = order.values().iter().map(|row| values[*row as usize].to_bits()).collect();
    for out in ["out.parquet", "out.arrow"] {
        let keys = nta();
        let memo: ArrayRef = Arc::new(Float64Array::from(values.to_vec()));
        let output = convert_table(&keys, "arrow", &roster(&people, memo), &["--keep", "memo", "--out", out]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let table = table(&keys, out);
        let kept = table.column(1).as_any().downcast_ref::<Float64Array>().expect("Float64");
        assert_eq!(kept.values().iter().map(|value| value.to_bits()).collect::<Vec<_>>(), expected, "{out}");
    }
}

#[test]
fn times_in_a_named_zone_are_kept() {
    for zone in ["UTC", "Asia/Tokyo"] {
        let times =
            TimestampMicrosecondArray::from(vec![Some(0), None, Some(-1), Some(1_700_000_000_123_456), Some(1)]);
        assert_kept(&[("at", Arc::new(times.with_timezone(zone)))]);
    }
}

#[test]
fn times_and_dates_beyond_the_calendar_are_kept() {
    // How DuckDB and PostgreSQL write `infinity`.
    let times = vec![Some(i64::MAX), None, Some(i64::MIN), Some(i64::MAX - 1), Some(0)];
    assert_kept(&[("at", Arc::new(TimestampMicrosecondArray::from(times)))]);
    assert_kept(&[("on", Arc::new(Date32Array::from(vec![Some(i32::MAX), None, Some(i32::MIN), Some(1), Some(0)])))]);
}

#[test]
fn as_csv_a_null_is_empty_and_empty_text_is_quoted() {
    let people = numbers(5);
    let columns = columns();
    let wanted = ["boolean", "int8", "int64", "decimal", "date", "utf8", "view", "dictionary"];
    let cells = |row: usize| match row {
        0 => "true,-128,-9223372036854775808,-0.01,1970-01-01,甲,甲,甲",
        1 => ",,,,,,,",
        2 => "false,127,9223372036854775807,123.45,1969-12-31,\"\",\"\",\"\"",
        3 => "true,0,0,0.00,2022-01-08,\"a,\"\"b\"\"\nc\",\"a,\"\"b\"\"\nc\",\"a,\"\"b\"\"\nc\"",
        _ => {
            "true,-1,-1,10000000000000000000000000000.00,2059-09-18,a text of more than twelve bytes,a text of more than twelve bytes,a text of more than twelve bytes"
        }
    };
    let rows: Vec<_> = people.iter().enumerate().map(|(row, number)| (number, format!(",{}", cells(row)))).collect();
    for format in FORMATS {
        let keys = nta();
        let more = ["--keep", &wanted.join(","), "--out", "out.csv"];
        let output = convert_table(&keys, format, &roster_with(&people, &columns), &more);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let header = format!("symbol,{}", wanted.join(","));
        let (found, expected) = (rosters::read(&keys, "out.csv"), rosters::file_of(NTA, &header, &rows));
        assert_eq!(String::from_utf8_lossy(&found), String::from_utf8_lossy(&expected));
    }
}

/// The reason why a row of this number and memo is a reject, whatever the formats.
fn reason_of(number: &str, memo: &ArrayRef) -> String {
    let mut reasons = Vec::new();
    for (format, out) in [("parquet", "out.arrow"), ("arrow", "out.parquet"), ("arrow", "out.csv")] {
        let keys = nta();
        let output = convert_table(
            &keys,
            format,
            &roster(&[number.to_owned()], memo.clone()),
            &["--keep", "memo", "--out", out],
        );
        assert_eq!(output.status.code(), Some(1), "{}: {output:?}", memo.data_type());
        assert!(!lines(&keys, "out.rejects.csv").concat().contains(number));
        reasons.extend(rejects(&keys, "out.rejects.csv"));
        if out != "out.csv" {
            assert_eq!(table(&keys, out).num_rows(), 0);
        }
    }
    assert!(reasons.len() == 3 && reasons.iter().all(|reason| *reason == reasons[0]), "{reasons:?}");
    reasons.remove(0)
}

#[test]
fn a_kept_cell_with_the_number_of_its_row_is_a_reject_whatever_its_type() {
    let ending_in_zeros = numbers(5_000).into_iter().find(|number| number.ends_with("00")).expect("one in a hundred");
    for number in [NUMBER, &ending_in_zeros] {
        let value: i64 = number.parse().expect("an integer");
        let full_width: String =
            number.chars().map(|c| char::from_u32(c as u32 - '0' as u32 + '０' as u32).expect("a digit")).collect();
        let decimal = |value: i64, scale: i8| {
            Decimal128Array::from(vec![i128::from(value)]).with_precision_and_scale(20, scale).expect("a decimal")
        };
        let memos: [ArrayRef; 11] = [
            texts([format!("no. {number}")]),
            texts([&full_width]),
            texts([format!("{}-{}-{}", &number[..4], &number[4..8], &number[8..])]),
            Arc::new(LargeStringArray::from(vec![number])),
            Arc::new(StringViewArray::from(vec![number])),
            Arc::new([Some(number)].into_iter().collect::<DictionaryArray<Int32Type>>()),
            Arc::new(Int64Array::from(vec![value])),
            Arc::new(Int64Array::from(vec![-value])),
            Arc::new(decimal(value, 0)),
            Arc::new(decimal(value, 4)),
            Arc::new(Float64Array::from(vec![value as f64])),
        ];
        for memo in &memos {
            assert_eq!(reason_of(number, memo), "1,,,memo,kept-number", "{}", memo.data_type());
        }
    }
    let short = number(123_456_789);
    assert_eq!(
        reason_of(
            &short,
            &(Arc::new(Int32Array::from(vec![1_234_567_890 + short[11..].parse::<i32>().expect("a digit")]))
                as ArrayRef)
        ),
        "1,,,memo,kept-number"
    );
}

#[test]
fn the_number_as_a_time_is_no_way_around() {
    let micros: i64 = NUMBER.parse().expect("an integer");
    let memo: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![micros]));
    assert_eq!(reason_of(NUMBER, &memo), "1,,,memo,kept-number");
}

#[test]
fn a_kept_cell_that_is_a_symbol_is_a_reject() {
    let text = rosters::text("agency/moj/1", &symbols_of("agency/moj/1")(NUMBER));
    for cell in [text.clone(), text.to_uppercase(), format!(" {text} ")] {
        let memos: [ArrayRef; 3] = [
            texts([&cell]),
            Arc::new(StringViewArray::from(vec![cell.as_str()])),
            Arc::new([Some(cell.as_str())].into_iter().collect::<DictionaryArray<Int32Type>>()),
        ];
        for memo in &memos {
            assert_eq!(reason_of(NUMBER, memo), "1,,,memo,kept-symbol");
        }
    }
}

#[test]
fn columns_that_cannot_be_searched_are_refused_before_the_run() {
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1)])]);
    let memos: [ArrayRef; 4] = [
        Arc::new(BinaryArray::from(vec![&b"x"[..]])),
        Arc::new(FixedSizeBinaryArray::try_from_iter([[0_u8; 16]].iter()).expect("one length")),
        Arc::new(list),
        Arc::new(arrow_array::BinaryViewArray::from(vec![&b"x"[..]])),
    ];
    for memo in memos {
        for format in FORMATS {
            let keys = nta();
            let output = convert_table(
                &keys,
                format,
                &roster(&[NUMBER.to_owned()], memo.clone()),
                &["--keep", "memo", "--out", "o.csv"],
            );
            let refused = refusal(&keys, &output, &[&format!("roster.{format}")]);
            assert!(refused.contains("`memo`") && refused.contains("not searched"), "{refused}");
        }
    }
}

#[test]
fn a_column_that_names_a_scope_is_refused_before_the_run_whatever_its_type() {
    let key = scope_key("agency/moj/1");
    let field = symbol_field("memo", key.scope(), key.tag(), true);
    let columns: [ArrayRef; 2] =
        [texts(["x"]), Arc::new(FixedSizeBinaryArray::try_from_iter([[0_u8; 16]].iter()).expect("one length"))];
    for column in columns {
        let field = field.clone().with_data_type(column.data_type().clone());
        let schema = Schema::new(vec![Field::new("my_number", DataType::Utf8, false), field]);
        let roster = RecordBatch::try_new(Arc::new(schema), vec![texts([NUMBER]), column]).expect("one row");
        for format in FORMATS {
            let keys = nta();
            let output = convert_table(&keys, format, &roster, &["--keep", "memo", "--out", "out.arrow"]);
            assert!(refusal(&keys, &output, &[&format!("roster.{format}")]).contains("holds symbols"));
        }
    }
}
