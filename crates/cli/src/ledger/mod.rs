//! `fugo ledger`: judges a delivery by all earlier deliveries of its scope, without their files.

mod book;
mod people;
mod verdict;

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::{Args, Subcommand};
use fugo::{KeyTag, Scope};
use fugo_keystore::{LedgerKeyFile, Use};

pub(crate) use self::book::MARK;
use self::{
    book::{Ledger, Recorded, bytes_of_person},
    people::{Delivery, Hashes, Rows},
    verdict::Verdict,
};
use crate::{
    audit::file::{Delivery as SymbolFile, SymbolFileArgs},
    deliver::evidence::ConvertReport,
    exit::Exit,
    failure::{Failure, Result},
    interrupt::Interrupt,
    keys::{TestKeyArgs, UnlockArgs},
    manifest::{Manifest, Serial, contents},
    notice,
    options::{default_memory, size},
    placing::{self, Kind, OverwriteArgs, Placing, Staging},
};

#[derive(Subcommand)]
pub(crate) enum LedgerCommand {
    Judge(LedgerArgs),
    Record(RecordArgs),
}

/// Judge a file by the history of its scope, and change nothing
///
/// A history is the list of deliveries at which a person came, went, came back or changed. People with the same
/// history are a group. If a group is small, whoever keeps the files of this scope and those of another can match its
/// people by their histories, although no pair of files links them. The ledger of a scope holds keyed hashes of
/// symbols, cells and histories. No symbol, no number and no value is in it, and it needs no file of another scope.
///
/// Exit status: 0 accepted, 1 refused because more people than --allow are in groups below --least, 2 the command
/// stopped.
#[derive(Args)]
pub(crate) struct LedgerArgs {
    /// The file that will be delivered: an output of `fugo convert`.
    file: PathBuf,
    /// The directory of the ledgers. Each scope has one file there, such as agency-nta-1.ledger.
    #[arg(long, value_name = "DIR")]
    ledger: PathBuf,
    /// The key of the ledgers, made by `fugo key ledger`.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    test: TestKeyArgs,
    /// The report of the conversion (`fugo convert --report`). It names the scope of the file by its digest. May be
    /// given several times.
    #[arg(long, value_name = "FILE")]
    report: Vec<PathBuf>,
    /// The scope of the file, where there is no report. The metadata of Parquet and Arrow name it; CSV does not.
    #[arg(long, conflicts_with = "report")]
    scope: Option<Scope>,
    /// The serial of the delivery, as `fugo deliver` takes it; larger than that of the last one.
    #[arg(long, value_name = "N")]
    serial: Serial,
    /// Groups with fewer people than this are small.
    #[arg(long, value_name = "PEOPLE", default_value_t = 10, value_parser = clap::value_parser!(u64).range(2..))]
    least: u64,
    /// Accept this many people in small groups: the budget of the scope, over all its deliveries.
    #[arg(long, value_name = "PEOPLE", default_value_t = 0)]
    allow: u64,
    /// A kept column whose values another organisation receives too (repeat). Its values become part of the histories.
    /// Name it at the first delivery of a scope, and at all later ones.
    #[arg(long, value_name = "NAME")]
    shared: Vec<String>,
    #[command(flatten)]
    read: SymbolFileArgs,
    /// Memory to use: bytes, or with K, M or G [default: a quarter of the machine's memory, at most 1G]. The people of
    /// the scope, those who went too, must fit.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory: Option<usize>,
    /// Print the verdict as JSON.
    #[arg(long)]
    json: bool,
}

/// Judge a file as `fugo ledger judge` does, and record it if it is accepted
///
/// Record a file before you deliver it. If it is refused, the ledger stays as it is.
#[derive(Args)]
pub(crate) struct RecordArgs {
    #[command(flatten)]
    ledger: LedgerArgs,
}

