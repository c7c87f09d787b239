//! Checks everything that can be checked before the long run: keys, columns, paths.

use std::{path::Path, sync::Arc};

use arrow_schema::Field;
use fugo::{
    Epoch, KeyTag, Purpose, PurposeError, Scope,
    normalize::{LostZeros, Reading},
    text::TextEncoder,
};
use fugo_columnar::{of_test_key, symbol_field, text_field};
use fugo_keystore::{
    Use,
    source::{ScopeSource, SymbolSource},
};

use super::{
    ConvertArgs, Format, Order, PersonsAre, SymbolArg,
    coarse::{Coarse, Digests},
    estimate, headers, lineage_file,
    memory::Memory,
    packer::Packer,
    parts::Equality,
    places::{self, Places},
    render::{KeptForm, RowForm, SymbolForm, Written},
    rows::{Layout, PersonColumn},
    table_rows,
    totals::Limits,
};
use crate::{
    failure::{Failure, Result},
    hardening, keys, notice, options, placing,
    policy::{Levels, Policy, ScopePolicy},
    redaction::shown,
    roster::{
        self, Columns, Input, Opened,
        blocks::{MAX_RECORD, MAX_SYMBOL_RECORD},
        foreign,
        format::FileFormat,
        identity::Watched,
    },
};

/// The parts of a run that are dropped once the input is read, numbers and keys among them.
pub(super) struct Unread {
    pub(super) input: Input,
    pub(super) watched: Option<Watched>,
    pub(super) layout: Layout,
    pub(super) keys: Vec<SymbolSource>,
}

/// A run that is ready to begin, without the parts in [`Unread`].
#[expect(clippy::struct_excessive_bools, reason = "each comes from the command line, the input or a key")]
pub(super) struct Plan {
    /// See [`Opened::size`].
    pub(super) input_size: Option<u64>,
    /// The input is not a regular file.
    pub(super) is_pipe: bool,
    pub(super) header_names: Vec<String>,
    pub(super) kept_names: Vec<String>,
    pub(super) delimiter: u8,
    /// When the kept cells of two rows count as equal.
    pub(super) equality: Equality,
    pub(super) restores_zeros: bool,
    /// The kept cells as they are in the roster.
    pub(super) kept: KeptForm,
    /// How each output writes its rows.
    pub(super) forms: Vec<RowForm>,
    pub(super) scopes: Vec<(Scope, KeyTag)>,
    pub(super) test_keys: bool,
    /// The header line of each output, if it is CSV.
    pub(super) output_headers: Vec<Vec<u8>>,
    /// How each output writes the kept cells; empty if there is no policy.
    pub(super) coarse: Vec<Arc<Coarse>>,
    /// SHA-256 of the policy.
    pub(super) policy: Option<String>,
    pub(super) places: Places,
    pub(super) order: Order,
    pub(super) unique: bool,
    pub(super) limits: Limits,
    pub(super) expect_rows: Option<u64>,
    pub(super) memory: Memory,
    pub(super) quiet: bool,
}

impl Plan {
    /// How many outputs are written at a time.
    pub(super) fn outputs_at_once(&self) -> usize {
        match self.order {
            Order::Symbol => 1,
            Order::Input => self.forms.len(),
        }
    }
}

