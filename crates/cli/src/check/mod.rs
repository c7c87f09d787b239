//! `fugo check`: prints which lines of a file are not valid numbers, or not accepted symbols, and why.

mod symbols;

use std::{
    fmt,
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use fugo::{
    MyNumberError,
    normalize::{LostZeros, NormalizeError, Reading, normalize},
};

use self::symbols::{Refused, Symbols};
use crate::{
    epoch,
    exit::Exit,
    failure::{Failure, Result},
    notice,
    roster::{
        csv, foreign,
        identity::Watched,
        lines::{Line, Lines, MAX_LINE},
        open_standard_input,
    },
};

/// Check a file of numbers or symbols, one per line, and print which lines are bad and why
///
/// Without --lenient a good line is exactly twelve ASCII digits and a line end, LF or CR LF. Prints `line N: reason`
/// for each bad line, never its value, and the totals on standard error. Quotes have no meaning: the file is not read
/// as CSV. A Ctrl-Z at the end of the file, as DOS wrote it, is ignored.
///
/// Exit status: 0 all lines are good; 1 a line is bad, also if the reader of the output went away; 2 the command
/// refused, or the file changed while it was read.
///
/// A valid check digit does not prove that a number is real: one random value in ten has it.
///
/// With --symbols the lines are symbols in text form, of one organisation. A line is good if its tag is that of an epoch
/// that the registry of scopes accepts today (in Japan, UTC+09:00); between two epochs that is either of them. The
/// totals on standard error say how many symbols each epoch has. No key is needed, so nothing says whose symbols they
/// are.
#[derive(Args)]
pub(crate) struct CheckArgs {
    /// The file; if it is absent or `-`, standard input is read
    file: Option<PathBuf>,
    /// Accept full-width digits, separators between groups of four, spaces at the ends and a byte order mark
    #[arg(long)]
    lenient: bool,
    /// Also accept 9 to 11 digits as numbers whose leading zeros were lost. One 住民票コード of 11 digits in ten passes by
    /// chance
    #[arg(long, requires = "lenient")]
    restore_zeros: bool,
    /// The lines are symbols in text form
    #[arg(long, requires = "registry", conflicts_with = "lenient")]
    symbols: bool,
    /// The registry of scopes, for --symbols
    #[arg(long, value_name = "FILE", requires = "symbols")]
    registry: Option<PathBuf>,
}

pub(crate) fn run(args: &CheckArgs) -> Result<Exit> {
    let mut symbols = match &args.registry {
        Some(path) => {
            let (scopes, today) = (epoch::read(path)?, epoch::today()?);
            epoch::check_clock(path, &scopes, today)?;
            Some(Symbols::new(&scopes, today))
        }
        None => None,
    };
    let out = BufWriter::new(io::stdout().lock());
    let totals = match &args.file {
        Some(path) if path.as_os_str() != "-" => {
            let file = File::open(path).map_err(|error| not_opened(path, &error))?;
            check(file, Some(path), out, args, symbols.as_mut())?
        }
        _ => {
            let name = Path::new("standard input");
            let file = open_standard_input().map_err(|error| Failure::io("read", name, &error))?;
            check(file, None, out, args, symbols.as_mut())?
        }
    };
    notice::say(format_args!("{} lines: {} good, {} bad", totals.lines, totals.lines - totals.bad, totals.bad));
    if let Some(symbols) = &symbols {
        symbols.report();
    }
    match (totals.had_mark, args.skips_marks()) {
        (true, true) => notice::say("the byte order mark at the start was skipped"),
        (true, false) => notice::warn(
            "the file begins with a byte order mark (UTF-8), so its first line is bad; with --lenient the mark is \
             skipped",
        ),
        (false, _) => {}
    }
    if totals.bare_cr > 0 {
        notice::warn(format_args!("{} lines contain a CR; lines must end in LF or CR LF", totals.bare_cr));
    }
    if args.restore_zeros {
        notice::say(format_args!("lines whose leading zeros were restored: {}", totals.restored));
    }
    if totals.restored > 0 {
        notice::warn(
            "one 住民票コード of 11 digits in ten passes when a zero is put before it, and is then the number of another \
             person; make sure that the values are MyNumbers",
        );
    }
    Ok(if totals.bad == 0 { Exit::Clean } else { Exit::Rejects })
}

impl CheckArgs {
    fn skips_marks(&self) -> bool {
        self.lenient || self.symbols
    }
}

/// The path may be a number that was given by mistake, so it is not repeated.
fn not_opened(path: &Path, error: &io::Error) -> Failure {
    if path.to_str().is_some_and(|text| normalize(text, LostZeros::Restore).is_ok()) {
        let remedy = "give numbers on standard input; every user of the machine can see arguments";
        return Failure::new("the argument is a path, and there is no file of this name", remedy);
    }
    Failure::io("open", path, error)
}

#[derive(Default)]
struct Totals {
    lines: u64,
    bad: u64,
    restored: u64,
    had_mark: bool,
    /// Lines that contain a CR: each may be several lines of an old file.
    bare_cr: u64,
}

fn check(
    file: File,
    path: Option<&Path>,
    mut out: impl Write,
    args: &CheckArgs,
    mut symbols: Option<&mut Symbols>,
) -> Result<Totals> {
    let name = path.unwrap_or(Path::new("standard input"));
    let not_read = |error| Failure::io("read", name, &error);
    let watched = Watched::of(path, &file).map_err(not_read)?;
    let mut lines = Lines::new(file);
    let head = lines.head(foreign::ENOUGH).map_err(not_read)?;
    foreign::refuse(head)?;
    let mut totals = Totals { had_mark: head.starts_with(csv::MARK), ..Totals::default() };
    while args.skips_marks() && lines.skip(csv::MARK).map_err(not_read)? {}
    let lost_zeros = if args.restore_zeros { LostZeros::Restore } else { LostZeros::Refuse };
    let reading = if args.lenient { Reading::Lenient(lost_zeros) } else { Reading::Strict };
    while let Some(line) = lines.next().map_err(not_read)? {
        totals.lines += 1;
        if let Line::Text(text) = line {
            totals.bare_cr += u64::from(text.trim_ascii_end().contains(&b'\r'));
        }
        let outcome = match line {
            Line::TooLong => Err(Reason::TooLong),
            Line::Text(text) => {
                let decode = || str::from_utf8(text).map_err(|error| Reason::NotUtf8 { offset: error.valid_up_to() });
                match &mut symbols {
                    Some(symbols) => symbols.judge(text).map(|()| false).map_err(Reason::Symbol),
                    None => reading.read(text, decode).map(|(_, changes)| changes.zeros_restored),
                }
            }
        };
        match outcome {
            Ok(was_restored) => totals.restored += u64::from(was_restored),
            Err(reason) => {
                totals.bad += 1;
                writeln!(out, "line {}: {reason}", totals.lines)
                    .map_err(|error| Failure::stdout(&error).having_found(Exit::Rejects))?;
            }
        }
    }
    out.flush().map_err(|error| Failure::stdout(&error).having_found(Exit::Rejects))?;
    watched.as_ref().map_or(Ok(()), Watched::check_unchanged)?;
    Ok(totals)
}

/// Why a line is bad. It holds offsets and lengths, never a digit.
enum Reason {
    Strict(MyNumberError),
    Lenient(NormalizeError),
    NotUtf8 { offset: usize },
    Symbol(Refused),
    TooLong,
}

impl From<MyNumberError> for Reason {
    fn from(error: MyNumberError) -> Self {
        Self::Strict(error)
    }
}

impl From<NormalizeError> for Reason {
    fn from(error: NormalizeError) -> Self {
        Self::Lenient(error)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Strict(error) => error.fmt(f),
            Self::Lenient(error) => error.fmt(f),
            Self::Symbol(reason) => reason.fmt(f),
            Self::NotUtf8 { offset } => write!(f, "byte offset {offset} is not UTF-8; convert the file first"),
            Self::TooLong => write!(f, "the line is longer than {MAX_LINE} bytes and was skipped"),
        }
    }
}