pub(crate) fn run(command: &LedgerCommand) -> Result<Exit> {
    let interrupt = Interrupt::listen()?;
    let (args, records) = match command {
        LedgerCommand::Judge(args) => (args, false),
        LedgerCommand::Record(args) => (&args.ledger, true),
    };
    placing::check_directory(&args.ledger)?;
    let key = args.unlock.opener(args.test.allowed())?.open_ledger(&args.key)?;
    if key.usage() == Use::Test {
        notice::warn(format_args!("{} is a test key; never use it for real deliveries", args.key.display()));
    }
    let file = SymbolFile::open(
        &args.file,
        args.read.form(args.memory.unwrap_or_else(default_memory)),
        args.read.symbol_column.as_deref(),
    )?;
    let scope = scope_of(args, &file, &interrupt)?;
    let key = key.for_scope(&scope.to_string());
    let path = args.ledger.join(format!("{}.ledger", Manifest::prefix(&scope).trim_end_matches('-')));
    // Locked before it is read, so that two recordings do not lose one.
    let placing = if records {
        let targets = [(path.clone(), Kind::Ledger)];
        let inputs = [&args.file, &args.key].into_iter().chain(args.unlock.files());
        Some(Placing::claim(&targets, inputs, &OverwriteArgs::default())?)
    } else {
        None
    };
    let before = Ledger::read(&path, &key, args.memory.unwrap_or_else(default_memory))?;
    let (ledger, verdict) = judge(args, &file, scope, before, &key, &interrupt)?;
    interrupt.check()?;
    let exit = if verdict.is_refused() { Exit::Linked } else { Exit::Clean };
    if let Some(placing) = placing.filter(|_| !verdict.is_refused()) {
        let mut staging = Staging::new(placing, false);
        let mut output = staging.output(&path)?;
        ledger.write(&mut output, &key)?;
        placing::place(&[output.complete()?], staging)?;
        notice::say(format_args!("{}: recorded serial {}", path.display(), args.serial));
    }
    let text = if args.json { format!("{:#}\n", verdict.json()) } else { verdict.to_string() };
    io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::stdout(&error).having_found(exit))?;
    Ok(exit)
}

/// The scope that --scope, a report or the metadata of the file names, and they must not differ.
fn scope_of(args: &LedgerArgs, file: &SymbolFile, interrupt: &Interrupt) -> Result<Scope> {
    let told = file.metadata.map(|metadata| metadata.scope);
    let given = if args.report.is_empty() { args.scope } else { Some(reported(args, interrupt)?) };
    match (given, told) {
        (Some(given), Some(told)) if given != told => Err(Failure::new(
            format!("{} holds symbols of {told}, and the scope given is {given}", args.file.display()),
            "name the scope that the file was converted for",
        )),
        (Some(scope), _) | (None, Some(scope)) => Ok(scope),
        (None, None) => Err(Failure::new(
            format!("{} does not show the scope of its symbols", args.file.display()),
            "give the report of its conversion with --report, or name the scope with --scope",
        )),
    }
}

/// The scope that the reports give for the digest of the file.
fn reported(args: &LedgerArgs, interrupt: &Interrupt) -> Result<Scope> {
    let reports = args.report.iter().map(|path| ConvertReport::read(path)).collect::<Result<Vec<_>>>()?;
    let (sha256, _) = contents::digest(&args.file, interrupt)?;
    reports.iter().find_map(|report| report.scope_of(&sha256)).ok_or_else(|| {
        Failure::new(
            format!("no report given has the digest of {}", args.file.display()),
            "give the report of the run that wrote this file; if the file was changed since, convert again",
        )
    })
}

