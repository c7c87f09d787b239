//! `fugo convert`: reads a roster once, and writes one file of symbols for each key.

mod cells;
pub(crate) mod coarse;
mod derive;
mod dictionary;
pub(crate) mod division;
mod dropping;
mod estimate;
mod groups;
pub(crate) mod headers;
mod input_order;
mod leb128;
pub(crate) mod lineage_file;
pub(crate) mod lists;
mod made;
pub(crate) mod memory;
pub(crate) mod packer;
mod parquet_file;
pub(crate) mod parts;
mod phases;
pub(crate) mod places;
pub(crate) mod plan;
pub(crate) mod position;
pub(crate) mod progress;
pub(crate) mod reading;
pub(crate) mod reason;
pub(crate) mod render;
mod report;
pub(crate) mod rows;
mod run;
pub(crate) mod sinks;
pub(crate) mod sort;
mod symbol_order;
pub(crate) mod table_rows;
pub(crate) mod totals;
pub(crate) mod writing;

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};
use fugo::KeyTag;

pub(crate) use self::report::Report;
use self::totals::Limit;
use crate::{
    epoch::EpochArgs,
    exit::Exit,
    failure::Result,
    keys::{TestKeyArgs, UnlockArgs},
    notice,
    options::{delimiter, size},
    placing::OverwriteArgs,
    roster::{encoding::Encoding, format::FileFormat},
};

