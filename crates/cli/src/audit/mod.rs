//! `fugo audit`: finds what could link two files before they are delivered.

mod column;
mod counting;
mod derived;
pub(crate) mod file;
mod findings;
mod groups;
mod judge_columns;
mod judge_order;
mod judgement;
mod pairs;
mod people;
mod records;
mod report;
mod sample;
mod search;
mod survey;
mod traced;
mod values;

use std::{
    io::{self, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    thread,
};

use clap::Args;

use self::{
    file::{Delivery, SymbolFileArgs},
    findings::{Allowed, Weight},
    groups::Groups,
    judgement::{Evidence, one_scope},
    people::People,
    records::Wanted,
    report::{Audit, Summary},
    sample::Sample,
    search::{Found, Search},
    survey::Survey,
    traced::{Roster, Traced, traces},
    values::{Hashes, View},
};
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    interrupt::Interrupt,
    options::{default_memory, size},
    partition::Spills,
    placing::{Kind, OverwriteArgs, Placing, Staging, place},
    roster::ReadOptions,
};

/// Find what could link two files of symbols before they are delivered.
///
/// Two files of two scopes can be linked by the order of their rows, by columns whose values few people have, by
/// symbols or numbers in other columns, and by people with several rows. Two files of one scope are linked by their
/// symbols. If they are the last delivery to an organisation and the next one (--allow one-scope), they must not
/// differ by only a few people. The audit prints what links the files and what to change, but never a value. If
/// nothing links them, it prints one line.
///
/// Every column of one file is compared with every column of the other: as text, as numbers, as dates and as times, in
/// many spellings; roundings of amounts and ages of birth dates are recognised. The empty value never counts. A finding
/// of columns says how many people match, how many guesses are expected to be right, and the smallest change that ends
/// it. Matches that chance explains do not count. Rows that do not fit in memory go to temporary files, as hashes under
/// a key that only the run has. An audit without findings does not prove that nothing links the files.
///
/// Exit status: 0 nothing was found that links the files, 1 the files link, 2 the command refused.
#[derive(Args)]
pub(crate) struct AuditArgs {
    /// A file that `fugo convert` wrote: CSV, Parquet or Arrow, as its name says.
    a: PathBuf,
    /// The other file.
    b: PathBuf,
    #[command(flatten)]
    read: SymbolFileArgs,
    /// Two columns that hold the same values under different names (repeat). The audit finds such pairs itself if they
    /// have 20 values or more.
    #[arg(long = "pair", value_name = "NAME_IN_A=NAME_IN_B", value_parser = pair)]
    pairs: Vec<(String, String)>,
    /// Accept a finding that links: it is printed, but does not change the exit status (repeat). Findings that are
    /// counted need the most that is accepted: columns=COUNT (expected right guesses), small-delta=COUNT (people),
    /// several-rows, equal-symbols, symbols-beside, numbers. Others are accepted by name: order, mixed-scopes, few-rows,
    /// one-scope.
    #[arg(long, value_name = "FINDING[=COUNT]", value_parser = Allowed::parse)]
    allow: Vec<Allowed>,
    /// A roster with the numbers of the people: digests and encodings of them are looked for in all columns.
    #[arg(long, value_name = "FILE")]
    roster: Option<PathBuf>,
    /// Header of the roster's column of numbers.
    #[arg(long, value_name = "NAME", default_value = "my_number", requires = "roster")]
    roster_column: String,
    /// Also print notes: facts that do not link the files by themselves.
    #[arg(long)]
    notes: bool,
    /// Print the findings and notes as JSON.
    #[arg(long)]
    json: bool,
    /// Write the findings and notes as JSON to a file, which appears complete or not at all.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    overwrite: OverwriteArgs,
    /// Directory for rows that do not fit in memory [default: the system's].
    #[arg(long, value_name = "DIR")]
    temp_dir: Option<PathBuf>,
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
/// Shares of `--memory`: for samples of both files, for the rows, and for the values that are counted.
const SAMPLES: usize = 4;
const ROWS: usize = 3;

pub(crate) fn run(args: &AuditArgs) -> Result<Exit> {
    let inputs = [&args.a, &args.b].into_iter().chain(&args.roster);
    let targets: Vec<(PathBuf, Kind)> = args.report.iter().map(|path| (path.clone(), Kind::Audit)).collect();
    let placing = Placing::claim(&targets, inputs, &args.overwrite)?;
    let audit = audit(args)?;
    let json = || format!("{:#}\n", audit.json());
    if let Some(path) = &args.report {
        let mut staging = Staging::new(placing, false);
        let mut output = staging.output(path)?;
        output.put(json().as_bytes())?;
        place(&[output.complete()?], staging)?;
    }
    let text = if args.json { json() } else { audit.text(args.notes) };
    let mut out = io::stdout().lock();
    let exit = if audit.links() > 0 { Exit::Linked } else { Exit::Clean };
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Failure::stdout(&error).having_found(exit))?;
    Ok(exit)
}

