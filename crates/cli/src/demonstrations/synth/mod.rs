//! `fugo synth`: writes a made-up roster of any size in constant memory, and a file with the truth about its damaged
//! rows.

#[cfg(test)]
mod agreement;
mod block;
mod kind;
mod line_end;
mod mess;
mod permutation;
mod person;
mod prefecture;
mod rng;
mod slips;
mod summary;
mod writing;

use std::{
    io::{self, Write},
    iter,
    path::{Path, PathBuf},
};

use clap::{Args, value_parser};

use self::{
    block::truth_header,
    line_end::LineEnd,
    mess::Share,
    person::NUMBERS,
    writing::{Options, WriteError, write_roster},
};
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    interrupt::Interrupt,
    notice,
    placing::{self, Kind, Output, OverwriteArgs, Placing, Staging},
    roster::encoding::Encoding,
};

/// Write a made-up roster (CSV) of any size, with as many damaged rows as wanted. The same options give the same
/// roster.
///
/// Columns: my_number, birth_date (ISO 8601), sex (ISO/IEC 5218: 1 male, 2 female), prefecture, insurer (eight digits
/// in the form of a 保険者番号). Every row is a different person, except for rows that repeat another as damage. All
/// people are made up, but a valid number may belong to a real person: treat the file as 個人番号.
///
/// The damage is that of real files: groups, full-width digits, spaces, lost zeros, scientific notation, wrong digits
/// and letters, empty cells, repeated people, short records, and a number in another cell.
#[derive(Args, Debug)]
pub(crate) struct SynthArgs {
    /// Number of rows, up to 99999999999.
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(..=NUMBERS))]
    rows: u64,
    /// Another seed gives other people.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Percentage of damaged rows, with up to six decimals.
    #[arg(long, value_name = "PERCENT", default_value = "0")]
    mess: Share,
    /// The file for the truth about damaged rows (CSV): the damage, and the outcome of convert in each mode.
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// The encoding of the roster.
    #[arg(long, value_enum, default_value_t)]
    encoding: Encoding,
    /// The file for the roster; standard output if absent.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    overwrite: OverwriteArgs,
    /// The line end of the roster.
    #[arg(long, value_enum, default_value_t)]
    line_end: LineEnd,
    /// Begin the file with a byte order mark (UTF-8 only).
    #[arg(long)]
    bom: bool,
}

pub(crate) fn run(args: &SynthArgs) -> Result<Exit> {
    if args.bom && args.encoding == Encoding::Cp932 {
        return Err(Failure::new("CP932 has no byte order mark", "leave out --bom, or choose --encoding utf-8"));
    }
    let options = Options {
        rows: args.rows,
        seed: args.seed,
        mess: args.mess,
        encoding: args.encoding,
        line_end: args.line_end,
        bom: args.bom,
    };
    let roster = Kind::Demonstration { head: None, name: "output that can be told from a roster of real people" };
    let truth = Kind::Demonstration { head: Some(truth_header()), name: "truth file of this tool" };
    let targets = [(&args.out, roster), (&args.truth, truth)];
    let targets: Vec<(PathBuf, Kind)> =
        targets.into_iter().filter_map(|(place, kind)| Some((place.clone()?, kind))).collect();
    let mut staging = Staging::new(Placing::claim(&targets, iter::empty(), &args.overwrite)?, false);
    let mut create = |place: &Option<PathBuf>| place.as_deref().map(|place| staging.output(place)).transpose();
    let (mut out, mut truth) = (create(&args.out)?, create(&args.truth)?);
    let interrupt = Interrupt::listen()?;

    let truth_writer = truth.as_mut().map(|file| file as &mut dyn Write);
    let written = match &mut out {
        Some(out) => write_roster(&options, out, truth_writer, &interrupt),
        None => write_roster(&options, &mut io::stdout().lock(), truth_writer, &interrupt),
    };
    let summary = written.map_err(|error| match (error, &out, &truth) {
        (WriteError::Rows(error), Some(out), _) => Failure::io("write", out.place(), &error),
        (WriteError::Rows(error), None, _) => Failure::stdout(&error),
        (WriteError::Truth(error), _, truth) => {
            Failure::io("write", truth.as_ref().map_or(Path::new("the truth file"), Output::place), &error)
        }
        (WriteError::Stopped(failure), ..) => failure,
    })?;

    let is_file = out.is_some();
    let files = truth.into_iter().chain(out).map(Output::complete).collect::<Result<Vec<_>>>()?;
    placing::place(&files, staging)?;
    if is_file {
        summary.to_string().lines().for_each(notice::say);
    }
    Ok(Exit::Clean)
}
