//! `fugo audit`: what would link two files that are about to be delivered.

mod columns;
mod file;
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
    survey::Survey,
    tally::Question,
};
use crate::{
    counts::thousands,
    exit::Exit,
    failure::{Failure, Result},
    options::{default_memory, delimiter, size},
    redaction::shown,
    roster::{Form, blocks::BLOCK, encoding::Encoding, format::FileFormat},
};

/// Look for what would link two files of symbols that are about to be delivered.
///
/// Two files of two scopes: rows in the same order, columns on which rows stand alone in both, symbols or numbers beside
/// the symbols, people with several rows. Two files of one scope link by their symbols; where they are a body's last
/// delivery and the next (--allow one-scope), they must not differ by few people. Prints what links, what to change, and
/// what else to know; never a value. The files are only read, as often as --memory makes needed.
///
/// Columns are matched by name, or where most values are equal, as they are written: separators and full width do not
/// matter, but an era or an age is not recognised as a birth date. Values that are equal by chance (counts, amounts, row
/// numbers) match too. An audit that finds nothing has not proven that nothing links.
///
/// Exit status: 0 nothing found that links, 1 the files link, 2 refused.
#[derive(Args)]
pub(crate) struct AuditArgs {
    /// A file that `fugo convert` wrote: CSV, Parquet or Arrow, told by its name.
    a: PathBuf,
    /// Another.
    b: PathBuf,
    /// Format of both files, whatever their names.
    #[arg(long, value_enum, value_name = "FORMAT")]
    input_format: Option<FileFormat>,
    /// Header of the symbols [default: the column whose type, metadata or first value says so].
    #[arg(long, value_name = "NAME")]
    symbol_column: Option<String>,
    /// Columns that hold the same values under other names, if few (repeat); many are found by themselves.
    #[arg(long = "pair", value_name = "NAME_IN_A=NAME_IN_B", value_parser = pair)]
    pairs: Vec<(String, String)>,
    /// Accept a finding that links: it is printed, and does not count (repeat).
    #[arg(long, value_enum, value_name = "FINDING")]
    allow: Vec<Kind>,
    /// Field separator of CSV files: one ASCII character, or `tab`.
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = delimiter)]
    delimiter: u8,
    /// Encoding of CSV files.
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
    /// Accept quoted cells over several lines whatever their lines look like, as `convert` does with this option.
    #[arg(long)]
    multi_line_cells: bool,
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
    /// Memory to use: bytes, or with K, M or G [default: a quarter of the machine's, at most 1G].
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory: Option<usize>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (a, b) = text.split_once('=').ok_or("write it as NAME_IN_A=NAME_IN_B")?;
    Ok((a.to_owned(), b.to_owned()))
}

pub(crate) fn run(args: &AuditArgs) -> Result<Exit> {
    let audit = audit(args)?;
    let text = if args.json { format!("{:#}\n", audit.json()) } else { audit.to_string() };
    let mut out = io::stdout().lock();
    let exit = if audit.links() > 0 { Exit::Linked } else { Exit::Clean };
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::stdout(&error).having_found(exit))?;
    Ok(exit)
}

/// What an audit has to say.
struct Audit {
    files: [Summary; 2],
    findings: Vec<Finding>,
}

fn audit(args: &AuditArgs) -> Result<Audit> {
    refuse_one_file(&args.a, &args.b)?;
    let memory = args.memory.unwrap_or_else(default_memory);
    let form = Form {
        format: args.input_format,
        delimiter: args.delimiter,
        encoding: args.encoding,
        block: BLOCK,
        multi_line_cells: args.multi_line_cells,
        // Two files are read at a time.
        memory: memory / 2,
    };
    let open = |path| Delivery::open(path, form, args.symbol_column.as_deref());
    let (a, b) = (open(&args.a)?, open(&args.b)?);
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

/// The same file twice joins on everything.
fn refuse_one_file(a: &Path, b: &Path) -> Result<()> {
    let place = |path: &Path| std::fs::metadata(path).map(|metadata| (metadata.dev(), metadata.ino())).ok();
    if place(a).is_some_and(|found| Some(found) == place(b)) {
        return Err(Failure::new("the two files are one", "name two files that are to be delivered"));
    }
    Ok(())
}

/// What a file is.
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
            file: file.path.display().to_string(),
            symbols_of: survey.whose.iter().map(|(purpose, tag)| format!("{purpose}, tag {tag}")).collect(),
            scope: file.metadata.map(|metadata| metadata.scope.to_string()),
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
        let whose = if whose.is_empty() { "symbols that do not say whose" } else { &whose };
        let order = if self.in_symbol_order { "in symbol order" } else { "not in symbol order" };
        writeln!(f, "{}: {whose}, {} rows, {order}", self.file, thousands(self.rows))
    }
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
