//! `fugo audit`: finds what could link two files before they are delivered.

mod columns;
pub(crate) mod file;
mod findings;
mod hashes;
mod judgement;
mod sample;
mod survey;
mod tally;

use std::{
    collections::BTreeSet,
    fmt,
    io::{self, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    thread,
};

use clap::Args;
use serde_json::{Value, json};

use self::{
    file::Delivery,
    findings::{Finding, Kind, Weight},
    hashes::Hashes,
    judgement::Evidence,
    sample::Sample,
    survey::{KEYS, Survey},
    tally::Question,
};
use crate::{
    counts::thousands,
    exit::Exit,
    failure::{Failure, Result},
    options::{default_memory, delimiter, size},
    redaction::shown,
    roster::{ReadOptions, blocks::BLOCK, encoding::Encoding, format::FileFormat},
};

/// Find what could link two files of symbols before they are delivered.
///
/// Two files of two scopes can be linked by the order of their rows, by columns whose values are unique in both, by
/// symbols or numbers in other columns, and by people with several rows. Two files of one scope are linked by their
/// symbols. If they are the last delivery to an organisation and the next one (--allow one-scope), they must not
/// differ by only a few people. The audit prints what links the files, what to change, and notes, but never a value.
/// It only reads the files; with little --memory it reads them several times.
///
/// Columns are matched by name, or if most of their values are equal as they are written. Separators, leading zeros,
/// decimal places that are zero, Unicode forms and time zones do not matter, but an era or an age is not recognised as
/// a birth date. Values that are equal by chance (counts, amounts, row numbers) match too. Up to six columns that the
/// files share are compared in all combinations; with more, a note says how many were. An audit without findings does
/// not prove that nothing links the files.
///
/// Exit status: 0 nothing was found that links the files, 1 the files link, 2 the command refused.
#[derive(Args)]
pub(crate) struct AuditArgs {
    /// A file that `fugo convert` wrote: CSV, Parquet or Arrow, as its name says.
    a: PathBuf,
    /// The other file.
    b: PathBuf,
    /// Format of both files, if their names do not give it.
    #[arg(long, value_enum, value_name = "FORMAT")]
    input_format: Option<FileFormat>,
    /// Header of the symbol column [default: the column whose type, metadata or first value is that of a symbol].
    #[arg(long, value_name = "NAME")]
    symbol_column: Option<String>,
    /// Two columns that hold the same values under different names (repeat). The audit finds such pairs itself if
    /// most of their values are common.
    #[arg(long = "pair", value_name = "NAME_IN_A=NAME_IN_B", value_parser = pair)]
    pairs: Vec<(String, String)>,
    /// Accept a finding that links: it is printed, but does not change the exit status (repeat).
    #[arg(long, value_enum, value_name = "FINDING")]
    allow: Vec<Kind>,
    /// Delimiter of CSV files: one ASCII character, or `tab`.
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = delimiter)]
    delimiter: u8,
    /// Encoding of CSV files.
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
    /// Accept quoted cells over several lines, whatever their lines look like, as this option of `convert` does.
    #[arg(long)]
    multi_line_cells: bool,
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
    /// Memory to use: bytes, or with K, M or G [default: a quarter of the machine's memory, at most 1G].
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory: Option<usize>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (a, b) = text.split_once('=').ok_or("write the pair as NAME_IN_A=NAME_IN_B")?;
    Ok((a.to_owned(), b.to_owned()))
}

/// The most columns of a file.
const COLUMNS: usize = 512;
/// The most keys of symbols that a summary names.
const NAMED_KEYS: usize = 5;

pub(crate) fn run(args: &AuditArgs) -> Result<Exit> {
    let audit = audit(args)?;
    let text = if args.json { format!("{:#}\n", audit.json()) } else { audit.to_string() };
    let mut out = io::stdout().lock();
    let exit = if audit.links() > 0 { Exit::Linked } else { Exit::Clean };
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::stdout(&error).having_found(exit))?;
    Ok(exit)
}

/// The result of an audit.
struct Audit {
    files: [Summary; 2],
    findings: Vec<Finding>,
}

