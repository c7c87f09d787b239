//! Checks everything that can be checked before the run: keys, columns, paths.

use std::{
    path::{Path, PathBuf},
    thread,
};

use arrow_schema::Field;
use fugo::{
    AnySymbolKey, Purpose, ScopeKey,
    normalize::{LostZeros, Reading},
    text::TextEncoder,
};
use fugo_columnar::SymbolMetadata;
use fugo_keystore::Use;

use super::TranslateArgs;
use crate::{
    convert::{
        Format, SymbolArg, lineage_file,
        memory::Memory,
        parts::Equality,
        places::operators_folder,
        plan::OutputForm,
        render::{KeptForm, RowForm, SymbolForm},
        rows::{Layout, PersonColumn},
        table_rows::{self, is_binary},
        totals::Limits,
    },
    failure::{Failure, Result},
    grant::{
        moment::Moment,
        policy::{GrantPolicy, Granted},
        terms::Named,
    },
    hardening, keys, options,
    placing::{Kind, Placing, SymbolsOf, directory_of},
    record::Recorder,
    roster::{
        Columns, Input, Opened, ReadOptions,
        blocks::{MAX_RECORD, MAX_SYMBOL_RECORD},
        format::FileFormat,
        identity::Watched,
    },
};

/// The keys of both scopes, and the one by whose symbols the record names people. They are moved in a box, so that no
/// frame of the stack keeps a copy.
pub(super) struct Keys {
    pub(super) from: AnySymbolKey,
    pub(super) to: AnySymbolKey,
    pub(super) record: AnySymbolKey,
}

/// A run that is ready to begin, without its keys.
pub(super) struct Plan {
    pub(super) asked: Unread,
    pub(super) roster: RosterPlan,
    pub(super) from: Named,
    pub(super) to: Named,
    pub(super) granted: Granted,
    pub(super) recorder: Recorder,
    pub(super) test_keys: bool,
    pub(super) equality: Equality,
    /// How the output writes its rows, and its header line if it is CSV.
    pub(super) form: RowForm,
    pub(super) header: Vec<u8>,
    /// The number of columns that are carried.
    pub(super) carried: usize,
    pub(super) places: Places,
    pub(super) limits: Limits,
    pub(super) expect_rows: Option<u64>,
    pub(super) memory: Memory,
    pub(super) quiet: bool,
}

/// The asked rows, which are not yet read.
pub(super) struct Unread {
    pub(super) input: Input,
    pub(super) size: Option<u64>,
    pub(super) watched: Option<Watched>,
    pub(super) layout: Layout,
    pub(super) names: Vec<String>,
}

/// The roster. It is opened for each time that it is read.
pub(super) struct RosterPlan {
    /// `None` for standard input.
    path: Option<PathBuf>,
    options: ReadOptions,
    column: String,
    source: Reading,
    pub(super) layout: Layout,
    pub(super) names: Vec<String>,
    pub(super) limits: Limits,
    first: Option<Opened>,
}

impl RosterPlan {
    /// Opens the roster: for the first time as it was opened for its header.
    pub(super) fn open(&mut self) -> Result<(Input, Option<Watched>, Option<u64>)> {
        let mut opened = match self.first.take() {
            Some(opened) => opened,
            None => Opened::open(self.path.as_deref(), self.options)?,
        };
        let (watched, size) = (opened.watched.take(), opened.size);
        Ok((opened.read(self.layout.person, &[], &[])?, watched, size))
    }

    /// Whether the column of numbers is still where it was.
    pub(super) fn restores_zeros(&self) -> bool {
        self.source == Reading::Lenient(LostZeros::Restore)
    }

    /// The name of the roster's column of numbers.
    pub(super) fn column(&self) -> &str {
        &self.column
    }
}

/// The paths of the files of a run.
pub(super) struct Places {
    pub(super) output: PathBuf,
    pub(super) rejects: PathBuf,
    pub(super) duplicates: PathBuf,
    pub(super) roster_rejects: PathBuf,
    pub(super) report: Option<PathBuf>,
    pub(super) temp_dir: PathBuf,
    pub(super) placing: Placing,
}

