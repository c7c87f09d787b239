//! `fugo demo`: the whole process on made-up people, without configuration. The demo checks every claim that it
//! prints.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    io::{self, BufRead, BufReader, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::Instant,
};

use clap::{Args, Parser};
use fugo::{SYMBOL_LEN, text};

use crate::{
    Cli, Command,
    convert::{self, Report},
    counts::thousands,
    exit::Exit,
    failure::{Failure, Result},
};

/// Make a roster of made-up people and keys, convert the roster, and check the outputs.
///
/// Every step is a command of this tool and is printed before it runs. The keys are test keys and are not encrypted.
#[derive(Args)]
pub(crate) struct DemoArgs {
    /// Number of people in the roster
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    rows: u64,
    /// Percentage of rows that are damaged
    #[arg(long, value_name = "PERCENT", default_value = "1")]
    mess: String,
    /// The scopes to convert for; eligibility/all/1 is derived through insurers/all/1
    #[arg(
        long,
        value_name = "SCOPES",
        value_delimiter = ',',
        default_value = "agency/nta/1,agency/pension/1,agency/city-13101/1,eligibility/all/1"
    )]
    scopes: Vec<String>,
    /// The working directory. The directory of an earlier demo is replaced
    #[arg(long, value_name = "DIR", default_value = "fugo-demo")]
    dir: PathBuf,
}

/// Prints a line. If the reader goes away, the demo ends without a message.
macro_rules! out {
    ($($line:tt)*) => {
        writeln!(io::stdout(), $($line)*).map_err(|error| Failure::stdout(&error))?
    };
}

/// A file that distinguishes the directory of a demo from a directory with other work.
const MARK: &str = "made-by-fugo-demo";

pub(crate) fn run(args: &DemoArgs) -> Result<Exit> {
    let dir = &args.dir;
    prepare(args)?;
    let place = |name: &str| dir.join(name).display().to_string();
    let (roster, truth, root) = (place("roster.csv"), place("truth.csv"), place("root.key"));

    out!(
        "1. A roster of {} made-up people; {} % of its rows have the damage of real files",
        thousands(args.rows),
        args.mess
    );
    let rows = args.rows.to_string();
    command(&["synth", "--rows", &rows, "--mess", &args.mess, "--out", &roster, "--truth", &truth])?;

    out!("\n2. Keys: one root key, and a derived key for each scope");
    command(&["key", "new", "--plaintext", "--out", &root])?;
    let key_of = |scope: &str| place(&format!("{}.key", scope.replace('/', "-")));
    let mut scopes = args.scopes.clone();
    let eligibility = scopes.iter().any(|scope| scope.starts_with("eligibility/"));
    if eligibility {
        scopes.push("insurers/all/1".to_owned());
    }
    for scope in &scopes {
        command(&["key", "derive", "--plaintext", "--root", &root, "--scope", scope, "--out", &key_of(scope)])?;
    }

    out!("\n3. The roster is read once and gives one file of symbols for each scope");
    let report_file = place("report.json");
    let keys: Vec<String> = args.scopes.iter().map(|scope| key_of(scope)).collect();
    let insurers = key_of("insurers/all/1");
    let mut words =
        vec!["convert", &roster, "--number-format", "lenient", "--keep", "birth_date,sex,prefecture,insurer"];
    words.extend(keys.iter().flat_map(|key| ["--key", key]));
    if eligibility {
        words.extend(["--insurers-key", &insurers]);
    }
    let out_dir = dir.display().to_string();
    words.extend(["--test-keys", "--out-dir", &out_dir, "--report", &report_file]);
    let report = convert_command(&words)?;
    let outputs = report.outputs.len() as f64;
    let nanoseconds = report.seconds * 1e9 / (report.totals.read as f64 * outputs);
    out!(
        "   {} rows/s in symbol order for {} outputs ({nanoseconds:.0} ns for each symbol, everything included), \
         peak memory so far {}",
        thousands((report.totals.read as f64 / report.seconds) as u64),
        report.outputs.len(),
        peak_memory().map_or("unknown".to_owned(), |kib| format!("{} MiB", thousands(kib / 1024))),
    );

    out!("\n4. Every damaged row is compared with the truth file");
    let agree = check_truth(Path::new(&truth), &report)?;

    out!("\n5. The files that the agencies receive");
    let apart = check_apart(&report)?;
    let unique = report.totals.converted() > 0;
    remember(dir)?;
    out!(
        "\nThe outputs, rejects, duplicates and the report are in {}. Remove this directory when you are done.",
        dir.display()
    );
    if agree && apart && unique {
        Ok(Exit::Clean)
    } else {
        Err(Failure::new("the checks of the demo failed, as shown above", "report this, with the output above"))
    }
}

