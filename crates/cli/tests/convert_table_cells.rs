//! `fugo convert`: kept columns of tables keep their types and values. Cells that hold the number or a symbol do not
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

/// Keeps every column, through every pair of formats. The outputs must equal the input; dictionaries and views become
/// their values.
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

/// A column of floats of each width, whose Float64 values have these bits.
fn floats(values: &[f64]) -> [ArrayRef; 4] {
    let wide: ArrayRef = Arc::new(Float64Array::from(values.to_vec()));
    let [half, single] = [DataType::Float16, DataType::Float32].map(|of| cast(&wide, &of).expect("floats"));
    let dictionary = Arc::new(DictionaryArray::<Int32Type>::new((0..).take(values.len()).collect(), wide.clone()));
    [half, single, wide, dictionary]
}

#[test]
fn rows_that_differ_in_the_sign_of_zero_or_in_what_is_not_a_number_are_one_row_with_the_bits_of_one_of_them() {
    let odd_nan = f64::from_bits(0xFFF8_0000_0000_0000);
    let people = numbers(4);
    let [zero, nan, one, other] = &people[..] else { unreachable!("four") };
    let rows = [(zero, -0.0), (zero, 0.0), (nan, f64::NAN), (nan, odd_nan), (one, 1.5), (one, 1.5), (other, 0.0)];
    let differs = [(other, 0.5)];
    let rows: Vec<(&String, f64)> = rows.into_iter().chain(differs).collect();
    let (forwards, backwards) = (rows.clone(), rows.iter().rev().copied().collect::<Vec<_>>());
    for place in 0..4 {
        let mut outputs = Vec::new();
        for rows in [&forwards, &backwards] {
            let memo = floats(&rows.iter().map(|(_, value)| *value).collect::<Vec<_>>())[place].clone();
            let people: Vec<String> = rows.iter().map(|(number, _)| (*number).clone()).collect();
            let keys = nta();
            let more = ["--keep", "memo", "--out", "out.arrow", "--max-duplicates", "100%", "--report", "report.json"];
            let output = convert_table(&keys, "arrow", &roster(&people, memo), &more);
            let report = tables::reconciled(&keys, "report.json");
            assert_eq!((&report["duplicates"]["equal"], &report["duplicates"]["differing"]), (&3.into(), &2.into()));
            assert_eq!(output.status.code(), Some(1), "{output:?}");
            let table = table(&keys, "out.arrow");
            let kept = cast(table.column(1), &DataType::Float64).expect("floats");
            let kept = kept.as_any().downcast_ref::<Float64Array>().expect("Float64").values().to_vec();
            let mut kept: Vec<_> = symbols(&table).into_iter().zip(kept).collect();
            let value_of = |number: &String, kept: &mut Vec<([u8; 16], f64)>| {
                let at = kept.iter().position(|(symbol, _)| *symbol == symbols_of(NTA)(number)).expect("a row");
                kept.remove(at).1
            };
            assert_eq!(value_of(zero, &mut kept).abs().to_bits(), 0);
            assert!(value_of(nan, &mut kept).is_nan());
            assert_eq!(value_of(one, &mut kept).to_bits(), 1.5_f64.to_bits());
            assert!(kept.is_empty(), "rows with other values are set aside");
            outputs.push(rosters::read(&keys, "out.arrow"));
        }
        assert_eq!(outputs[0], outputs[1], "which of the equal rows is converted depends on their bits alone");
    }
}

