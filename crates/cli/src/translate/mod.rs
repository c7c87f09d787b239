//! `fugo translate`: rows keyed by symbols of one scope become rows keyed by symbols of another.
//!
//! | question | file |
//! |---|---|
//! | What can be refused before the run? | `plan.rs` |
//! | In which order are a run's phases? | `run.rs` |
//! | How are asked rows joined with a roster in bounded memory? | `join.rs` |
//! | Which totals are counted and printed? | `report.rs` |

mod join;
mod plan;
mod report;
mod run;

use std::path::PathBuf;

use clap::Args;

use crate::{
    convert::{Format, SymbolArg, totals::Limit},
    epoch::EpochArgs,
    exit::Exit,
    failure::Result,
    keys::{TestKeyArgs, UnlockArgs},
    notice,
    options::{delimiter, size},
    placing::OverwriteArgs,
    record::RecordArgs,
    roster::{encoding::Encoding, format::FileFormat},
};

/// Translate rows keyed by symbols of one scope into rows keyed by symbols of another (情報連携).
///
/// Only the central party can do this: it needs the keys of both scopes and the roster of numbers. The run derives the
/// symbols of everybody in the roster, keeps those that are asked for, and forgets them. No table of pairs is written,
/// neither to an output nor to a temporary file.
///
/// All other columns of the rows are copied byte for byte, and none of them is read: fugo does not search them for
/// numbers or symbols, because they may be sealed for the receiver. Whatever they hold that both organisations know
/// links what it links.
///
/// Rows are written in ascending order of the new symbols' bytes, so that their order tells nothing. A symbol that
/// nobody in the roster has is listed in the rejects file as unknown-symbol. Equal rows of a person become one row. If
/// the rows of a person differ, none is written, and all are listed in the duplicates file. Asked = translated +
/// unknown + rejected + duplicates.
///
/// A run needs a grant that enough signers of the policy have signed. Everything about the grant is checked before a
/// row is read; the number of people, over all recorded runs under the grant, before an output appears.
///
/// Each run is one entry of the record, with a leaf for each person who was asked for and found, also if her rows were
/// set aside. The entry is flushed to the device before an output appears. If a run is stopped between the two, the
/// record has an entry without an output.
///
/// The rotation of a scope is the same operation: --from-key is the key of the old epoch, --to-key that of the new one.
///
/// Exit status: 0 all rows were translated, 1 finished with unknown symbols, rejects or rows set aside, 2 refused or
/// stopped, 130 interrupted.
#[derive(Args, Debug)]
pub(crate) struct TranslateArgs {
    /// The rows that are asked for; standard input if absent or `-`. Its name gives the format: .parquet, .arrow,
    /// otherwise CSV.
    rows: Option<PathBuf>,
    /// Format of the rows, if their name does not give it.
    #[arg(long, value_enum, value_name = "FORMAT")]
    input_format: Option<FileFormat>,
    /// Header of the symbol column, in the rows and in the output.
    #[arg(long, value_name = "NAME", default_value = "symbol")]
    symbol_column: String,
    /// The key of the scope whose symbols the rows hold.
    #[arg(long, value_name = "KEY")]
    from_key: PathBuf,
    /// The key of the scope whose symbols the output holds.
    #[arg(long, value_name = "KEY")]
    to_key: PathBuf,
    /// The grant, as `fugo grant` makes and signs it. It names both keys, the most people, and its times.
    #[arg(long, value_name = "FILE")]
    grant: PathBuf,
    /// The policy of grants: who may sign, and how many must.
    #[arg(long, value_name = "FILE")]
    grant_policy: PathBuf,
    /// The insurers' key of epoch 1, if one of the two keys is an eligibility key.
    #[arg(long, value_name = "KEY")]
    insurers_key: Option<PathBuf>,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    test: TestKeyArgs,
    #[command(flatten)]
    epochs: EpochArgs,
    #[command(flatten)]
    record: RecordArgs,
    #[command(flatten)]
    roster: RosterArgs,
    /// The output. Its name gives the format: .parquet, .arrow, otherwise CSV.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Format of the output, if its name does not give it.
    #[arg(long, value_enum, value_name = "FORMAT")]
    output_format: Option<FileFormat>,
    /// How symbols are written [default: text in CSV, binary in Parquet and Arrow].
    #[arg(long, value_enum)]
    symbol: Option<SymbolArg>,
    /// Delimiter of CSV rows and of a CSV output: one ASCII character, or `tab`.
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = delimiter)]
    delimiter: u8,
    /// Encoding of CSV rows. The other columns keep it in a CSV output; in Parquet and Arrow they are UTF-8.
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
    /// Accept quoted cells over several lines, in the asked rows and in the roster, whatever their lines look like, as
    /// this option of `convert` does.
    #[arg(long)]
    multi_line_cells: bool,
    /// Stop if more asked rows than this are not translated: unknown, rejected, or set aside because a person's rows
    /// differ. A count, or a percentage such as 1.5%. Without this option, a run that would lose most rows does not
    /// replace an existing file.
    #[arg(long, value_name = "LIMIT")]
    max_rejects: Option<Limit>,
    /// Stop if more asked rows than this are duplicates, equal or set aside. A count, or a percentage.
    #[arg(long, value_name = "LIMIT")]
    max_duplicates: Option<Limit>,
    /// Stop unless exactly this many rows are asked for, including rejects and duplicates.
    #[arg(long, value_name = "N")]
    expect_rows: Option<u64>,
    /// The directory for the lists, which stay with the operator [default: the folder of the roster].
    #[arg(long, value_name = "DIR")]
    operator_dir: Option<PathBuf>,
    /// The rejects file of the asked rows, with the unknown symbols [default: in --operator-dir, named after the
    /// output].
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// The duplicates file of the asked rows [default: in --operator-dir, named after the output].
    #[arg(long, value_name = "FILE")]
    duplicates: Option<PathBuf>,
    /// The rejects file of the roster [default: in --operator-dir, named after the output].
    #[arg(long, value_name = "FILE")]
    roster_rejects: Option<PathBuf>,
    #[command(flatten)]
    overwrite: OverwriteArgs,
    /// Also write the totals as JSON to this file.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Memory to use: bytes, or with K, M or G [default: a quarter of the machine's memory, at most 1G]. It grows with
    /// the asked rows, not with the roster. A run that asks for more symbols than fit reads the roster several times.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory: Option<usize>,
    /// Number of threads [default: all cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Directory for temporary files, for rows that do not fit in memory [default: the folder of the output].
    #[arg(long, value_name = "DIR")]
    temp_dir: Option<PathBuf>,
    /// Print only errors and the warnings about test keys.
    #[arg(long, short)]
    quiet: bool,
}