/// Convert a roster (CSV with a header, Parquet or Arrow) into one file of symbols for each key.
///
/// Each output has a column of symbols and the columns that --keep names. Kept cells are copied byte for byte; only a
/// cell with a bare CR gets quotes. A row is rejected if a kept cell holds the row's own number in any form that
/// normalisation reads, another valid number (see --other-codes), or a symbol in text form. The run stops if a kept
/// column is computed from the numbers or symbols of its rows, as a digest or an encoding is. About 500 rows are
/// tested for this.
///
/// Rows are written in ascending order of the symbols' bytes, so that two outputs do not show which rows belong
/// together. Equal rows of a person become one row. If the rows of a person differ, none is written, and all are
/// listed in the duplicates file. Bad rows are listed in the rejects file with line, byte offset, column and reason.
///
/// An output appears complete or not at all. A run replaces only earlier outputs and the files that --overwrite
/// names. Exit status: 0 all rows were converted, 1 finished with rejects or rows set aside, 2 refused or stopped,
/// 130 interrupted.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("place").args(["outs", "out_dir"]).required(true).multiple(true)))]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct ConvertArgs {
    /// The roster; standard input if absent or `-`. Its name gives the format: .parquet, .arrow, otherwise CSV.
    input: Option<PathBuf>,
    /// Format of the input, if its name does not give it.
    #[arg(long, value_enum, value_name = "FORMAT")]
    input_format: Option<FileFormat>,
    /// Format of every output [default: given by the name of each output; CSV in --out-dir].
    #[arg(long, value_enum, value_name = "FORMAT")]
    output_format: Option<FileFormat>,
    /// The key of a scope: a key file, or another address of a key (docs/custody.md). Each key gives one output. An
    /// eligibility key also needs --insurers-key.
    #[arg(long = "key", value_name = "ADDRESS", required = true)]
    keys: Vec<PathBuf>,
    /// The output of each --key, in the same order.
    #[arg(long = "out", value_name = "FILE", conflicts_with = "out_dir")]
    outs: Vec<PathBuf>,
    /// A directory for the outputs, one for each key and named after its scope: agency-nta-1.csv.
    #[arg(long, value_name = "DIR")]
    out_dir: Option<PathBuf>,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    test: TestKeyArgs,
    #[command(flatten)]
    epochs: EpochArgs,
    /// The insurers' key of epoch 1. Eligibility symbols are derived from its symbols.
    #[arg(long, value_name = "ADDRESS")]
    insurers_key: Option<PathBuf>,
    /// What the person column holds. From insurers' symbols (in text form, of epoch 1) only eligibility symbols can
    /// be derived; such a run reads no numbers.
    #[arg(long, value_enum, default_value_t = PersonsAre::Number)]
    from: PersonsAre,
    /// Tag of the insurers' key of epoch 1. The symbols of the input must have it (`fugo key inspect` shows it).
    #[arg(long, value_name = "TAG", required_if_eq("from", "insurers-symbol"))]
    insurers_tag: Option<KeyTag>,
    /// Header of the person column.
    #[arg(long, value_name = "NAME", default_value = "my_number")]
    column: String,
    /// Headers of the columns to keep, in this order (repeat, or separate with commas).
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    keep: Vec<String>,
    /// A policy of deliveries (TOML): for each scope, which columns may be in its output, how coarse, and how small a
    /// group of people with equal kept cells may be. Without --keep, the columns that it names are kept.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Headers of kept columns that hold other codes of twelve digits. In any other kept column, twelve digits that
    /// are a valid MyNumber reject the row, and one random code in ten is valid. In these columns the codes are
    /// counted, and the run stops if so many are valid that they must be MyNumbers. The row's own number rejects the
    /// row in every column.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    other_codes: Vec<String>,
    /// How symbols are written [default: text in CSV, binary in Parquet and Arrow].
    #[arg(long, value_enum)]
    symbol: Option<SymbolArg>,
    /// Header of the symbol column in the outputs.
    #[arg(long, value_name = "NAME", default_value = "symbol")]
    symbol_column: String,
    /// Delimiter of CSV inputs and outputs: one ASCII character, or `tab`.
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = delimiter)]
    delimiter: u8,
    /// Encoding of a CSV input. Kept columns keep it in CSV outputs; in Parquet and Arrow they are UTF-8.
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
    /// strict: exactly twelve ASCII digits. lenient: also the forms that real files contain (groups, full-width
    /// digits, spaces).
    #[arg(long, value_enum, default_value_t = Format::Strict)]
    number_format: Format,
    /// Pad 9 to 11 digits to twelve, in text and integers (with lenient). One 住民票コード of 11 digits in ten passes by
    /// chance, so use it only on columns that are known to hold MyNumbers. Restored rows are counted.
    #[arg(long)]
    restore_zeros: bool,
    /// Re-issued numbers: a CSV with the header new,previous. A person keeps the symbol of the first number.
    #[arg(long, value_name = "FILE")]
    lineage: Option<PathBuf>,
    /// symbol: ascending by symbol bytes. input: the order of the input; such a file can be linked, row by row, to
    /// every other file in that order.
    #[arg(long, value_enum, default_value_t = Order::Symbol)]
    order: Order,
    /// With --order input: also find people with several rows. Symbol order always finds them.
    #[arg(long)]
    unique: bool,
    /// Stop if more rows than this are missing from the outputs, because they were rejected, or set aside because a
    /// person's rows differ. A count, or a percentage such as 1.5%. Without this option, a run that would lose most
    /// rows does not replace an existing file.
    #[arg(long, value_name = "LIMIT")]
    max_rejects: Option<Limit>,
    /// Stop if more rows than this are duplicates, equal or set aside. A count, or a percentage.
    #[arg(long, value_name = "LIMIT")]
    max_duplicates: Option<Limit>,
    /// Stop unless the input has exactly this many rows, including rejects and duplicates.
    #[arg(long, value_name = "N")]
    expect_rows: Option<u64>,
    /// Accept quoted cells of more than 100 lines, and quoted cells in which a line has as many fields as the header.
    /// Without this option such a cell is treated as rows that were swallowed by a stray quote. A number in such a
    /// line always stops the run.
    #[arg(long)]
    multi_line_cells: bool,
    /// The directory for the lists of rejects and duplicates, which stay with the operator [default: the folder of the
    /// roster; the current folder if the roster is not a regular file].
    #[arg(long, value_name = "DIR")]
    operator_dir: Option<PathBuf>,
    /// The rejects file [default: in --operator-dir, named after the first output].
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// The duplicates file, which lists people with several rows [default: in --operator-dir, named after the first
    /// output].
    #[arg(long, value_name = "FILE")]
    duplicates: Option<PathBuf>,
    #[command(flatten)]
    overwrite: OverwriteArgs,
    /// Also write the totals as JSON to this file.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Memory to use: bytes, or with K, M or G [default: a quarter of the machine's memory, at most 1G].
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory: Option<usize>,
    /// Number of threads [default: all cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Directory for temporary files, for rows that do not fit in memory [default: the folder of the first output].
    #[arg(long, value_name = "DIR")]
    temp_dir: Option<PathBuf>,
    /// Print only errors and the warnings about test keys.
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PersonsAre {
    Number,
    InsurersSymbol,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SymbolArg {
    /// Bech32m with purpose, version and key tag.
    Text,
    /// 32 hexadecimal digits.
    Hex,
    /// The sixteen bytes as FixedSizeBinary(16), with purpose, scope, epoch and tag in the column's metadata.
    Binary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Strict,
    Lenient,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    Symbol,
    Input,
}

/// Converts, and prints the report on standard error.
pub(crate) fn run(args: &ConvertArgs) -> Result<Exit> {
    let report = convert(args)?;
    if !args.quiet {
        notice::lines(&report);
        report.warn();
    }
    Ok(report.exit())
}

/// Runs the conversion and returns its report.
pub(crate) fn convert(args: &ConvertArgs) -> Result<Report> {
    let (plan, unread) = plan::plan(args)?;
    run::run(plan, unread)
}
