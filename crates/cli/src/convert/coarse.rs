//! Kept cells as the policy of an output wants them: without the columns that it drops, and coarser.

use std::{ops::Range, sync::Arc};

use ahash::RandomState;
use arrow_array::{Array, ArrayRef, builder::StringBuilder};
use arrow_schema::{DataType, Field};

use super::{
    packer::{Packer, value_type},
    reason::Reason,
};
use crate::{
    failure::{Failure, Result},
    policy::{Levels, Rule, ScopePolicy},
    redaction::shown,
    roster::{csv, encoding::Encoding, text::text},
};

/// The length of the digest behind the kept cells of a row. Rows of a person are equal if their cells in the roster
/// are, whatever the policy of an output drops, so that every output has the same people.
pub(crate) const DIGEST: usize = size_of::<u64>();

/// How the kept cells of one output are written.
pub(crate) struct Coarse {
    columns: Vec<CoarseColumn>,
    /// For each column, how many from it on are exact and next to each other in the roster.
    exact: Vec<usize>,
    pub(crate) policy: ScopePolicy,
    encoding: Encoding,
    delimiter: u8,
    /// Packs the columns of a table; `None` for CSV.
    packer: Option<Arc<Packer>>,
}

/// A row of a batch whose cell a rule cannot read: the row, the kept column, and the reason.
pub(crate) type Fault = (usize, usize, Reason);

/// A column of the output.
struct CoarseColumn {
    /// Its index among the kept columns.
    place: usize,
    levels: Levels,
}

impl Coarse {
    /// The columns of an output. `names` are the kept columns, and `table` those of a table. If the policies chose
    /// them, another output's policy may have named a column.
    pub(crate) fn new(
        policy: &ScopePolicy,
        names: &[String],
        table: Option<&[Field]>,
        (encoding, delimiter): (Encoding, u8),
        is_chosen_by_policy: bool,
    ) -> Result<Self> {
        let mut columns = Vec::new();
        for (place, name) in names.iter().enumerate() {
            let levels = match policy.columns.get(name) {
                Some(levels) => levels,
                None if is_chosen_by_policy => continue,
                None => return Err(not_named(name)),
            };
            if let Some(fields) = table {
                check_type(&fields[place], levels)?;
            }
            if levels.is_kept() {
                columns.push(CoarseColumn { place, levels: levels.clone() });
            }
        }
        let exact = Self::runs(&columns);
        let mut coarse = Self { columns, exact, policy: policy.clone(), encoding, delimiter, packer: None };
        if let Some(fields) = table {
            let fields = coarse.fields(fields);
            coarse.packer = (!fields.is_empty()).then(|| Arc::new(Packer::new(&fields)));
        }
        Ok(coarse)
    }

    fn runs(columns: &[CoarseColumn]) -> Vec<usize> {
        let mut exact = vec![0; columns.len()];
        for i in (0..columns.len()).rev().filter(|i| columns[*i].levels.is_exact()) {
            let is_next = |next: &&CoarseColumn| next.place == columns[i].place + 1;
            exact[i] = 1 + columns.get(i + 1).filter(is_next).map_or(0, |_| exact[i + 1]);
        }
        exact
    }

    /// The indices of the output's columns among the kept columns.
    pub(crate) fn places(&self) -> impl ExactSizeIterator<Item = usize> {
        self.columns.iter().map(|column| column.place)
    }

    /// The fields of the output's columns. A column that is made coarser is text.
    pub(crate) fn fields(&self, kept: &[Field]) -> Vec<Field> {
        let field = |column: &CoarseColumn| {
            let field = &kept[column.place];
            if column.levels.is_exact() { field.clone() } else { Field::new(field.name(), DataType::Utf8, true) }
        };
        self.columns.iter().map(field).collect()
    }

    /// The names of the output's columns, and how each is written.
    pub(crate) fn described(&self, names: &[String]) -> Vec<(String, String)> {
        self.columns.iter().map(|column| (names[column.place].clone(), column.levels.to_string())).collect()
    }

    pub(crate) fn packer(&self) -> Option<&Arc<Packer>> {
        self.packer.as_ref()
    }