/// Checks the arguments, loads the keys and reads the header.
#[expect(clippy::too_many_lines, reason = "one refusal after the other, in the order in which a user meets them")]
pub(super) fn plan(args: &ConvertArgs) -> Result<(Plan, Unread)> {
    if args.restore_zeros && args.number_format == Format::Strict {
        return Err(Failure::new("--restore-zeros needs the lenient number format", "add --number-format lenient"));
    }
    if args.unique && args.order == Order::Symbol {
        return Err(Failure::new(
            "--unique is for --order input only",
            "leave it out; symbol order always finds people with several rows",
        ));
    }
    if args.max_duplicates.is_some() && args.order == Order::Input && !args.unique {
        return Err(Failure::new(
            "--max-duplicates needs the people with several rows, and input order does not find them",
            "add --unique",
        ));
    }
    if !args.encoding.keeps_apart(args.delimiter) {
        return Err(Failure::new(
            "this delimiter can be the second byte of a CP932 character",
            "export the file with a comma, a semicolon or a tab as its delimiter",
        ));
    }
    if let Some(dir) = &args.out_dir {
        placing::check_directory(dir)?;
    }
    let (keys, test_keys) = load_keys(args)?;
    hardening::wipe_stack();
    let scopes: Vec<(Scope, KeyTag)> = keys.iter().map(|key| (*key.scope(), key.tag())).collect();
    args.epochs.check_made(&scopes)?;
    let policy = args.policy.as_deref().map(Policy::load).transpose()?;
    let places = places::places(args, &scopes)?;
    let memory = Memory {
        total: args.memory.unwrap_or_else(options::default_memory),
        threads: args.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from),
    };
    let lineage = match (&args.lineage, args.from) {
        (None, _) => None,
        (Some(path), PersonsAre::Number) => {
            let lineage = lineage_file::load(path, memory.lineage())?;
            hardening::wipe_stack();
            Some(lineage)
        }
        (Some(_), PersonsAre::InsurersSymbol) => {
            return Err(Failure::new(
                "--lineage needs numbers, and the input holds insurers' symbols",
                "leave it out; the lineage must be applied where the insurers' symbols are derived from numbers",
            ));
        }
    };

    let path = args.input.as_deref().filter(|path| path.as_os_str() != "-");
    let form = roster::ReadOptions {
        format: args.input_format,
        delimiter: args.delimiter,
        encoding: args.encoding,
        block: memory.block(scopes.len()),
        longest: if args.from == PersonsAre::Number { MAX_RECORD } else { MAX_SYMBOL_RECORD },
        multi_line_cells: args.multi_line_cells,
        memory: memory.total,
    };
    let mut opened = Opened::open(path, form)?;
    let columns = &opened.columns;
    let person = columns.column(&args.column)?;
    let policies = policies(policy.as_ref(), &scopes)?;
    warn_of_missing_columns(columns, &policies, &scopes);
    let keep = kept_columns(args, columns, &policies)?;
    check_kept(args, person, &keep)?;
    let kept_names: Vec<String> = keep.iter().map(|column| columns.names()[*column].clone()).collect();
    let other_codes = other_codes(args, columns, &keep)?;

    let source = match args.from {
        PersonsAre::Number => PersonColumn::Number(match (args.number_format, args.restore_zeros) {
            (Format::Strict, _) => Reading::Strict,
            (Format::Lenient, false) => Reading::Lenient(LostZeros::Refuse),
            (Format::Lenient, true) => Reading::Lenient(LostZeros::Restore),
        }),
        PersonsAre::InsurersSymbol => {
            let tag = args.insurers_tag.ok_or_else(|| {
                Failure::new(
                    "--insurers-tag is missing",
                    "give the tag of the insurers' key, as `fugo key inspect` shows it",
                )
            })?;
            PersonColumn::Symbol(TextEncoder::new(Purpose::Insurers, tag))
        }
    };
    let kept_fields: Vec<Field> = keep.iter().map(|column| columns.field(*column)).collect();
    let dictionaries = dictionaries(args, &opened, &keep, memory);
    let packer = match columns {
        Columns::Table(schema) => {
            table_rows::check_person(schema.field(person), &source, args.insurers_tag)?;
            (!keep.is_empty()).then(|| table_rows::packer(&kept_fields, &dictionaries)).transpose()?
        }
        Columns::Csv(_) => None,
    };
    let table = matches!(columns, Columns::Table(_)).then_some(&kept_fields[..]);
    let coarse = policies.iter().map(|policy| {
        let form = (args.encoding, args.delimiter);
        Coarse::new(policy, &kept_names, table, form, args.keep.is_empty()).map(Arc::new)
    });
    let coarse = coarse.collect::<Result<Vec<Arc<Coarse>>>>()?;
    if args.order == Order::Input && policies.iter().any(|policy| policy.group_size > 1) {
        return Err(Failure::new(
            "the policy has a `group-size`, and --order input writes rows before the groups are known",
            "leave out --order input",
        ));
    }
    let kept_form = |packer: Option<&Arc<Packer>>, count| match columns {
        Columns::Table(_) => KeptForm::Packed(packer.cloned()),
        Columns::Csv(_) => KeptForm::Cells { delimiter: args.delimiter, encoding: args.encoding, columns: count },
    };
    let kept = kept_form(packer.as_ref(), keep.len());
    let output = OutputForm { symbol: args.symbol, symbol_column: &args.symbol_column, delimiter: args.delimiter };
    let (mut forms, mut output_headers) = (Vec::new(), Vec::new());
    for (nth, (place, scope)) in places.outputs.iter().zip(&scopes).enumerate() {
        let of_output = coarse.get(nth);
        let fields = of_output.map_or_else(|| kept_fields.clone(), |coarse| coarse.fields(&kept_fields));
        let packer = of_output.map_or(packer.as_ref(), |coarse| coarse.packer());
        let kept = kept_form(packer, fields.len());
        forms.push(output.row_form(output_format(args, place), (scope, test_keys), &kept, &fields)?);
        let written: Vec<usize> = match of_output {
            Some(coarse) => coarse.places().map(|place| keep[place]).collect(),
            None => keep.clone(),
        };
        output_headers.push(output.header(columns, &written)?);
    }
    let layout = Layout {
        delimiter: args.delimiter,
        encoding: args.encoding,
        source,
        lineage,
        fields: columns.names().len(),
        person,
        keep,
        searched: true,
        other_codes,
        required: kept_fields.iter().map(|field| !field.is_nullable()).collect(),
        multi_line_cells: args.multi_line_cells,
        packer,
        coarse: coarse.clone(),
        digests: (!coarse.is_empty() && (args.order == Order::Symbol || args.unique)).then(Digests::default),
    };
    if args.order == Order::Input && !args.quiet {
        notice::warn(
            "--order input keeps the order of the rows: the output can be linked, row by row, to every other file \
             in that order",
        );
    }
    if !args.quiet {
        let rows = args.expect_rows.or_else(|| match (&opened.columns, opened.size) {
            (Columns::Table(_), rows) => rows,
            (Columns::Csv(_), Some(size)) => path.and_then(|path| estimate::rows(path, size)),
            (Columns::Csv(_), None) => None,
        });
        estimate::say(&keys, memory.threads, rows)?;
    }
    let equality = match &layout.packer {
        _ if !coarse.is_empty() => Equality::Digest,
        Some(packer) => Equality::Packed { bits_len: packer.bits_len() },
        None => Equality::Cells { delimiter: layout.delimiter },
    };
    let plan = Plan {
        input_size: opened.size,
        is_pipe: opened.watched.is_none(),
        header_names: opened.columns.names(),
        kept_names,
        delimiter: args.delimiter,
        equality,
        restores_zeros: matches!(layout.source, PersonColumn::Number(Reading::Lenient(LostZeros::Restore))),
        kept,
        forms,
        scopes,
        test_keys,
        output_headers,
        coarse,
        policy: policy.map(|policy| policy.sha256),
        places,
        order: args.order,
        unique: args.unique,
        limits: Limits { rejects: args.max_rejects, duplicates: args.max_duplicates },
        expect_rows: args.expect_rows,
        memory,
        quiet: args.quiet,
    };
    let watched = opened.watched.take();
    let as_dictionaries = layout.keep.iter().zip(dictionaries).filter(|(_, has_dictionary)| *has_dictionary);
    let as_dictionaries: Vec<usize> = as_dictionaries.map(|(column, _)| *column).collect();
    let input = opened.read(layout.person, &layout.keep, &as_dictionaries)?;
    Ok((plan, Unread { input, watched, layout, keys }))
}

