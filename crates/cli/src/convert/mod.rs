//! `fugo convert`: a roster in, one file of symbols for each key out, in one read.

mod cells;
mod derive;
mod dropping;
mod headers;
mod input_order;
mod lineage_file;
mod lists;
mod made;
mod memory;
mod packer;
mod parquet_file;
mod parts;
mod places;
mod plan;
mod position;
mod progress;
mod reading;
mod reason;
mod render;
mod report;
mod rows;
mod run;
mod sinks;
mod sort;
mod spill;
mod symbol_order;
mod table_rows;
mod totals;
mod writing;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use fugo::KeyTag;

pub(crate) use self::report::Report;
use self::totals::Limit;
use crate::{
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
/// Each output holds a symbol column and the columns named by --keep, their cells byte for byte as in the input, except
/// that a cell with a bare CR is quoted. A row is a reject where a kept cell holds its own number in any shape that
/// normalisation reads, another valid number (see --other-codes), or a symbol in text form. A kept column that is made of
/// the numbers or symbols of its rows, digests and encodings among others, stops the run: some 500 rows are tried.
///
/// Rows are in ascending order of the symbols' bytes, so that two outputs do not show which rows belong together; equal
/// rows of a person collapse to one, and rows of a person that differ are set aside in the duplicates file. Bad rows go
/// to the rejects file with line, byte offset, column and reason.
///
/// Outputs appear whole or not at all, over nothing but earlier outputs and what --overwrite names. Exit status: 0 all rows, 1 finished with rejects or rows set aside, 2 refused or
/// stopped, 130 interrupted.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct ConvertArgs {
    /// The roster; standard input if absent or `-`. Its name tells the format: .parquet, .arrow, or else CSV.
    input: Option<PathBuf>,
    /// Format of the input, whatever its name.
    #[arg(long, value_enum, value_name = "FORMAT")]
    input_format: Option<FileFormat>,
    /// Format of every output [default: what the name of each says; CSV in --out-dir].
    #[arg(long, value_enum, value_name = "FORMAT")]
    output_format: Option<FileFormat>,
    /// A scope's key file; one output for each. An eligibility key needs --insurers-key beside it.
    #[arg(long = "key", value_name = "FILE", required = true)]
    keys: Vec<PathBuf>,
    /// Where to write, one for each --key and in their order.
    #[arg(long = "out", value_name = "FILE", conflicts_with = "out_dir")]
    outs: Vec<PathBuf>,
    /// Where to write one file for each key, named after its scope: agency-nta-1.csv.
    #[arg(long, value_name = "DIR", required_unless_present = "outs")]
    out_dir: Option<PathBuf>,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    test: TestKeyArgs,
    /// The insurers' key of epoch 1, the first stage of eligibility symbols.
    #[arg(long, value_name = "FILE")]
    insurers_key: Option<PathBuf>,
    /// What the column of persons holds. From insurers' symbols (text form, of epoch 1) only eligibility symbols are
    /// made, and no number appears.
    #[arg(long, value_enum, default_value_t = From::Number)]
    from: From,
    /// Tag of the insurers' key of epoch 1 that the symbols in the input must carry (`fugo key inspect` shows it).
    #[arg(long, value_name = "TAG", required_if_eq("from", "insurers-symbol"))]
    insurers_tag: Option<KeyTag>,
    /// Header of the column of persons.
    #[arg(long, value_name = "NAME", default_value = "my_number")]
    column: String,
    /// Headers of columns to keep, in this order (repeat, or separate by commas).
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    keep: Vec<String>,
    /// Headers of kept columns that hold other codes of twelve digits. In other columns twelve digits that are a valid
    /// MyNumber, as one random code in ten is, make the row a reject. Codes in these columns are counted, and the run stops
    /// where so many are valid that they are no other codes. The row's own number is a reject in every column.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    other_codes: Vec<String>,
    /// How symbols are written [default: text in CSV, binary in Parquet and Arrow].
    #[arg(long, value_enum)]
    symbol: Option<Form>,
    /// Header of the symbol column in the outputs.
    #[arg(long, value_name = "NAME", default_value = "symbol")]
    symbol_column: String,
    /// Field separator of CSV inputs and outputs: one ASCII character, or `tab`.
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = delimiter)]
    delimiter: u8,
    /// Encoding of a CSV input; kept columns stay in it, but columns of Parquet and Arrow are UTF-8.
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
    /// strict: twelve ASCII digits. lenient: what real files contain (groups, full-width digits, spaces).
    #[arg(long, value_enum, default_value_t = Format::Strict)]
    number_format: Format,
    /// Pad 9 to 11 digits to twelve, in text and integers (with lenient). One 11-digit 住民票コード in ten passes by chance: use it only on
    /// columns known to hold MyNumbers. Restored rows are counted.
    #[arg(long)]
    restore_zeros: bool,
    /// Re-issued numbers: CSV with header new,previous. People keep the symbols of their first number.
    #[arg(long, value_name = "FILE")]
    lineage: Option<PathBuf>,
    /// symbol: ascending by symbol bytes. input: as the input; such files link to every other file in that order.
    #[arg(long, value_enum, default_value_t = Order::Symbol)]
    order: Order,
    /// With --order input: also find people with several rows (symbol order always does).
    #[arg(long)]
    unique: bool,
    /// Stop when more rows reach no output, as rejects or set aside because a person's rows differ: a count, or a
    /// percentage such as 1.5%. Without it, a run in which most rows would be lost replaces no file.
    #[arg(long, value_name = "LIMIT")]
    max_rejects: Option<Limit>,
    /// Stop when more rows are duplicates, equal or set aside: a count, or a percentage.
    #[arg(long, value_name = "LIMIT")]
    max_duplicates: Option<Limit>,
    /// Stop unless the input has exactly so many rows, rejects and duplicates included.
    #[arg(long, value_name = "N")]
    expect_rows: Option<u64>,
    /// Accept quoted cells of more than 100 lines, and ones with a line that has as many fields as the header. Without
    /// it such a cell is taken for rows that a lone quote swallowed. A number in such a line stops the run either way.
    #[arg(long)]
    multi_line_cells: bool,
    /// Where rejects are listed [default: beside the first output].
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Where people with several rows are listed [default: beside the first output].
    #[arg(long, value_name = "FILE")]
    duplicates: Option<PathBuf>,
    #[command(flatten)]
    overwrite: OverwriteArgs,
    /// Write the totals as JSON too.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Memory to use: bytes, or with K, M or G [default: a quarter of the machine's, at most 1G].
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory: Option<usize>,
    /// Threads [default: all cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Where rows that memory cannot hold are kept for the run [default: beside the first output].
    #[arg(long, value_name = "DIR")]
    temp_dir: Option<PathBuf>,
    /// Say nothing but errors, and that a key is a test key.
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum From {
    Number,
    InsurersSymbol,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Bech32m with purpose, version and key tag.
    Text,
    /// 32 hexadecimal digits.
    Hex,
    /// The sixteen bytes: FixedSizeBinary(16), with purpose, scope, epoch and tag in the column's metadata.
    Binary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Strict,
    Lenient,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    Symbol,
    Input,
}

/// Converts, and says on standard error what became of the rows.
pub(crate) fn run(args: &ConvertArgs) -> Result<Exit> {
    let report = convert(args)?;
    if !args.quiet {
        notice::lines(&report);
    }
    Ok(report.exit())
}

/// Converts.
pub(crate) fn convert(args: &ConvertArgs) -> Result<Report> {
    let (plan, unread) = plan::plan(args)?;
    run::run(plan, unread)
}