    /// Appends the cells of a row of CSV, each with a delimiter before it. `cells(from, to)` are the kept cells of a range
    /// as they are written: one cell, or several if `are_adjacent`. A CR outside quotes is quoted, because some readers
    /// would end the row there. An error names the kept column at fault.
    pub(crate) fn write_cells<'a>(
        &self,
        cells: impl Fn(usize, usize) -> &'a [u8],
        (are_adjacent, may_have_cr): (bool, bool),
        scratch: &mut Vec<u8>,
        out: &mut Vec<u8>,
    ) -> Result<(), (usize, Reason)> {
        let mut at = 0;
        while let Some(CoarseColumn { place, levels }) = self.columns.get(at) {
            out.push(self.delimiter);
            if self.exact[at] > 0 {
                let run = if are_adjacent && !may_have_cr { self.exact[at] } else { 1 };
                let written = cells(*place, place + run);
                if may_have_cr {
                    csv::write_field(written, out);
                } else {
                    out.extend_from_slice(written);
                }
                at += run;
                continue;
            }
            at += 1;
            let cell = cells(*place, place + 1);
            if levels.written_by().is_some_and(|rule| rule.write_common(cell, out)) {
                continue;
            }
            let read = match levels.after_exact() {
                Some(next) => {
                    let written = out.len();
                    let read = self.with_text(cell, scratch, |text| next.write(text, None, out));
                    out.truncate(written);
                    read
                }
                None => Some(()),
            };
            read.and_then(|()| self.write_cell(levels.at(0), None, cell, scratch, out))
                .ok_or((*place, Reason::NotCoarser(levels.first_change())))?;
        }
        Ok(())
    }

    fn write_cell(
        &self,
        rule: Rule,
        before: Option<Rule>,
        cell: &[u8],
        scratch: &mut Vec<u8>,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        if rule == Rule::Exact {
            csv::write_field(cell, out);
            return Some(());
        }
        self.with_text(cell, scratch, |text| rule.write(text, before, out))
    }

    /// Calls `read` with the value of a cell in UTF-8.
    fn with_text<T>(&self, cell: &[u8], scratch: &mut Vec<u8>, read: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        let value = csv::value(cell, scratch);
        if value.is_ascii() || self.encoding == Encoding::Utf8 {
            read(value)
        } else {
            read(self.encoding.decode(value)?.as_bytes())
        }
    }

    /// The columns of a batch, and the rows that a rule cannot read, each with its kept column.
    pub(crate) fn columns(&self, kept: &[ArrayRef]) -> Result<(Vec<ArrayRef>, Vec<Fault>)> {
        let (mut columns, mut faults, mut value): (Vec<ArrayRef>, _, _) = (Vec::new(), Vec::new(), Vec::new());
        for CoarseColumn { place, levels } in &self.columns {
            let column = &kept[*place];
            if levels.is_exact() {
                columns.push(column.clone());
                continue;
            }
            let (texts, rule) = (text(column)?, levels.at(0));
            let mut builder = StringBuilder::with_capacity(texts.len(), 8 * texts.len());
            for row in 0..texts.len() {
                value.clear();
                if texts.is_null(row) {
                    builder.append_null();
                    continue;
                }
                let text = texts.value(row).as_bytes();
                let read = levels.after_exact().map_or(Some(()), |next| next.write(text, None, &mut value));
                if read.is_some() && rule == Rule::Exact {
                    builder.append_value(texts.value(row));
                    continue;
                }
                value.clear();
                if read.and_then(|()| rule.write(text, None, &mut value)).is_some() {
                    // A rule writes ASCII, or copies text.
                    builder.append_value(std::str::from_utf8(&value).unwrap_or_default());
                } else {
                    builder.append_null();
                    faults.push((row, *place, Reason::NotCoarser(levels.first_change())));
                }
            }
            columns.push(Arc::new(builder.finish()));
        }
        faults.sort_by_key(|(row, place, _)| (*row, *place));
        Ok((columns, faults))
    }

    /// The cells of a row at a coarser level, from its cells at level 0.
    pub(crate) fn at_level<'a>(&self, level: usize, cells: &'a [u8], again: &'a mut Again) -> &'a [u8] {
        if level == 0 {
            return cells;
        }
        let Again { fields, scratch, out } = again;
        out.clear();
        let readable =
            |done: Option<()>| done.unwrap_or_else(|| unreachable!("a level reads what the one before wrote"));
        if let Some(packer) = &self.packer {
            let end = packer.split(cells, fields);
            for (CoarseColumn { levels, .. }, field) in self.columns.iter().zip(&*fields) {
                let cell = &cells[field.clone()];
                match Some(cell).filter(|_| !levels.is_exact()).and_then(Packer::text) {
                    Some(value) => {
                        scratch.clear();
                        readable(levels.at(level).write(value, levels.written_by(), scratch));
                        Packer::write_text(scratch, out);
                    }
                    None => out.extend_from_slice(cell),
                }
            }
            // The bits of floats, which are never made coarser.
            out.extend_from_slice(&cells[end..]);
            return out;
        }
        csv::split(cells, 1.min(cells.len()), self.delimiter, true, fields);
        for (CoarseColumn { levels, .. }, field) in self.columns.iter().zip(&*fields) {
            out.push(self.delimiter);
            let rule = levels.at(level);
            readable(self.write_cell(rule, levels.written_by(), &cells[field.clone()], scratch, out));
        }
        out
    }
}