/// Makes the directory, or removes the files of an earlier demo. The mark lists their names, and for a demo that
/// finished also their length and time.
fn prepare(args: &DemoArgs) -> Result<()> {
    let (dir, mark) = (&args.dir, args.dir.join(MARK));
    if dir.symlink_metadata().is_ok() {
        if !mark.is_file() || !dir.is_dir() {
            return Err(Failure::new(
                format!("{} exists and is not from an earlier demo", dir.display()),
                "name another directory with --dir",
            ));
        }
        let made = fs::read_to_string(&mark).map_err(|error| Failure::io("read", &mark, &error))?;
        clear(dir, &made.lines().collect::<Vec<_>>())?;
    } else {
        fs::create_dir(dir).map_err(|error| Failure::io("make", dir, &error))?;
    }
    let mut names: Vec<String> = ["roster.csv", "truth.csv", "root.key", "root.key.scopes", "root.key.scopes.lock"]
        .into_iter()
        .chain(["report.json"])
        .map(str::to_owned)
        .collect();
    for scope in args.scopes.iter().map(String::as_str).chain(["insurers/all/1"]) {
        let name = scope.replace('/', "-");
        names.extend(["key", "csv", "rejects.csv", "duplicates.csv"].map(|end| format!("{name}.{end}")));
    }
    fs::write(&mark, names.join("\n")).map_err(|error| Failure::io("write", &mark, &error))
}

/// Adds to each name in the mark the state of the file, so that a replaced file is recognised.
fn remember(dir: &Path) -> Result<()> {
    let mark = dir.join(MARK);
    let fail = |error: &io::Error| Failure::io("write", &mark, error);
    let names = fs::read_to_string(&mark).map_err(|error| fail(&error))?;
    let line = |name: &str| match fs::symlink_metadata(dir.join(name)) {
        Ok(file) => format!("{name}\t{}\n", state(&file)),
        Err(_) => format!("{name}\n"),
    };
    fs::write(&mark, names.lines().map(line).collect::<Vec<_>>().concat()).map_err(|error| fail(&error))
}

/// The length, the time of change and the inode of a file.
fn state(file: &fs::Metadata) -> String {
    format!("{} {}.{:09} {}", file.len(), file.mtime(), file.mtime_nsec(), file.ino())
}

/// Removes these files, unless the directory holds other files or a key that is not a test key.
fn clear(dir: &Path, made: &[&str]) -> Result<()> {
    let fail = |error: io::Error| Failure::io("clear", dir, &error);
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        let is_file = entry.file_type().map_err(fail)?.is_file();
        let is_demos = || {
            let is_test_key = |text: Vec<u8>| {
                text.starts_with(b"fugo-key 1\n") && memchr::memmem::find(&text, b"use: test\n").is_some()
            };
            path.extension().is_none_or(|end| end != "key") || fs::read(&path).is_ok_and(is_test_key)
        };
        if name == MARK {
            continue;
        }
        let is_made = made.iter().any(|line| match line.split_once('\t') {
            Some((made, then)) => made == name && entry.metadata().is_ok_and(|now| state(&now) == then),
            None => *line == name,
        });
        if !is_file || !is_made || !is_demos() {
            return Err(Failure::new(
                format!("{} contains {name}, which a demo did not make", dir.display()),
                "move it away, or name another directory with --dir",
            ));
        }
        found.push(path);
    }
    found.iter().try_for_each(fs::remove_file).map_err(fail)
}

fn parse(words: &[&str]) -> Result<Command> {
    out!("   $ fugo {}", words.join(" "));
    let cli = Cli::try_parse_from(["fugo"].iter().chain(words));
    cli.map(|cli| cli.command).map_err(|error| Failure::new(error, "see fugo demo --help"))
}

fn command(words: &[&str]) -> Result<()> {
    crate::dispatch(parse(words)?).map(|_| ())
}

