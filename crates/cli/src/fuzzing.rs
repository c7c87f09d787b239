//! Parsers that are private otherwise, for the fuzz targets in `fuzz/` (feature `fuzzing`). No program is built with
//! them, and they decide nothing themselves.

use std::{fs::File, path::Path};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use fugo::Lineage;
use fugo_keystore::{SigningKeyFile, VerifyingKeyFile};
use serde_json::Value;

use crate::{
    convert::lineage_file,
    failure::Failure,
    grant::{policy::GrantPolicy, terms::Terms},
    manifest::{Manifest, envelope},
    policy::{Levels, Policy},
    roster::{blocks::Block, encoding::Encoding, format::TableFormat, tables::TableFile},
};
pub use crate::{
    deliver::fuzzing as deliver, ledger::fuzzing as ledger, receive::fuzzing as receive, record::fuzzing as record,
};

/// What an operator would read.
pub(crate) fn message(error: Failure) -> String {
    error.to_string()
}

/// Whether bytes are text in CP932, and their text.
pub fn cp932(bytes: &[u8]) -> (bool, Option<String>) {
    (Encoding::Cp932.accepts(bytes), Encoding::Cp932.decode(bytes).map(|text| text.to_string()))
}

/// Reads a lineage file of at most this many bytes.
pub fn lineage(path: &Path, most: usize) -> Result<Lineage, String> {
    lineage_file::load(path, most).map_err(message)
}

/// Reads the terms of a grant, and writes them again.
pub fn grant_terms(text: &str) -> Result<String, String> {
    Terms::parse(text).map(|terms| terms.text()).map_err(|error| error.to_string())
}

/// The names of those who signed a grant, if the policy of grants accepts it.
pub fn granted(policy: &Path, grant: &Path) -> Result<Vec<String>, String> {
    let policy = GrantPolicy::load(policy).map_err(message)?;
    policy.read(grant).map(|granted| granted.signers).map_err(message)
}

/// A column that a policy of deliveries names.
#[derive(Debug)]
pub struct Column {
    /// The scope as the policy writes it.
    pub scope: String,
    /// The name of the column.
    pub name: String,
    /// The rules, from the finest.
    pub rules: Vec<String>,
    /// The value at each level, directly from the value of the roster; `None` if the rule cannot read it.
    pub direct: Vec<Option<Vec<u8>>>,
    /// The value at each level, from the level before.
    pub chained: Vec<Option<Vec<u8>>>,
}

/// Reads a policy of deliveries, and writes a value by each of its rules.
pub fn coarser(policy: &[u8], value: &[u8]) -> Result<Vec<Column>, String> {
    let policy = Policy::parse(policy).map_err(message)?;
    let columns = policy.scopes.iter().flat_map(|(scope, of)| {
        of.columns.iter().map(move |(name, levels)| column(scope.clone(), name.clone(), levels, value))
    });
    Ok(columns.collect())
}

fn column(scope: String, name: String, levels: &Levels, value: &[u8]) -> Column {
    let rules = || (0..=levels.last()).map(|level| levels.at(level));
    let write = |rule: crate::policy::Rule, value: &[u8], before| {
        let mut out = Vec::new();
        rule.write(value, before, &mut out).map(|()| out)
    };
    let mut chained: Vec<Option<Vec<u8>>> = Vec::new();
    let mut before = None;
    for rule in rules() {
        let from = chained.last().map_or(Some(value), |last| last.as_deref());
        let next = from.and_then(|from| write(rule, from, before));
        chained.push(next);
        before = Some(rule);
    }
    let direct = rules().map(|rule| write(rule, value, None)).collect();
    Column { scope, name, rules: rules().map(|rule| rule.to_string()).collect(), direct, chained }
}

/// Reads the statement of a manifest, and states it again.
pub fn manifest(statement: &Value) -> Option<Value> {
    Manifest::parse(statement).map(|manifest| manifest.statement())
}

/// The signed envelope of a statement.
pub fn sign(statement: &Value, key: &SigningKeyFile) -> String {
    envelope::sign(statement, key)
}

/// The statement in a signed envelope.
pub fn open(bytes: &[u8], key: &VerifyingKeyFile) -> Result<Value, String> {
    envelope::open(bytes, key).map_err(|error| error.to_string())
}

/// A Parquet or Arrow file as the tool reads it, with all of its columns.
#[derive(Debug)]
pub struct Table {
    /// The schema that the tool sees.
    pub schema: SchemaRef,
    /// The number of rows that the file states, if it states one.
    pub stated: Option<u64>,
    /// The rows, in blocks.
    pub blocks: Vec<RecordBatch>,
}

/// Reads a Parquet or Arrow file, until it has at least `most` rows. `memory` and `block` are limits in bytes. Texts that
/// the file holds in dictionaries are read as such, if `as_dictionaries`.
pub fn table(
    file: File,
    is_parquet: bool,
    (memory, block): (usize, usize),
    most: usize,
    as_dictionaries: bool,
) -> Result<Table, String> {
    let format = if is_parquet { TableFormat::Parquet } else { TableFormat::Arrow };
    let opened = TableFile::open(file, format, memory).map_err(message)?;
    let (schema, stated) = (opened.schema(), opened.rows());
    let mut blocks = Vec::new();
    if !schema.fields().is_empty() {
        let others: Vec<usize> = (1..schema.fields().len()).collect();
        let is_dictionary = |column: &usize| as_dictionaries && opened.has_dictionary(*column);
        let dictionaries: Vec<usize> = others.iter().copied().filter(is_dictionary).collect();
        let mut tables = opened.read(0, &others, &dictionaries, block).map_err(message)?;
        let (mut next, mut rows) = (Block::default(), 0);
        while rows < most && tables.next(&mut next).map_err(message)? {
            rows += next.batch.as_ref().map_or(0, RecordBatch::num_rows);
            blocks.extend(next.batch.take());
        }
    }
    Ok(Table { schema, stated, blocks })
}