/// Checks the arguments, loads the keys and reads both headers.
pub(super) fn plan(args: &TranslateArgs) -> Result<(Plan, Box<Keys>)> {
    let rows = rows_of(args)?;
    let granted = GrantPolicy::load(&args.grant_policy)?.read(&args.grant)?;
    // The clock is read once: the entry of the record has the time at which the grant was valid.
    let begun_at = Moment::now();
    granted.check_time(begun_at)?;
    let (keys, test_keys) = load_keys(args)?;
    hardening::wipe_stack();
    let named = |key: &AnySymbolKey| (*key.scope(), key.tag());
    let (from, to) = (named(&keys.from), named(&keys.to));
    granted.check_keys(from, to)?;
    args.epochs.check_accepted(&[from])?;
    args.epochs.check_made(&[to, named(&keys.record)])?;
    let opener = args.unlock.opener(args.test.allowed())?;
    let recorder = args.record.open(named(&keys.record), &granted, begun_at, opener)?;
    let places = places(args, to)?;
    let memory = Memory {
        total: args.memory.unwrap_or_else(options::default_memory),
        threads: args.threads.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from),
    };

    let options = ReadOptions {
        format: args.input_format,
        delimiter: args.delimiter,
        encoding: args.encoding,
        block: memory.block(1),
        longest: MAX_SYMBOL_RECORD,
        multi_line_cells: args.multi_line_cells,
        memory: memory.total,
    };
    let mut opened = Opened::open(rows, options).map_err(|failure| failure.within("the asked rows"))?;
    let columns = &opened.columns;
    let person = columns.column(&args.symbol_column).map_err(|failure| failure.within("the asked rows"))?;
    let keep: Vec<usize> = (0..columns.names().len()).filter(|column| *column != person).collect();
    let fields: Vec<Field> = keep.iter().map(|column| columns.field(*column)).collect();
    let encoder = TextEncoder::new(from.0.purpose(), from.1);
    let format = args.output_format.unwrap_or_else(|| FileFormat::of(&args.out));
    let packer = match columns {
        Columns::Table(schema) => {
            let expected = SymbolMetadata { scope: from.0, tag: from.1 };
            table_rows::check_asked(schema.field(person), &encoder, &expected)?;
            check_bytes(&fields, format)?;
            (!keep.is_empty()).then(|| table_rows::carrier(&fields)).transpose()?
        }
        Columns::Csv(_) => None,
    };
    let kept = match columns {
        Columns::Table(_) => KeptForm::Packed(packer.clone()),
        Columns::Csv(_) => KeptForm::Cells { delimiter: args.delimiter, encoding: args.encoding, columns: keep.len() },
    };
    let output = OutputForm { symbol: args.symbol, symbol_column: &args.symbol_column, delimiter: args.delimiter };
    let form = output.row_form(format, (&to, test_keys), &kept, &fields)?;
    let header = output.header(columns, &keep)?;
    let equality = match &packer {
        Some(packer) => Equality::Packed { bits_len: packer.bits_len() },
        None => Equality::Cells { delimiter: args.delimiter },
    };
    let names = columns.names();
    let layout = Layout {
        searched: false,
        required: fields.iter().map(|field| !field.is_nullable()).collect(),
        packer,
        ..layout(options, names.len(), person, keep, PersonColumn::Symbol(encoder))
    };
    let watched = opened.watched.take();
    let carried = layout.keep.len();
    let asked = Unread { size: opened.size, input: opened.read(person, &layout.keep, &[])?, watched, layout, names };

    let plan = Plan {
        asked,
        roster: roster_plan(args, memory)?,
        from,
        to,
        granted,
        recorder,
        test_keys,
        equality,
        form,
        header,
        carried,
        places,
        limits: Limits { rejects: args.max_rejects, duplicates: args.max_duplicates },
        expect_rows: args.expect_rows,
        memory,
        quiet: args.quiet,
    };
    Ok((plan, keys))
}