/// Two results, each from a thread of its own.
fn both<T: Send>(of: impl Fn(usize) -> Result<T> + Sync) -> Result<[T; 2]> {
    let [a, b] = thread::scope(|scope| {
        let both = [0, 1].map(|side| {
            scope.spawn({
                let of = &of;
                move || of(side)
            })
        });
        both.map(|thread| thread.join().unwrap_or_else(|_| Err(Failure::thread())))
    });
    Ok([a?, b?])
}

fn audit(args: &AuditArgs) -> Result<Audit> {
    refuse_one_file(&args.a, &args.b)?;
    let interrupt = Interrupt::listen()?;
    let memory = args.memory.unwrap_or_else(default_memory);
    // Both files are read at the same time.
    let form = args.read.form(memory / 2);
    let open = |path| Delivery::open(path, form, args.read.symbol_column.as_deref());
    let (a, b) = (open(&args.a)?, open(&args.b)?);
    let files = [&a, &b];
    refuse_many_columns(files, memory)?;
    let hashes = Hashes::default();
    let surveys = both(|side| Survey::of(files[side], &hashes, memory / SAMPLES / 2, &interrupt))?;
    let surveys = [&surveys[0], &surveys[1]];
    let sha256 = both(|side| files[side].sha256())?;

    let alike = alike(files);
    let is_one_scope = one_scope(surveys);
    let pairs = if is_one_scope == Some(true) { Vec::new() } else { pairs::pairs(files, surveys, &args.pairs)? };
    let roster = args.roster.as_ref().map(|path| Roster {
        path,
        column: &args.roster_column,
        form: ReadOptions { format: None, ..form },
    });
    let traces = traces(surveys, roster, &hashes)?;
    let (uses, places) = uses(&pairs, &alike);
    let serials = [0, 1].map(|side| serials(surveys[side]));
    let wanted = [0, 1].map(|side| Wanted {
        file: files[side],
        survey: surveys[side],
        uses: uses[side].clone(),
        placed: placed(&pairs, &places, side, &serials),
        serials: serials[side].clone(),
        traces: traces[side].as_ref(),
        hashes: &hashes,
        interrupt: &interrupt,
    });
    let temp_dir = args.temp_dir.clone().unwrap_or_else(std::env::temp_dir);
    let rows = surveys.map(|survey| survey.rows);
    let limit = memory / ROWS / 2;
    let widest = 8 * (2 + uses[0].len().max(uses[1].len())) as u64;
    let (_staging, spills) = Spills::within(&temp_dir, 2 * widest * rows[0].max(rows[1]) > limit as u64)?;
    let mut stored = both(|side| wanted[side].read(&spills, limit))?;
    let traced = Traced {
        cells: stored.each_mut().map(|stored| std::mem::take(&mut stored.traced)),
        searched: stored.each_ref().map(|stored| stored.searched),
    };
    let positions = stored.each_mut().map(|stored| std::mem::take(&mut stored.places));
    let [of_a, of_b] = &stored;
    let mut records = [of_a.records(), of_b.records()];
    let columns: Vec<[usize; 2]> = (0..alike.len()).map(|i| [i, i]).collect();
    let threads = thread::available_parallelism().map_or(2, usize::from).min(8);
    let people = People::of([&records[0], &records[1]], &columns, threads, &interrupt)?;
    for (side, records) in records.iter_mut().enumerate() {
        if people.are_single(side) {
            records.are_single();
        }
    }
    let are_single = (0..2).all(|side| people.are_single(side));
    let is_one_scope = is_one_scope.unwrap_or(2 * people.in_both > rows[0].min(rows[1]));
    let search = Search {
        records: records.each_ref(),
        rows,
        known: pairs.iter().map(|pair| known(pair, surveys).filter(|_| are_single)).collect(),
        pairs: &pairs,
        places: &places,
        memory: memory / 4,
        threads,
        temp_dir: &temp_dir,
        interrupt: &interrupt,
    };
    let found = if is_one_scope { Found::default() } else { search.run()? };
    let unique = if files.iter().all(|file| file.names.is_empty()) { [0, 0] } else { search.unique_rows()? };
    if !is_one_scope {
        refuse_pairs_without_common_values(files, args, &pairs, &found)?;
    }
    let evidence = Evidence {
        files,
        surveys,
        pairs: &pairs,
        people: &people,
        alike: &alike,
        search: &found,
        serials: serials.each_ref().map(|serials| &serials[..]),
        places: positions.each_ref().map(|places| &places[..]),
        unique,
        traced: &traced,
    };
    let mut findings = evidence.findings();
    for finding in &mut findings {
        if finding.weight == Weight::Links && args.allow.iter().any(|allowed| allowed.accepts(finding)) {
            finding.weight = Weight::Allowed;
        }
    }
    let [of_a, of_b] = sha256;
    Ok(Audit { files: [Summary::of(files[0], surveys[0], of_a), Summary::of(files[1], surveys[1], of_b)], findings })
}