/// Which kept columns of a table are packed as codes of a dictionary: those that the file has in dictionaries, as many as
/// memory allows. A policy changes texts row by row, and in input order rows are not packed.
fn dictionaries(args: &ConvertArgs, opened: &Opened, keep: &[usize], memory: Memory) -> Vec<bool> {
    let mut left = if args.policy.is_none() && args.order == Order::Symbol { memory.dictionaries() } else { 0 };
    let has_dictionary = |column: &usize| {
        let has_dictionary = left > 0 && opened.has_dictionary(*column);
        left -= usize::from(has_dictionary);
        has_dictionary
    };
    keep.iter().map(has_dictionary).collect()
}

/// The policy of each output's scope; empty if there is no policy.
fn policies<'a>(policy: Option<&'a Policy>, scopes: &[(Scope, KeyTag)]) -> Result<Vec<&'a ScopePolicy>> {
    let Some(policy) = policy else { return Ok(Vec::new()) };
    scopes.iter().map(|(scope, _)| policy.of(scope)).collect()
}

/// Names columns of a policy that the roster does not have: their names may be misspelt.
fn warn_of_missing_columns(columns: &Columns, policies: &[&ScopePolicy], scopes: &[(Scope, KeyTag)]) {
    let names = columns.names();
    for (policy, (scope, _)) in policies.iter().zip(scopes) {
        let missing = |(name, levels): &(&String, &Levels)| levels.is_kept() && !names.contains(name);
        for (name, _) in policy.columns.iter().filter(missing) {
            notice::warn(format_args!(
                "the policy of {scope} names the column `{}`, and the roster has no such column",
                shown(name)
            ));
        }
    }
}

