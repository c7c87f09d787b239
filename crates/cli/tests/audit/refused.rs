//! Files that cannot be audited.

use std::{fs, sync::Arc};

use arrow_array::{
    ArrayRef, Int32Array, Int64Array, ListArray, RecordBatch, RecordBatchOptions, RunArray, StringArray, StructArray,
    types::{Int32Type, Int64Type},
};
use arrow_schema::{DataType, Field, Schema};

use crate::{
    PEOPLE, audit, both, deliver, read, roster,
    sample_keys::{stderr, stdout},
    write, write_parquet,
};

#[test]
fn columns_that_could_unpack_to_any_size_and_tables_without_columns_are_refused() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let symbols: Vec<String> = read(&keys, "nta.csv")[1..].to_vec();
    let rows = i32::try_from(symbols.len()).expect("few");
    let long = "z".repeat(200_000);
    let values: ArrayRef = Arc::new(Int64Array::from_iter_values(0..i64::from(rows)));
    let part = Arc::new(Field::new("part", DataType::Int64, true));
    let list = ListArray::from_iter_primitive::<Int64Type, _, _>((0..rows).map(|i| Some(vec![Some(i64::from(i))])));
    let run = RunArray::<Int32Type>::try_new(&Int32Array::from(vec![rows]), &StringArray::from(vec![&long[..]]));
    let refused = |column: ArrayRef, expected: &str| {
        let field = Field::new("k", column.data_type().clone(), true);
        let schema = Arc::new(Schema::new(vec![Field::new("symbol", DataType::Utf8, false), field]));
        let symbols: ArrayRef = Arc::new(StringArray::from(symbols.clone()));
        let file = fs::File::create(keys.at("odd.arrow")).expect("made");
        let mut writer = arrow_ipc::writer::FileWriter::try_new(file, &schema).expect("a schema");
        writer.write(&RecordBatch::try_new(schema, vec![symbols, column]).expect("a batch")).expect("written");
        writer.finish().expect("finished");
        let output = audit(&keys, &["odd.arrow", "moj.csv", "--memory", "16M"]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
        assert!(stderr(&output).contains(&format!("the column `k` is {expected}")), "{}", stderr(&output));
    };
    refused(Arc::new(list), "nested");
    refused(Arc::new(StructArray::from(vec![(part, values)])), "nested");
    refused(Arc::new(run.expect("one run")), "run-end encoded");

    let schema = Arc::new(Schema::empty());
    let five = RecordBatchOptions::new().with_row_count(Some(5));
    let batch = RecordBatch::try_new_with_options(schema.clone(), Vec::new(), &five).expect("a batch");
    let file = fs::File::create(keys.at("bare.arrow")).expect("made");
    let mut writer = arrow_ipc::writer::FileWriter::try_new(file, &schema).expect("a schema");
    writer.write(&batch).expect("written");
    writer.finish().expect("finished");
    for args in [["bare.arrow", "moj.csv"], ["moj.csv", "bare.arrow"]] {
        let output = audit(&keys, &args);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains("the table has no columns"), "{}", stderr(&output));
    }
}

#[test]
fn files_that_cannot_be_audited_are_refused_with_what_was_expected() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "member"]);
    fs::hard_link(keys.at("nta.csv"), keys.at("same.csv")).expect("linked");
    fs::create_dir(keys.at("folder.csv")).expect("made");
    let nta = read(&keys, "nta.csv");
    let spoiled = |at: usize, line: &str| {
        nta.iter().enumerate().map(|(i, old)| if i == at { line.to_owned() } else { old.clone() }).collect::<Vec<_>>()
    };
    write(&keys, "short.csv", spoiled(7, nta[7].split(',').next().expect("a symbol")));
    write(&keys, "no-symbol.csv", spoiled(7, "kikan1,00042"));
    write(&keys, "roster-itself.csv", roster(PEOPLE).lines().map(str::to_owned));
    fs::write(keys.at("empty.csv"), "").expect("written");
    fs::write(keys.at("damaged.parquet"), b"PAR1 and no more").expect("written");
    let named = Schema::new(vec![
        Field::new("symbol", DataType::Utf8, false),
        Field::new("123456789018", DataType::Utf8, true),
    ]);
    let symbols: Vec<String> = nta[1..].iter().map(|line| line[..44].to_owned()).collect();
    let cells = vec![None; symbols.len()];
    write_parquet(&keys.at("number-as-name.parquet"), named, symbols, cells);
    for (file, expected) in [
        ("same.csv", "both arguments name the same file"),
        ("folder.csv", "not a regular file"),
        ("none.csv", "No such file"),
        ("short.csv", "record 7 does not have 2 fields"),
        ("no-symbol.csv", "record 7: the cell is not a symbol"),
        ("roster-itself.csv", "no column holds symbols"),
        ("empty.csv", "the input is empty"),
        ("damaged.parquet", "parquet"),
        ("number-as-name.parquet", "a column's name holds twelve digits that are a valid MyNumber"),
    ] {
        let output = audit(&keys, &["nta.csv", file]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""), "{file}");
        assert!(stderr(&output).contains(expected), "{file}: {}", stderr(&output));
        assert!(!stderr(&output).contains("00042"), "{}", stderr(&output));
    }
    let output = audit(&keys, &["nta.csv", "moj.csv", "--pair", "member=nobody"]);
    assert!(stderr(&output).contains("--pair names a column that does not exist"), "{}", stderr(&output));
    write(
        &keys,
        "ages.csv",
        nta.iter()
            .enumerate()
            .map(|(i, line)| if i == 0 { "symbol,age".to_owned() } else { format!("{},a{i}", &line[..44]) }),
    );
    let output = audit(&keys, &["ages.csv", "moj.csv", "--pair", "age=member"]);
    assert!(stderr(&output).contains("have no value in common"), "{}", stderr(&output));
}