/// Adds the file to the ledger, in memory.
fn judge(
    args: &LedgerArgs,
    file: &SymbolFile,
    scope: Scope,
    before: Option<Ledger>,
    key: &LedgerKeyFile,
    interrupt: &Interrupt,
) -> Result<(Ledger, Verdict)> {
    if let Some(unknown) = args.shared.iter().find(|name| !file.names.contains(name)) {
        return Err(Failure::new(
            format!("--shared names `{unknown}`, which is not a kept column of the file"),
            "name a column that the file has",
        ));
    }
    if let Some(before) = &before {
        check_next(args, before)?;
    }
    let hashes = Hashes::of(key);
    let mut columns = before.as_ref().map_or_else(Vec::new, |before| before.columns.clone());
    columns.extend(file.names.iter().filter(|name| !columns.contains(name)).cloned().collect::<Vec<_>>());
    let people = before.as_ref().map_or(0, |before| before.people.len());
    let (tag, rows) = read(args, file, scope, &columns, people, &hashes, interrupt)?;
    let mut ledger = before.unwrap_or_else(|| Ledger::new(scope, tag, args.shared.clone()));
    if ledger.tag != tag {
        return Err(Failure::new(
            format!("{} holds symbols of the key {tag}, and the ledger is of {}", args.file.display(), ledger.tag),
            "compare both tags with the registry of scopes: if this file is of another scope, name that scope; if an \
             earlier file was, move the file of this ledger away and record its deliveries again",
        ));
    }
    ledger.add_columns(&file.names);
    let shared: Vec<bool> = ledger.columns.iter().map(|name| ledger.shared.contains(name)).collect();
    let count = rows.len() as u64;
    let delivery =
        Delivery { hashes: &hashes, nth: ledger.deliveries.len() as u32, sets: &ledger.sets(), shared: &shared };
    let (people, events) = delivery.add(std::mem::take(&mut ledger.people), rows);
    ledger.people = people;
    let recorded = Recorded { serial: args.serial, rows: count, events };
    ledger.deliveries.push(recorded.clone());
    let verdict = Verdict::of(&ledger, recorded, args.least, args.allow);
    Ok((ledger, verdict))
}

fn check_next(args: &LedgerArgs, before: &Ledger) -> Result<()> {
    if let Some(last) = before.deliveries.last()
        && args.serial <= last.serial
    {
        return Err(Failure::new(
            format!("the last recorded delivery of {} has serial {}", before.scope, last.serial),
            "give a larger --serial, unless this is the delivery that was recorded",
        ));
    }
    let (mut given, mut known) = (args.shared.clone(), before.shared.clone());
    given.sort();
    known.sort();
    if given != known {
        return Err(Failure::new(
            format!(
                "the ledger of {} has other shared columns: {}",
                before.scope,
                if before.shared.is_empty() { "none".to_owned() } else { before.shared.join(", ") }
            ),
            "name the same columns with --shared at each delivery; if the first delivery was wrong, move the file of \
             this ledger away and record its deliveries again, in their order",
        ));
    }
    Ok(())
}

/// The rows of a file as keyed hashes, ascending, and the tag of its key.
fn read(
    args: &LedgerArgs,
    file: &SymbolFile,
    scope: Scope,
    columns: &[String],
    people: usize,
    hashes: &Hashes,
    interrupt: &Interrupt,
) -> Result<(KeyTag, Rows)> {
    let memory = args.memory.unwrap_or_else(default_memory);
    // A person is in memory as in the file and once more while it is sorted, with what two lists take.
    let each = bytes_of_person(columns.len(), people::sets(columns.len()).len()) + 80;
    let places: Vec<usize> =
        file.names.iter().map(|name| columns.iter().position(|column| column == name).unwrap_or(0)).collect();
    let refused = |what: String, remedy: &str| Failure::new(format!("{}: {what}", args.file.display()), remedy);
    let mut tag = file.metadata.map(|metadata| metadata.tag);
    let mut rows: Rows = Vec::new();
    file.each_row(&mut |row| {
        if let Some((purpose, found)) = row.whose
            && (purpose != scope.purpose() || *tag.get_or_insert(found) != found)
        {
            return Err(refused(format!("it holds symbols that are not of {scope}"), "name the scope of its symbols"));
        }
        let mut cells = vec![0; columns.len()];
        for ((cell, place), name) in row.cells.iter().zip(&places).zip(&file.names) {
            cells[*place] = hashes.cell(name, cell);
        }
        rows.push((hashes.person(&row.symbol), cells));
        if rows.len().is_multiple_of(1 << 16) {
            interrupt.check()?;
        }
        if (rows.len() + people) * each > memory {
            return Err(refused(
                format!("a ledger of more than {} people does not fit into the memory", memory / each),
                "give more --memory",
            ));
        }
        Ok(())
    })?;
    let Some(tag) = tag else {
        return Err(refused(
            "the file does not show the key of its symbols".to_owned(),
            "give a file with symbols in text form, or Parquet or Arrow",
        ));
    };
    rows.sort_unstable_by_key(|(person, _)| *person);
    if rows.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(refused("a person has several rows".to_owned(), "convert in symbol order or with --unique"));
    }
    Ok((tag, rows))
}