/// Buffers of [`Coarse::at_level`].
#[derive(Default)]
pub(crate) struct Again {
    fields: Vec<Range<usize>>,
    scratch: Vec<u8>,
    out: Vec<u8>,
}

/// Digests of the kept cells in the roster, with a key of this run.
#[derive(Default)]
pub(crate) struct Digests(RandomState);

impl Digests {
    /// The digest of a row of CSV: cells with equal values have equal digests, however they are quoted. It is that of
    /// the bytes of the row, each cell with a delimiter before it, if no cell has a quote or an end of a line. A value
    /// that needs quotes is preceded by its length, so that no other cells give the same bytes.
    pub(crate) fn of_cells<'a>(
        &self,
        cells: impl Iterator<Item = &'a [u8]>,
        delimiter: u8,
        scratch: &mut Vec<u8>,
        canonical: &mut Vec<u8>,
    ) -> [u8; DIGEST] {
        canonical.clear();
        for cell in cells {
            canonical.push(delimiter);
            let value = csv::value(cell, scratch);
            if value.iter().any(|byte| b"\"\r\n".contains(byte) || *byte == delimiter) {
                canonical.push(b'"');
                canonical.extend_from_slice(&value.len().to_le_bytes());
            }
            canonical.extend_from_slice(value);
        }
        self.of_bytes(canonical)
    }

    /// The digest of bytes in which equal values are equal.
    pub(crate) fn of_bytes(&self, bytes: &[u8]) -> [u8; DIGEST] {
        self.0.hash_one(bytes).to_le_bytes()
    }
}

fn not_named(column: &str) -> Failure {
    Failure::new(
        format!("the policy of the scope does not name the column `{}`", shown(column)),
        "leave it out of --keep, or name it in the policy, with \"drop\" if it must not be delivered",
    )
}