/// The path of the asked rows; `None` for standard input. Refuses options that do not fit each other.
fn rows_of(args: &TranslateArgs) -> Result<Option<&Path>> {
    let roster = &args.roster;
    let is_stdin = |path: &Path| path.as_os_str() == "-";
    let rows = args.rows.as_deref().filter(|path| !is_stdin(path));
    if rows.is_none() && is_stdin(&roster.roster) {
        return Err(Failure::new(
            "the rows and the roster would both be read from standard input",
            "give the path of one of them",
        ));
    }
    if roster.restore_zeros && roster.number_format == Format::Strict {
        return Err(Failure::new("--restore-zeros needs the lenient number format", "add --number-format lenient"));
    }
    for (encoding, delimiter) in [(args.encoding, args.delimiter), (roster.roster_encoding, roster.roster_delimiter)] {
        if !encoding.keeps_apart(delimiter) {
            return Err(Failure::new(
                "this delimiter can be the second byte of a CP932 character",
                "export the file with a comma, a semicolon or a tab as its delimiter",
            ));
        }
    }
    Ok(rows)
}

fn roster_plan(args: &TranslateArgs, memory: Memory) -> Result<RosterPlan> {
    let roster = &args.roster;
    let lineage = roster.lineage.as_ref().map(|path| lineage_file::load(path, memory.lineage())).transpose()?;
    hardening::wipe_stack();
    let path = Some(&roster.roster).filter(|path| path.as_os_str() != "-").cloned();
    let options = ReadOptions {
        format: roster.roster_format,
        delimiter: roster.roster_delimiter,
        encoding: roster.roster_encoding,
        block: memory.block(1),
        longest: MAX_RECORD,
        multi_line_cells: args.multi_line_cells,
        memory: memory.total,
    };
    let opened = Opened::open(path.as_deref(), options).map_err(|failure| failure.within("the roster"))?;
    let person = opened.columns.column(&roster.column).map_err(|failure| failure.within("the roster"))?;
    let source = match (roster.number_format, roster.restore_zeros) {
        (Format::Strict, _) => Reading::Strict,
        (Format::Lenient, false) => Reading::Lenient(LostZeros::Refuse),
        (Format::Lenient, true) => Reading::Lenient(LostZeros::Restore),
    };
    let numbers = PersonColumn::Number(source);
    if let Columns::Table(schema) = &opened.columns {
        table_rows::check_person(schema.field(person), &numbers, None)?;
    }
    let names = opened.columns.names();
    let layout = Layout { lineage, ..layout(options, names.len(), person, Vec::new(), numbers) };
    let limits = Limits { rejects: roster.max_roster_rejects, duplicates: None };
    Ok(RosterPlan { path, options, column: roster.column.clone(), source, layout, names, limits, first: Some(opened) })
}

fn layout(options: ReadOptions, fields: usize, person: usize, keep: Vec<usize>, source: PersonColumn) -> Layout {
    Layout {
        delimiter: options.delimiter,
        encoding: options.encoding,
        source,
        lineage: None,
        fields,
        person,
        other_codes: vec![false; keep.len()],
        required: Vec::new(),
        keep,
        searched: true,
        multi_line_cells: options.multi_line_cells,
        packer: None,
        coarse: Vec::new(),
        digests: None,
    }
}

/// Bytes cannot be written as CSV.
fn check_bytes(fields: &[Field], format: FileFormat) -> Result<()> {
    match fields.iter().find(|field| format == FileFormat::Csv && is_binary(field.data_type())) {
        Some(field) => Err(Failure::new(
            format!("the column `{}` holds bytes, and CSV cannot hold bytes", field.name()),
            "write Parquet or Arrow, or write the bytes as Base64 before",
        )),
        None => Ok(()),
    }
}

