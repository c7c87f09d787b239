//! `fugo ledger`: judges a delivery by all earlier deliveries of its scope, without their files.

mod book;
/// The reader of a ledger.
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod people;
mod rows;
mod verdict;

use std::{
    cell::Cell,
    io::{self, Write},
    path::PathBuf,
};

use clap::{Args, Subcommand};
use fugo::{KeyTag, Scope};
use fugo_keystore::{LedgerKeyFile, Use};

pub(crate) use self::book::MARK;
use self::{
    book::{Kept, Ledger, Recorded, Widening},
    people::{Delivery, Events, Hashes, Person},
    rows::Rows,
    verdict::{Histories, Verdict},
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
    partition::{Spills, Values},
    placing::{self, Kind, OverwriteArgs, Placing, Staging},
    redaction::shown,
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
    /// The serial of the delivery, as `fugo deliver` takes it; larger than that of the last one, or that one again with
    /// the same file, for its verdict.
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
    /// A column that is new, in a delivery that lacks a column of earlier ones (repeat). Without this option such a file
    /// is refused: a column with another name has no history.
    #[arg(long, value_name = "NAME")]
    new_column: Vec<String>,
    #[command(flatten)]
    read: SymbolFileArgs,
    /// Memory to use: bytes, or with K, M or G [default: a quarter of the machine's memory, at most 1G].
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory: Option<usize>,
    /// Directory for what does not fit in memory, as keyed hashes [default: the system's].
    #[arg(long, value_name = "DIR")]
    temp_dir: Option<PathBuf>,
    /// Print the verdict as JSON, for `fugo deliver --ledger-report`.
    #[arg(long)]
    json: bool,
}

/// Judge a file as `fugo ledger judge` does, and record it if it is accepted
///
/// Record a file before you deliver it. If it is refused, the ledger stays as it is. For the delivery that was recorded
/// last, the verdict is printed again.
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
    let before = Ledger::open(&path, &key)?;
    let temp_dir = args.temp_dir.clone().unwrap_or_else(std::env::temp_dir);
    let (_staging, spills) = Spills::within(&temp_dir, true)?;
    let mut judged = Judged::read(args, &file, scope, before, &key, (&spills, &interrupt))?;
    let verdict = judged.verdict(args, file.sha256()?)?;
    interrupt.check()?;
    let exit = if verdict.is_refused() { Exit::Linked } else { Exit::Clean };
    if judged.again.is_some() {
        notice::say(format_args!("{}: serial {} was recorded before, as here", path.display(), args.serial));
    } else if let Some(placing) = placing.filter(|_| !verdict.is_refused()) {
        let mut staging = Staging::new(placing, false);
        let mut output = staging.output(&path)?;
        judged.ledger.write(&mut output, &key, |each| judged.each(each))?;
        placing::place(&[output.complete()?], staging)?;
        notice::say(format_args!("{}: recorded serial {}", path.display(), args.serial));
    }
    let is_recorded = judged.again.is_some() || records && !verdict.is_refused();
    let text = if args.json { format!("{:#}\n", verdict.json(is_recorded)) } else { verdict.to_string() };
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

/// Shares of `--memory`: for the rows of the file, and for the histories that are counted.
const ROWS: usize = 4;
const HISTORIES: usize = 4;

/// A ledger and the file that is added to it. Nobody is in memory for long: the people are read from the old ledger, in
/// the order of the new rows, once for the verdict and once more if the delivery is recorded.
struct Judged<'a> {
    /// With the columns of the file.
    ledger: Ledger,
    kept: Option<Kept>,
    widening: Widening,
    /// The last delivery, if the file may be this one again.
    again: Option<Recorded>,
    /// Whether people have cells in the file and not in the ledger, or the other way round.
    other_columns: Cell<bool>,
    rows: Rows<'a>,
    hashes: Hashes,
    nth: u32,
    memory: usize,
    spills: &'a Spills,
    interrupt: &'a Interrupt,
}