/// The indices of the kept columns: those that --keep names, or the columns of the roster that a policy lets through.
fn kept_columns(args: &ConvertArgs, columns: &Columns, policies: &[&ScopePolicy]) -> Result<Vec<usize>> {
    if !args.keep.is_empty() || policies.is_empty() {
        return args.keep.iter().map(|name| columns.column(name)).collect();
    }
    let is_kept = |name: &String| policies.iter().any(|policy| policy.columns.get(name).is_some_and(Levels::is_kept));
    let names = columns.names();
    Ok((0..names.len()).filter(|column| is_kept(&names[*column])).collect())
}

fn output_format(args: &ConvertArgs, path: &Path) -> FileFormat {
    args.output_format.unwrap_or_else(|| FileFormat::of(path))
}

/// How the symbols of an output are written, as options of the command.
pub(crate) struct OutputForm<'a> {
    pub(crate) symbol: Option<SymbolArg>,
    pub(crate) symbol_column: &'a str,
    pub(crate) delimiter: u8,
}

impl OutputForm<'_> {
    /// How the rows of an output are written.
    pub(crate) fn row_form(
        &self,
        format: FileFormat,
        ((scope, tag), test_keys): (&(Scope, KeyTag), bool),
        kept: &KeptForm,
        kept_fields: &[Field],
    ) -> Result<RowForm> {
        let symbol = match (self.symbol, format) {
            (Some(SymbolArg::Binary), FileFormat::Csv) => {
                return Err(Failure::new(
                    "CSV cannot hold symbols as bytes",
                    "give --symbol text or hex, or write Parquet or Arrow",
                ));
            }
            (Some(SymbolArg::Text), _) | (None, FileFormat::Csv) => {
                SymbolForm::Text(TextEncoder::new(scope.purpose(), *tag))
            }
            (Some(SymbolArg::Hex), _) => SymbolForm::Hex,
            (Some(SymbolArg::Binary) | None, _) => SymbolForm::Binary,
        };
        let written = match format.table() {
            None => Written::Lines { delimiter: self.delimiter },
            Some(format) => {
                let symbols = match symbol {
                    SymbolForm::Binary => symbol_field(self.symbol_column, scope, *tag, false),
                    SymbolForm::Text(_) | SymbolForm::Hex => text_field(self.symbol_column, scope, *tag, false),
                };
                let symbols = if test_keys { of_test_key(symbols) } else { symbols };
                Written::Columns { schema: RowForm::schema(symbols, kept, kept_fields, format)?, format }
            }
        };
        Ok(RowForm { symbol, kept: kept.clone(), written })
    }

    /// The headers of an output: the symbol column's, then those of the kept columns as they are written in the input.
    pub(crate) fn header(&self, columns: &Columns, keep: &[usize]) -> Result<Vec<u8>> {
        let name = self.symbol_column;
        if name.is_empty() || !name.is_ascii() || name.bytes().any(|c| c == self.delimiter || b"\"\r\n".contains(&c)) {
            return Err(Failure::new(
                "--symbol-column must be ASCII, without the delimiter, quotes and line ends",
                "use a name such as `symbol`",
            ));
        }
        let names = columns.names();
        let kept = keep.iter().map(|column| names[*column].as_str());
        headers::check(&std::iter::once(name).chain(kept).collect::<Vec<_>>())?;
        let mut line = name.as_bytes().to_vec();
        for column in keep {
            line.push(self.delimiter);
            line.extend_from_slice(&columns.header_cell(*column, self.delimiter));
        }
        line.push(b'\n');
        if foreign::refuse(&line).is_err() {
            return Err(Failure::new(
                "the header of an output begins as files of another format do, so programs would not take it for CSV",
                "give --symbol-column a name such as `symbol`",
            ));
        }
        Ok(line)
    }
}