/// Each column has a sample of its values.
fn refuse_many_columns(files: [&Delivery; 2], memory: usize) -> Result<()> {
    let most = (memory / 8 / Sample::LEAST).min(COLUMNS);
    for file in files {
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
    Ok(())
}

fn refuse_pairs_without_common_values(
    files: [&Delivery; 2],
    args: &AuditArgs,
    pairs: &[pairs::Pair],
    found: &Found,
) -> Result<()> {
    for place in pairs::places(files, &args.pairs)? {
        if !found.columns.iter().any(|set| pairs[set.pairs[0]].places == place) {
            return Err(Failure::new(
                "the columns that a --pair names have no value in common",
                "check the names of the columns, or leave the pair out",
            ));
        }
    }
    Ok(())
}

/// The groups of a pair, if the samples of both columns hold all of their values: then the first reading has counted all
/// rows, and nothing is estimated. They are groups of people if no person has several rows.
fn known(pair: &pairs::Pair, surveys: [&Survey; 2]) -> Option<Groups> {
    let sample = |side: usize| {
        let sample = surveys[side].columns[pair.places[side]].sample(pair.views[side]);
        sample.filter(|sample| sample.is_complete())
    };
    let (sizes, _) = sample(0)?.groups(sample(1)?);
    let mut groups = Groups::default();
    sizes.for_each(|sizes| groups.add(sizes));
    Some(groups)
}

/// The columns that both files have under one name.
fn alike(files: [&Delivery; 2]) -> Vec<[usize; 2]> {
    let place = |name: &String| files[1].names.iter().position(|other| other == name);
    files[0].names.iter().enumerate().filter_map(|(a, name)| Some([a, place(name)?])).collect()
}

/// A column, and as what it is read.
type Use = (usize, View);

/// What is read of each file: first the columns that both have under one name, as text; then those of the pairs. Also
/// where the columns of each pair are.
fn uses(pairs: &[pairs::Pair], alike: &[[usize; 2]]) -> ([Vec<Use>; 2], Vec<[usize; 2]>) {
    let mut uses = [0, 1].map(|side| alike.iter().map(|places| (places[side], View::Text)).collect::<Vec<Use>>());
    let mut place = |side: usize, wanted: Use| {
        let known = uses[side].iter().position(|known| *known == wanted);
        known.unwrap_or_else(|| {
            uses[side].push(wanted);
            uses[side].len() - 1
        })
    };
    let places =
        pairs.iter().map(|pair| [0, 1].map(|side| place(side, (pair.places[side], pair.views[side])))).collect();
    (uses, places)
}

/// Columns of which nearly every row has its own time, or a number or code with hardly a gap: they may run with the order
/// of entry.
fn serials(survey: &Survey) -> Vec<usize> {
    const MOST: usize = 3;
    const FEWEST: u64 = 100;
    let may_be = |column: &usize| {
        let column = &survey.columns[*column];
        let filled = column.filled as f64;
        column.filled >= FEWEST
            && filled >= 0.9 * survey.rows as f64
            && column.distinct() >= 0.95 * filled
            && column.numbers.count as f64 >= 0.95 * filled
            && (column.has(View::Second) || (column.numbers.are_dense(column.filled) && !column.has(View::Day)))
    };
    let mut serials: Vec<usize> = (0..survey.columns.len()).filter(may_be).collect();
    serials.sort_by_key(|column| !survey.columns[*column].numbers.are_dense(survey.columns[*column].filled));
    serials.truncate(MOST);
    serials
}

/// The sets of columns whose positions are sampled: all pairs of text together. If there are columns that may give the
/// order of entry, also all other pairs together, and each of them alone.
fn placed(pairs: &[pairs::Pair], places: &[[usize; 2]], side: usize, serials: &[Vec<usize>; 2]) -> Vec<Vec<usize>> {
    const MOST: usize = 8;
    let of_text = |pair: &pairs::Pair| pair.views == [View::Text; 2];
    let is_serial = |pair: &pairs::Pair| (0..2).any(|side| serials[side].contains(&pair.places[side]));
    let texts = |keep: &dyn Fn(&pairs::Pair) -> bool| -> Vec<usize> {
        let kept = pairs.iter().zip(places).filter(|(pair, _)| of_text(pair) && keep(pair));
        kept.map(|(_, place)| place[side]).take(MOST).collect()
    };
    let mut placed = vec![texts(&|_| true)];
    if serials.iter().all(|serials| !serials.is_empty()) {
        let others = texts(&|pair| !is_serial(pair));
        placed.extend(others.iter().map(|place| vec![*place]));
        placed.push(others);
    }
    placed
}

/// A file joins with itself on every column.
fn refuse_one_file(a: &Path, b: &Path) -> Result<()> {
    let place = |path: &Path| std::fs::metadata(path).map(|metadata| (metadata.dev(), metadata.ino())).ok();
    if place(a).is_some_and(|found| Some(found) == place(b)) {
        return Err(Failure::new("both arguments name the same file", "name two different files"));
    }
    Ok(())
}