fn convert_command(words: &[&str]) -> Result<Report> {
    let Command::Convert(args) = parse(words)? else {
        return Err(Failure::new("the demo has no conversion", "report this"));
    };
    let started = Instant::now();
    let mut report = convert::convert(&args)?;
    report.seconds = started.elapsed().as_secs_f64();
    for line in report.to_string().lines() {
        out!("   {line}");
    }
    report.warn();
    Ok(report)
}

/// The largest resident set of this process so far, in KiB.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// The lines of a file that the demo wrote, split at commas: the fields that are read here are not quoted.
fn table(path: &Path) -> Result<Vec<Vec<String>>> {
    let fail = |error: io::Error| Failure::io("read", path, &error);
    let lines = BufReader::new(fs::File::open(path).map_err(fail)?).lines().skip(1);
    let row = |line: io::Result<String>| line.map(|line| line.split(',').map(str::to_owned).collect());
    lines.map(row).collect::<io::Result<_>>().map_err(fail)
}

/// Compares the outcome of every row with the truth file.
fn check_truth(truth: &Path, report: &Report) -> Result<bool> {
    const RECORD: usize = 0;
    let mut found: HashMap<String, String> = HashMap::new();
    for row in table(&report.rejects)? {
        found.insert(row[RECORD].clone(), row[4].clone());
    }
    for row in table(&report.duplicates)? {
        if row[4] != "converted" {
            found.insert(row[1].clone(), row[4].clone());
        }
    }
    let mut kinds: BTreeMap<(String, String), (u64, u64)> = BTreeMap::new();
    let mut unexpected = found.clone();
    for row in table(truth)? {
        let (kind, expected, of) = (&row[2], &row[4], row.get(6).filter(|of| !of.is_empty()));
        let became = |record: &String| found.get(record).map_or("ok", String::as_str);
        // If a person's rows differ, both are set aside.
        let partner = of.filter(|_| expected == "differs").is_none_or(|of| became(of) == "differs");
        let count = kinds.entry((kind.clone(), expected.clone())).or_default();
        count.0 += 1;
        count.1 += u64::from(became(&row[RECORD]) == expected && partner);
        unexpected.remove(&row[RECORD]);
        if let Some(of) = of.filter(|_| expected == "differs") {
            unexpected.remove(of);
        }
    }
    out!("   {:<20}{:<21}{:>9}{:>9}", "damage", "must become", "rows", "became");
    for ((kind, expected), (rows, did)) in &kinds {
        out!("   {kind:<20}{expected:<21}{:>9}{:>9}", thousands(*rows), thousands(*did));
    }
    let damaged: u64 = kinds.values().map(|(rows, _)| rows).sum();
    let agreed: u64 = kinds.values().map(|(_, did)| did).sum();
    out!(
        "   {} of {} damaged rows have the expected outcome; {} other rows were rejected or set aside",
        thousands(agreed),
        thousands(damaged),
        thousands(unexpected.len() as u64)
    );
    Ok(agreed == damaged && unexpected.is_empty())
}

/// Whether every symbol is unique, within each output and across all outputs.
fn check_apart(report: &Report) -> Result<bool> {
    let mut symbols: Vec<[u8; SYMBOL_LEN]> = Vec::new();
    for (path, scope, _) in &report.outputs {
        let fail = |error: io::Error| Failure::io("read", path, &error);
        let before = symbols.len();
        let mut sample = String::new();
        for line in BufReader::new(fs::File::open(path).map_err(fail)?).lines().skip(1) {
            let line = line.map_err(fail)?;
            let symbol = line.split(',').next().unwrap_or_default();
            let decoded = text::decode(symbol).map_err(|error| Failure::new(error, "report this"))?;
            symbols.push(decoded.symbol);
            if sample.is_empty() {
                sample = format!("{}…", symbol.chars().take(20).collect::<String>());
            }
        }
        out!(
            "   {scope:<22}{:>12} symbols, in ascending order; the first begins {sample}",
            thousands((symbols.len() - before) as u64)
        );
        if !symbols[before..].is_sorted() {
            out!("   NOT in ascending order");
            return Ok(false);
        }
    }
    let all = symbols.len();
    symbols.sort_unstable();
    symbols.dedup();
    let repeated = all - symbols.len();
    out!(
        "   {} symbols in total: {} are repeated, within a scope or across scopes",
        thousands(all as u64),
        thousands(repeated as u64)
    );
    Ok(repeated == 0)
}