#[test]
fn more_rows_of_one_person_than_fit_are_one_row_whatever_the_sign_of_their_zeros() {
    let keys = nta();
    let rows = 400_000;
    let memo: ArrayRef =
        Arc::new((0..rows).map(|i| Some(if i % 2 == 0 { 0.0 } else { -0.0 })).collect::<Float64Array>());
    let people = vec![NUMBER.to_owned(); rows];
    let more = ["--keep", "memo", "--out", "out.arrow", "--memory", "16M", "--max-duplicates", "100%"];
    let output = convert_table(&keys, "parquet", &roster(&people, memo), &more);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(table(&keys, "out.arrow").num_rows(), 1);
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
    // This is how DuckDB and PostgreSQL write `infinity`.
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

/// The reason why a row with this number and memo is rejected, in every format.
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
            assert!(refused.contains("`memo`") && refused.contains("cannot be searched"), "{refused}");
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

/// The messages of a run of one person with this kept cell, to a file of this format.
fn said_of(keys: &sample_keys::Keys, memo: ArrayRef, format: &str) -> (Option<i32>, String) {
    let roster = roster(&numbers(memo.len() as u64), memo);
    let out = format!("out.{format}");
    let output = convert_table(keys, "arrow", &roster, &["--keep", "memo", "--out", &out, "--order", "input"]);
    let said = String::from_utf8_lossy(&output.stderr);
    let said: Vec<&str> = said.lines().filter(|line| !line.contains("is a test key")).collect();
    (output.status.code(), said.join("\n"))
}

#[test]
fn what_parquet_has_no_type_for_is_written_as_a_type_that_it_has_and_that_holds_the_same_values() {
    let keys = nta();
    let written: [(ArrayRef, ArrayRef); 4] = [
        (
            Arc::new(arrow_array::Date64Array::from(vec![Some(86_400_000), None, Some(-86_400_000)])),
            Arc::new(Date32Array::from(vec![Some(1), None, Some(-1)])),
        ),
        (
            Arc::new(arrow_array::Time32SecondArray::from(vec![Some(1), None, Some(86_399)])),
            Arc::new(arrow_array::Time32MillisecondArray::from(vec![Some(1000), None, Some(86_399_000)])),
        ),
        (
            Arc::new(arrow_array::TimestampSecondArray::from(vec![Some(1), None, Some(-1)])),
            Arc::new(arrow_array::TimestampMillisecondArray::from(vec![Some(1000), None, Some(-1000)])),
        ),
        (
            Arc::new(arrow_array::TimestampSecondArray::from(vec![Some(1), None]).with_timezone("+09:00")),
            Arc::new(arrow_array::TimestampMillisecondArray::from(vec![Some(1000), None]).with_timezone("+09:00")),
        ),
    ];
    for (memo, expected) in written {
        assert_eq!(said_of(&keys, memo.clone(), "parquet"), (Some(0), String::new()));
        assert_eq!(table(&keys, "out.parquet").column(1), &expected);
        assert_eq!(said_of(&keys, memo.clone(), "arrow").0, Some(0));
        let in_arrow = if *memo.data_type() == DataType::Date64 { &expected } else { &memo };
        assert_eq!(table(&keys, "out.arrow").column(1), in_arrow);
    }
    let too_much: [ArrayRef; 2] = [
        Arc::new(arrow_array::Date64Array::from(vec![1])),
        Arc::new(arrow_array::TimestampSecondArray::from(vec![i64::MAX])),
    ];
    for memo in too_much {
        let (code, said) = said_of(&keys, memo, "parquet");
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("the kept column `memo` holds a value of type"), "{said}");
    }
}

#[test]
fn types_that_readers_take_for_something_else_are_refused_by_name_before_the_run() {
    let intervals: [ArrayRef; 3] = [
        Arc::new(arrow_array::IntervalYearMonthArray::from(vec![1])),
        Arc::new(arrow_array::IntervalDayTimeArray::new_null(1)),
        Arc::new(arrow_array::IntervalMonthDayNanoArray::new_null(1)),
    ];
    let runs = arrow_array::RunArray::<Int32Type>::try_new(&Int32Array::from(vec![1]), &StringArray::from(vec!["a"]));
    let runs: ArrayRef = Arc::new(runs.expect("a run"));
    for memo in intervals.into_iter().chain([runs]) {
        for format in ["csv", "parquet", "arrow"] {
            let (code, said) = said_of(&nta(), memo.clone(), format);
            assert_eq!(code, Some(2), "{said}");
            assert!(said.contains("the kept column `memo` has the type"), "{said}");
        }
    }
    let wide = arrow_array::Decimal256Array::from(vec![arrow_buffer::i256::ONE]).with_precision_and_scale(39, 0);
    let wide: ArrayRef = Arc::new(wide.expect("a decimal"));
    let duration: ArrayRef = Arc::new(arrow_array::DurationSecondArray::from(vec![1]));
    for (memo, format) in [(&duration, "parquet"), (&wide, "parquet"), (&wide, "arrow")] {
        let (code, said) = said_of(&nta(), memo.clone(), format);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("the kept column `memo` has the type"), "{said}");
    }
    assert_eq!(said_of(&nta(), duration.clone(), "arrow").0, Some(0));
    for memo in [duration, wide] {
        assert_eq!(said_of(&nta(), memo, "csv").0, Some(0));
    }
}