/// Whether a column of a table can be made coarser: it must be text, a number or a date. A time in a zone is refused,
/// because its date depends on the zone; so are the first digits of an integer, which has lost its zeros.
fn check_type(field: &Field, levels: &Levels) -> Result<()> {
    if levels.is_exact() || !levels.is_kept() {
        return Ok(());
    }
    let found = value_type(field.data_type());
    let refused = |what: &str, remedy: &str| {
        Err(Failure::new(
            format!("the policy cannot make the column `{}` coarser: {what}", shown(field.name())),
            remedy,
        ))
    };
    if !found.is_string() && !found.is_numeric() && !found.is_temporal() {
        return refused(
            "it is neither text nor a number nor a date",
            "name it with \"exact\" or \"drop\" in the policy",
        );
    }
    if levels.any(Rule::reads_dates) && matches!(found, DataType::Timestamp(_, Some(_))) {
        return refused(
            "it holds times in a zone, and which day such a time is in depends on the zone",
            "write the column as dates, or as times without a zone, where the roster is made",
        );
    }
    if found.is_numeric() && levels.any(|rule| matches!(rule, Rule::First { .. })) {
        return refused(
            "its codes are numbers, which have lost their leading zeros",
            "write the column as text where the roster is made",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use arrow_array::{StringArray, cast::AsArray};
    use arrow_schema::TimeUnit;

    use super::*;
    use crate::policy::Policy;

    const POLICY: &str = r#"
        version = 1
        ["agency/nta"]
        small-groups = "coarsen"
        columns = { birth = ["month", "year"], sex = "exact", code = ["first 3", "empty"], memo = "drop" }
    "#;

    /// Whether each of these rules can be applied to a column of a table of this type.
    fn fits(found: &DataType, rules: &[&str]) -> Vec<bool> {
        let fits = |rule: &&str| {
            let text = format!("version = 1\n[\"agency/nta\"]\nas-of = 2026-04-01\ncolumns = {{ c = {rule} }}\n");
            let policy = Policy::of_text(&text);
            let levels = &policy.of(&"agency/nta/1".parse().unwrap()).unwrap().columns["c"];
            check_type(&Field::new("c", found.clone(), true), levels).is_ok()
        };
        rules.iter().map(fits).collect()
    }

    #[test]
    fn a_column_of_a_table_has_a_type_that_its_rules_can_read() {
        let rules = ["\"exact\"", "\"drop\"", "[\"exact\", \"year\"]", "\"age 5\"", "\"first 3\"", "\"band 10\""];
        let found = |found: DataType| fits(&found, &rules);
        assert_eq!(found(DataType::Utf8), [true; 6]);
        assert_eq!(found(DataType::Date32), [true; 6]);
        // The day of such a time depends on the zone.
        let in_zone = DataType::Timestamp(TimeUnit::Second, Some("Asia/Tokyo".into()));
        assert_eq!(found(in_zone), [true, true, false, false, true, true]);
        assert_eq!(found(DataType::Timestamp(TimeUnit::Second, None)), [true; 6]);
        // Codes that are numbers have lost their zeros.
        assert_eq!(found(DataType::Int64), [true, true, true, true, false, true]);
        assert_eq!(found(DataType::Boolean), [true, true, false, false, false, false]);
    }

    fn coarse(table: Option<&[Field]>, encoding: Encoding) -> Coarse {
        let policy = Policy::of_text(POLICY);
        let names = ["memo", "birth", "sex", "code"].map(String::from);
        let scope = policy.of(&"agency/nta/1".parse().unwrap()).unwrap();
        Coarse::new(scope, &names, table, (encoding, b','), false).unwrap()
    }

    #[test]
    fn cells_of_csv_become_coarser_level_by_level() {
        for encoding in [Encoding::Utf8, Encoding::Cp932] {
            let coarse = coarse(None, encoding);
            let cells =
                ["メモ", "\"1985-04-01\"", "\"男,\"", "〒100-0001"].map(|cell| encoding.encode(cell).into_owned());
            let mut out = Vec::new();
            coarse.write_cells(|place, _| &cells[place], (false, false), &mut Vec::new(), &mut out).unwrap();
            let expected = |text: &str| encoding.encode(text).into_owned();
            assert_eq!(out, expected(",1985-04,\"男,\",100"));
            assert_eq!(coarse.at_level(1, &out, &mut Again::default()), expected(",1985,\"男,\","));
        }
    }

    #[test]
    fn packed_cells_become_coarser_level_by_level_and_faults_name_row_and_column() {
        let field = |name: &str| Field::new(name, DataType::Utf8, true);
        let fields = [field("memo"), field("birth"), Field::new("sex", DataType::Int32, true), field("code")];
        let coarse = coarse(Some(&fields), Encoding::Utf8);
        let column = |cells: [Option<&str>; 3]| Arc::new(StringArray::from_iter(cells)) as ArrayRef;
        let kept: Vec<ArrayRef> = vec![
            column([Some("a"), Some("b"), Some("c")]),
            column([Some("1985-04-01"), None, Some("unknown")]),
            Arc::new(arrow_array::Int32Array::from(vec![1, 2, 1])),
            column([Some("1000001"), Some("200"), Some("3")]),
        ];
        let (columns, faults) = coarse.columns(&kept).unwrap();
        let places: Vec<_> = faults.iter().map(|(row, place, _)| (*row, *place)).collect();
        assert_eq!(places, [(2, 1), (2, 3)]);
        assert_eq!(columns[0].as_string::<i32>().value(0), "1985-04");
        let packer = coarse.packer().unwrap();
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        packer
            .pack(&columns.iter().map(|column| column.slice(0, 2)).collect::<Vec<_>>(), &[], &mut bytes, &mut ends)
            .unwrap();
        let mut again = Again::default();
        let rows: Vec<Vec<u8>> =
            [0..ends[0], ends[0]..ends[1]].map(|row| coarse.at_level(1, &bytes[row], &mut again).to_vec()).into();
        let all = rows.concat();
        let ranges = [0..rows[0].len(), rows[0].len()..all.len()];
        let unpacked = packer.unpack(&all, ranges.into_iter()).unwrap();
        let (birth, code) = (unpacked[0].as_string::<i32>(), unpacked[2].as_string::<i32>());
        assert_eq!((birth.value(0), birth.is_null(1)), ("1985", true));
        assert_eq!((code.value(0), code.value(1)), ("", ""));
        assert_eq!(unpacked[1].to_data(), kept[2].slice(0, 2).to_data());
    }
}