// Its stack frame is below the other frames of this file, where the stack is wiped after it has returned.
#[inline(never)]
fn load_keys(args: &ConvertArgs) -> Result<(Vec<SymbolSource>, bool)> {
    let mut paths = args.keys.clone();
    paths.extend(args.insurers_key.clone());
    let mut loaded = keys::load_scope_sources(&paths, &args.unlock, args.test)?;
    let test = loaded.iter().any(|key| key.usage() == Use::Test);
    let insurers = args.insurers_key.as_ref().and_then(|_| loaded.pop());
    let refused = |path: &Path, error: PurposeError, remedy: &str| {
        Failure::new(format!("{}: {error}", keys::shown(path)), remedy)
    };

    if args.from == PersonsAre::InsurersSymbol {
        let ([key], None) = (&loaded[..], &insurers) else {
            return Err(Failure::new(
                "from insurers' symbols, eligibility symbols are derived with exactly one key",
                "give one --key, the eligibility key, and no --insurers-key",
            ));
        };
        let issuer = SymbolSource::issuer(key)
            .map_err(|error| refused(&args.keys[0], error, "give the eligibility key with --key"))?;
        return Ok((vec![issuer], test));
    }
    let eligibility = |key: &ScopeSource| match &insurers {
        Some(insurers) => SymbolSource::eligibility(insurers, key),
        None => SymbolSource::new(key),
    };
    let mut number_keys = Vec::new();
    for (path, loaded) in args.keys.iter().zip(&loaded) {
        let key = match loaded.scope().purpose() {
            Purpose::Eligibility => eligibility(loaded),
            _ => SymbolSource::new(loaded),
        };
        let remedy = format!("give the insurers' key of epoch {} with --insurers-key", Epoch::FIRST);
        number_keys.push(key.map_err(|error| refused(path, error, &remedy))?);
    }
    if insurers.is_some() && !number_keys.iter().any(|key| key.scope().purpose() == Purpose::Eligibility) {
        return Err(Failure::new(
            "--insurers-key is for eligibility symbols only, and no --key is an eligibility key",
            "leave it out; to get insurers' symbols, give the insurers' key with --key",
        ));
    }
    for (i, key) in number_keys.iter().enumerate() {
        if let Some(earlier) = number_keys[..i].iter().position(|earlier| earlier.tag() == key.tag()) {
            return Err(Failure::new(
                format!(
                    "--key {} and --key {} have the same tag",
                    keys::shown(&args.keys[earlier]),
                    keys::shown(&args.keys[i])
                ),
                "give each key once; two scopes with the same tag must not be used together",
            ));
        }
    }
    Ok((number_keys, test))
}

fn check_kept(args: &ConvertArgs, person: usize, keep: &[usize]) -> Result<()> {
    if keep.contains(&person) {
        return Err(Failure::new(
            format!("the person column `{}` is named as a kept column, which must not be in an output", args.column),
            "leave it out of --keep and of the policy; the symbol replaces it",
        ));
    }
    for (i, column) in keep.iter().enumerate() {
        if keep[..i].contains(column) {
            return Err(Failure::new(format!("--keep names `{}` twice", args.keep[i]), "name each column once"));
        }
    }
    Ok(())
}

/// Which of the kept columns hold other codes.
fn other_codes(args: &ConvertArgs, columns: &Columns, keep: &[usize]) -> Result<Vec<bool>> {
    let mut other = vec![false; keep.len()];
    for name in &args.other_codes {
        let column = columns.column(name)?;
        let Some(place) = keep.iter().position(|kept| *kept == column) else {
            return Err(Failure::new(
                format!("--other-codes names `{name}`, but --keep does not name it"),
                "name kept columns only; other columns are not searched for numbers",
            ));
        };
        other[place] = true;
    }
    Ok(other)
}