#[test]
fn a_column_of_nothing_is_empty_cells_in_csv() {
    let keys = nta();
    assert_eq!(said_of(&keys, Arc::new(arrow_array::NullArray::new(2)), "csv"), (Some(0), String::new()));
    assert!(lines(&keys, "out.csv")[1..].iter().all(|line| line.ends_with(',')));
}

#[test]
fn nulls_where_the_schema_allows_none_are_a_matter_of_their_rows() {
    {
        let (keys, people) = (nta(), numbers(3));
        let (number, memo) =
            (StringArray::from(vec![Some(&people[0][..]), None, Some(&people[2])]), texts(["a", "b", "c"]));
        let memo = arrow_select::nullif::nullif(&memo, &BooleanArray::from(vec![true, false, false])).expect("a null");
        let nullable = batch(&[("my_number", Arc::new(number) as ArrayRef), ("memo", memo)]);
        let fields =
            nullable.schema().fields().iter().map(|f| f.as_ref().clone().with_nullable(false)).collect::<Vec<_>>();
        let claimed = Arc::new(Schema::new(fields));
        let bytes = {
            let mut writer = arrow_ipc::writer::FileWriter::try_new(Vec::new(), &claimed).expect("begun");
            // Safe: only a debug check of the batch is left out, as a careless writer would.
            let columns = nullable.columns().to_vec();
            let options = arrow_array::RecordBatchOptions::new();
            match RecordBatch::try_new_with_options(claimed.clone(), columns, &options) {
                Ok(batch) => writer.write(&batch).expect("written"),
                Err(_) => writer.write(&nullable).expect("written"),
            }
            writer.finish().expect("ended");
            writer.into_inner().expect("whole")
        };
        std::fs::write(keys.at("roster.arrow"), bytes).expect("written");
        let args = ["roster.arrow", "--key", rosters::NTA_KEY, "--keep", "memo", "--out", "out.arrow", "--quiet"];
        let more = ["--rejects", "rejects.csv", "--order", "input", "--max-rejects", "100%"];
        let output = rosters::convert(&keys, &[&args[..], &more].concat());
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(rejects(&keys, "rejects.csv"), ["1,,,memo,null", "2,,,my_number,null"]);
        let kept = table(&keys, "out.arrow");
        assert_eq!(tables::column_texts(&kept, "memo"), [Some("c".to_owned())]);
        assert!(!kept.schema().field(1).is_nullable(), "as the input's schema says");
    }
}

#[test]
fn number_columns_of_decimals_and_floats_are_refused_with_a_remedy() {
    let decimal = Decimal128Array::from(vec![123_456_789_018]).with_precision_and_scale(12, 0);
    let columns: [ArrayRef; 3] = [
        Arc::new(decimal.expect("a decimal")),
        Arc::new(Float64Array::from(vec![123_456_789_018.0])),
        Arc::new(Int64Array::from(vec![123_456_789_018])),
    ];
    for column in columns {
        let (keys, roster) = (nta(), batch(&[("my_number", column)]));
        let output = convert_table(&keys, "parquet", &roster, &["--out", "out.csv"]);
        let said = refusal(&keys, &output, &["roster.parquet"]);
        assert!(said.contains("write it as text of twelve digits"), "{said}");
    }
}