// Its stack frame is below the frames of its caller, where the stack is wiped after it has returned.
#[inline(never)]
fn load_keys(args: &TranslateArgs) -> Result<(Box<Keys>, bool)> {
    let paths: Vec<PathBuf> = [&args.from_key, &args.to_key, &args.record.record_key]
        .into_iter()
        .chain(&args.insurers_key)
        .cloned()
        .collect();
    let loaded = keys::load_scope_keys(&paths, &args.unlock, args.test)?;
    let test = loaded.iter().any(|key| key.usage == Use::Test);
    let insurers = loaded.get(3).map(|loaded| &loaded.key);
    let prepared = |nth: usize, option: &str| {
        let key = &loaded[nth].key;
        let prepared = match (key.scope().purpose(), insurers) {
            (Purpose::Eligibility, Some(insurers)) => AnySymbolKey::eligibility(insurers, key),
            _ => AnySymbolKey::new(key),
        };
        prepared.map_err(|error| {
            Failure::new(
                format!("{option} {}: {error}", keys::shown(&paths[nth])),
                "give the insurers' key of epoch 1 with --insurers-key",
            )
        })
    };
    let keys = Box::new(Keys {
        from: prepared(0, "--from-key")?,
        to: prepared(1, "--to-key")?,
        record: prepared(2, "--record-key")?,
    });
    let is_eligibility = |key: &ScopeKey| key.scope().purpose() == Purpose::Eligibility;
    if insurers.is_some() && !loaded[..2].iter().any(|loaded| is_eligibility(&loaded.key)) {
        return Err(Failure::new(
            "--insurers-key is for eligibility symbols only, and neither key is an eligibility key",
            "leave it out; to translate insurers' symbols, give the insurers' key with --from-key or --to-key",
        ));
    }
    if keys.from.tag() == keys.to.tag() {
        return Err(Failure::new(
            format!("--from-key and --to-key have the same tag {}", keys.from.tag()),
            "give the keys of two scopes, or of two epochs of one scope",
        ));
    }
    if [&keys.from, &keys.to].iter().any(|key| key.tag() == keys.record.tag()) {
        return Err(Failure::new(
            "--record-key is also the key of a scope that is translated",
            "the record names people by symbols of a scope of its own, so that it joins with nothing",
        ));
    }
    Ok((keys, test))
}

/// Checks and locks the paths that the arguments name.
fn places(args: &TranslateArgs, (scope, tag): Named) -> Result<Places> {
    let list = |named: &Option<PathBuf>, suffix: &str| {
        if let Some(named) = named {
            return Ok(named.clone());
        }
        let mut name = args.out.file_stem().unwrap_or_default().to_owned();
        name.push(suffix);
        Ok(operators_folder(args.operator_dir.as_ref(), Some(&args.roster.roster))?.join(name))
    };
    let rejects = list(&args.rejects, ".rejects.csv")?;
    let duplicates = list(&args.duplicates, ".duplicates.csv")?;
    let roster_rejects = list(&args.roster_rejects, ".roster-rejects.csv")?;
    FileFormat::check_output_name(&args.out, args.output_format.is_some())?;
    let lists = [&rejects, &duplicates, &roster_rejects].map(|place| (place, false));
    for (place, any) in lists.into_iter().chain(args.report.iter().map(|report| (report, true))) {
        FileFormat::check_output_name(place, any)?;
    }
    let of = SymbolsOf {
        column: args.symbol_column.clone(),
        purpose: scope.purpose(),
        tag,
        in_hex: args.symbol == Some(SymbolArg::Hex),
    };
    let mut targets = vec![
        (args.out.clone(), Kind::Symbols(of)),
        (rejects.clone(), Kind::Rejects),
        (duplicates.clone(), Kind::Duplicates),
        (roster_rejects.clone(), Kind::Rejects),
    ];
    targets.extend(args.report.iter().map(|place| (place.clone(), Kind::Report)));
    let inputs = args
        .rows
        .iter()
        .chain([&args.roster.roster, &args.grant, &args.grant_policy])
        .filter(|path| path.as_os_str() != "-");
    let key_files =
        keys::files([&args.from_key, &args.to_key, &args.record.record_key].into_iter().chain(&args.insurers_key));
    let inputs = inputs.chain(&key_files);
    let inputs = inputs
        .chain(&args.roster.lineage)
        .chain(args.unlock.files())
        .chain(args.record.files())
        .chain(args.epochs.files());
    Ok(Places {
        placing: Placing::claim(&targets, inputs, &args.overwrite)?,
        temp_dir: args.temp_dir.clone().unwrap_or_else(|| directory_of(&args.out).to_owned()),
        output: args.out.clone(),
        rejects,
        duplicates,
        roster_rejects,
        report: args.report.clone(),
    })
}

impl Plan {
    /// Whether the values of the symbol column ascend in the output.
    pub(super) fn is_sorted(&self) -> bool {
        !matches!(self.form.symbol, SymbolForm::Text(_))
    }
}