impl<'a> Judged<'a> {
    fn read(
        args: &'a LedgerArgs,
        file: &SymbolFile,
        scope: Scope,
        before: Option<(Ledger, Kept)>,
        key: &LedgerKeyFile,
        (spills, interrupt): (&'a Spills, &'a Interrupt),
    ) -> Result<Self> {
        if let Some(unknown) = args.shared.iter().find(|name| !file.names.contains(name)) {
            return Err(Failure::new(
                format!("--shared names `{unknown}`, which is not a kept column of the file"),
                "name a column that the file has",
            ));
        }
        check_columns(args, file, before.as_ref().map(|(before, _)| before))?;
        let again = before.as_ref().and_then(|(before, _)| same_serial(args, before, file));
        if let Some((before, _)) = &before {
            check_next(args, before, again.is_some())?;
        }
        let hashes = Hashes::of(key);
        let mut columns = before.as_ref().map_or_else(Vec::new, |(before, _)| before.columns.clone());
        columns.extend(file.names.iter().filter(|name| !columns.contains(name)).cloned().collect::<Vec<_>>());
        let memory = args.memory.unwrap_or_else(default_memory);
        let mut rows = Rows::new(&args.file, columns.len(), spills, memory / ROWS);
        let tag = read(args, file, scope, &columns, &hashes, &mut rows, interrupt)?;
        let (mut ledger, kept) = match before {
            Some((ledger, kept)) => (ledger, Some(kept)),
            None => (Ledger::new(scope, tag, args.shared.clone()), None),
        };
        if ledger.tag != tag {
            return Err(Failure::new(
                format!("{} holds symbols of the key {tag}, and the ledger is of {}", args.file.display(), ledger.tag),
                "compare both tags with the registry of scopes: if this file is of another scope, name that scope; if an \
                 earlier file was, move the file of this ledger away and record its deliveries again",
            ));
        }
        let widening = ledger.add_columns(&file.names);
        let nth = ledger.deliveries.len() as u32;
        Ok(Self {
            ledger,
            kept,
            widening,
            again,
            other_columns: Cell::default(),
            rows,
            hashes,
            nth,
            memory,
            spills,
            interrupt,
        })
    }

    /// Gives everybody after the delivery, ascending.
    fn each(&self, to: &mut dyn FnMut(&Person) -> Result<()>) -> Result<Events> {
        let shared: Vec<bool> = self.ledger.columns.iter().map(|name| self.ledger.shared.contains(name)).collect();
        let sets = self.ledger.sets();
        let (hashes, other_columns) = (&self.hashes, &self.other_columns);
        let delivery = Delivery { hashes, nth: self.nth, sets: &sets, shared: &shared, other_columns };
        let kept = self.kept.as_ref().map(Kept::people).transpose()?;
        let people = kept.into_iter().flatten().map(|person| person.map(|person| self.widening.of(person)));
        let mut count = 0_u64;
        delivery.add(people, self.rows.in_order(), &mut |person| {
            count += 1;
            if count.is_multiple_of(1 << 16) {
                self.interrupt.check()?;
            }
            to(person)
        })
    }

    /// Adds the delivery to the ledger, and counts the histories. If it was the last one before, the ledger stays.
    fn verdict(&mut self, args: &LedgerArgs, sha256: String) -> Result<Verdict> {
        let sets = self.ledger.sets().len();
        let limit = self.memory / HISTORIES / sets;
        let mut chains: Vec<Values<'_>> = (0..sets).map(|_| Values::new(self.spills, limit)).collect();
        let events = self.each(&mut |person| {
            let mut both = chains.iter_mut().zip(&person.chains);
            both.try_for_each(|(chains, chain)| chains.add(*chain)).map_err(|error| self.spills.failure(&error))
        })?;
        let histories = chains.iter().map(|chains| Histories::of(chains, args.least)).collect::<Result<_>>()?;
        let recorded = match self.again.clone() {
            // Nobody came, went or changed since, so the histories are those of that day.
            Some(last)
                if events == Events::default() && self.rows.count() == last.rows && !self.other_columns.get() =>
            {
                last
            }
            Some(last) => {
                return Err(Failure::new(
                    format!(
                        "the last recorded delivery of {} has serial {}, and other rows or columns than this file",
                        self.ledger.scope, last.serial
                    ),
                    "give a larger --serial, or the file that was recorded",
                ));
            }
            None => {
                let recorded = Recorded { serial: args.serial, rows: self.rows.count(), events };
                self.ledger.deliveries.push(recorded.clone());
                recorded
            }
        };
        Ok(Verdict::of(&self.ledger, (recorded, sha256), histories, (args.least, args.allow)))
    }
}