/// The roster, and how it is read: as `convert` reads it.
#[derive(Args, Debug)]
struct RosterArgs {
    /// The roster of numbers: CSV with a header, Parquet or Arrow. `-` is standard input, which is read once.
    #[arg(long, value_name = "FILE")]
    roster: PathBuf,
    /// Format of the roster, if its name does not give it.
    #[arg(long, value_enum, value_name = "FORMAT")]
    roster_format: Option<FileFormat>,
    /// Header of the column of numbers.
    #[arg(long, value_name = "NAME", default_value = "my_number")]
    column: String,
    /// Delimiter of a CSV roster.
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = delimiter)]
    roster_delimiter: u8,
    /// Encoding of a CSV roster.
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    roster_encoding: Encoding,
    /// strict: exactly twelve ASCII digits. lenient: also the forms that real files contain (groups, full-width
    /// digits, spaces).
    #[arg(long, value_enum, default_value_t = Format::Strict)]
    number_format: Format,
    /// Pad 9 to 11 digits to twelve, as this option of `convert` does.
    #[arg(long)]
    restore_zeros: bool,
    /// Re-issued numbers: a CSV with the header new,previous. A person keeps the symbols of the first number.
    #[arg(long, value_name = "FILE")]
    lineage: Option<PathBuf>,
    /// Stop if more rows of the roster than this are rejects. A count, or a percentage.
    #[arg(long, value_name = "LIMIT")]
    max_roster_rejects: Option<Limit>,
}

/// Translates, and prints the report on standard error.
pub(crate) fn run(args: &TranslateArgs) -> Result<Exit> {
    let (plan, keys) = plan::plan(args)?;
    let report = run::run(plan, keys)?;
    if !args.quiet {
        notice::lines(&report);
        report.warn();
    }
    Ok(report.exit())
}