fn audit(args: &AuditArgs) -> Result<Audit> {
    refuse_one_file(&args.a, &args.b)?;
    let memory = args.memory.unwrap_or_else(default_memory);
    let form = ReadOptions {
        format: args.input_format,
        delimiter: args.delimiter,
        encoding: args.encoding,
        block: BLOCK,
        multi_line_cells: args.multi_line_cells,
        // Both files are read at the same time.
        memory: memory / 2,
    };
    let open = |path| Delivery::open(path, form, args.symbol_column.as_deref());
    let (a, b) = (open(&args.a)?, open(&args.b)?);
    // Each column has a sample of its values.
    let most = (memory / 8 / Sample::LEAST).min(COLUMNS);
    for file in [&a, &b] {
        if file.names.len() > most {
            return Err(Failure::new(
                format!(
                    "the file has {} columns; with this --memory an audit compares at most {most}",
                    file.names.len() + 1
                ),
                format!("deliver fewer columns, or give more --memory, up to {COLUMNS} columns"),
            )
            .of(&file.path));
        }
    }
    let hashes = Hashes::default();
    let [survey_a, survey_b] = thread::scope(|scope| {
        let both = [&a, &b].map(|file| scope.spawn(|| Survey::of(file, &hashes, memory / 8)));
        both.map(|thread| thread.join().unwrap_or_else(|_| Err(Failure::thread())))
    });
    let (files, surveys) = ([&a, &b], [&survey_a?, &survey_b?]);
    let pairs = columns::pairs(files, surveys, &args.pairs)?;
    let sets = columns::sets(pairs.len());
    let question = Question {
        files,
        rows: surveys.map(|survey| survey.rows),
        pairs: &pairs,
        sets: &sets,
        hashes: &hashes,
        memory: memory / 8 * 5,
    };
    let tally = question.tally()?;
    let is_common = |i: usize| sets.iter().zip(&tally.matches).any(|(set, found)| set[..] == [i] && found.values > 0);
    if !(0..args.pairs.len()).all(is_common) {
        return Err(Failure::new(
            "the columns that a --pair names have no value in common",
            "columns are compared as they are written; write their values in the same way, or leave the pair out",
        ));
    }
    let evidence = Evidence { files, surveys, pairs: &pairs, sets: &sets, tally: &tally };
    let mut findings = evidence.findings();
    let allowed: BTreeSet<Kind> = args.allow.iter().copied().collect();
    for finding in &mut findings {
        if finding.weight == Weight::Links && allowed.contains(&finding.kind) {
            finding.weight = Weight::Allowed;
        }
    }
    Ok(Audit { files: [0, 1].map(|side| Summary::of(files[side], surveys[side])), findings })
}

/// A file joins with itself on every column.
fn refuse_one_file(a: &Path, b: &Path) -> Result<()> {
    let place = |path: &Path| std::fs::metadata(path).map(|metadata| (metadata.dev(), metadata.ino())).ok();
    if place(a).is_some_and(|found| Some(found) == place(b)) {
        return Err(Failure::new("both arguments name the same file", "name two different files"));
    }
    Ok(())
}

/// The summary of a file.
struct Summary {
    file: String,
    symbols_of: Vec<String>,
    scope: Option<String>,
    rows: u64,
    in_symbol_order: bool,
    columns: Vec<String>,
}

impl Summary {
    fn of(file: &Delivery, survey: &Survey) -> Self {
        Self {
            file: shown(file.path.display()),
            symbols_of: symbols_of(survey),
            scope: file.metadata.map(|metadata| shown(metadata.scope)),
            rows: survey.rows,
            in_symbol_order: survey.descents == 0,
            columns: file.names.iter().map(shown).collect(),
        }
    }

    fn json(&self) -> Value {
        json!({
            "file": self.file,
            "symbols_of": self.symbols_of,
            "scope": self.scope,
            "rows": self.rows,
            "in_symbol_order": self.in_symbol_order,
            "columns": self.columns,
        })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = self.symbols_of.join("; ");
        let whose = if whose.is_empty() { "symbols of an unknown key" } else { &whose };
        let order = if self.in_symbol_order { "in symbol order" } else { "not in symbol order" };
        writeln!(f, "{}: {whose}, {} rows, {order}", self.file, thousands(self.rows))
    }
}

/// The keys of the symbols of a file: the first few, and how many more there are.
fn symbols_of(survey: &Survey) -> Vec<String> {
    let mut named: Vec<String> =
        survey.whose.iter().take(NAMED_KEYS).map(|(purpose, tag)| format!("{purpose}, tag {tag}")).collect();
    match survey.whose.len() {
        0..=NAMED_KEYS => {}
        KEYS.. => named.push(format!("{} or more other keys", thousands((KEYS - NAMED_KEYS) as u64))),
        keys => named.push(format!("{} other keys", keys - NAMED_KEYS)),
    }
    named
}

impl Audit {
    fn links(&self) -> usize {
        self.findings.iter().filter(|finding| finding.weight == Weight::Links).count()
    }

    fn json(&self) -> Value {
        json!({
            "fugo_audit": 1,
            "files": self.files.each_ref().map(Summary::json),
            "links": self.links() > 0,
            "findings": self.findings.iter().map(Finding::json).collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for file in &self.files {
            write!(f, "{file}")?;
        }
        writeln!(f)?;
        for finding in &self.findings {
            write!(f, "{finding}")?;
        }
        match self.links() {
            0 => writeln!(f, "\nnothing was found that links these files"),
            1 => writeln!(f, "\nthe files link: 1 finding"),
            links => writeln!(f, "\nthe files link: {links} findings"),
        }
    }
}