/// Refuses two columns of one name, and a column that may be an earlier one under another name.
fn check_columns(args: &LedgerArgs, file: &SymbolFile, before: Option<&Ledger>) -> Result<()> {
    let mut names: Vec<&String> = file.names.iter().collect();
    names.sort();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Failure::new(
            format!("{} has two columns with the header `{}`", args.file.display(), shown(pair[0])),
            "give each column a name of its own in the roster, and convert again",
        ));
    }
    let Some(before) = before else { return Ok(()) };
    let is_known = |name: &&String| before.columns.contains(name);
    let new = file.names.iter().find(|name| !is_known(name) && !args.new_column.contains(name));
    let gone = before.columns.iter().find(|name| !file.names.contains(name));
    match (new, gone) {
        (Some(new), Some(gone)) => Err(Failure::new(
            format!("the column `{}` is new, and `{}` of earlier deliveries is missing", shown(new), shown(gone)),
            "if it is the same column under another name, keep the old name: recipients know what it was; if it is \
             another column, name it with --new-column",
        )),
        _ => Ok(()),
    }
}

/// The last recorded delivery, if it has this serial and all columns of the file are known: then the file may be the
/// same.
fn same_serial(args: &LedgerArgs, before: &Ledger, file: &SymbolFile) -> Option<Recorded> {
    let knows_all = file.names.iter().all(|name| before.columns.contains(name));
    before.deliveries.last().filter(|last| last.serial == args.serial && knows_all).cloned()
}

fn check_next(args: &LedgerArgs, before: &Ledger, may_be_again: bool) -> Result<()> {
    if let Some(last) = before.deliveries.last().filter(|last| args.serial <= last.serial && !may_be_again) {
        return Err(Failure::new(
            format!("the last recorded delivery of {} has serial {}", before.scope, last.serial),
            "give a larger --serial",
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

/// Reads the rows of a file as keyed hashes. Returns the tag of its key.
fn read(
    args: &LedgerArgs,
    file: &SymbolFile,
    scope: Scope,
    columns: &[String],
    hashes: &Hashes,
    rows: &mut Rows<'_>,
    interrupt: &Interrupt,
) -> Result<KeyTag> {
    let places: Vec<usize> =
        file.names.iter().map(|name| columns.iter().position(|column| column == name).unwrap_or(0)).collect();
    let refused = |what: &str, remedy: &str| Failure::new(format!("{}: {what}", args.file.display()), remedy);
    let mut tag = file.metadata.map(|metadata| metadata.tag);
    let mut cells = vec![0; columns.len()];
    file.each_row(&mut |row| {
        if let Some((purpose, found)) = row.whose
            && (purpose != scope.purpose() || *tag.get_or_insert(found) != found)
        {
            return Err(refused(&format!("it holds symbols that are not of {scope}"), "name the scope of its symbols"));
        }
        cells.fill(0);
        for ((cell, place), name) in row.cells.iter().zip(&places).zip(&file.names) {
            cells[*place] = hashes.cell(name, cell);
        }
        rows.push(hashes.person(&row.symbol), &cells)?;
        if rows.count().is_multiple_of(1 << 16) {
            interrupt.check()?;
        }
        Ok(())
    })?;
    tag.ok_or_else(|| {
        refused(
            "the file does not show the key of its symbols",
            "give a file with symbols in text form, or Parquet or Arrow",
        )
    })
}
