//! Everything that can be refused before the long run: keys, columns, places.

use std::path::Path;

use arrow_schema::Field;
use fugo::{
    Epoch, KeyTag, NumberKey, Purpose, PurposeError, Scope, ScopeKey, SymbolKey, normalize::LostZeros,
    text::TextEncoder,
};
use fugo_columnar::{of_test_key, symbol_field, text_field};
use fugo_keystore::Use;

use super::{
    ConvertArgs, Form, Format, From, Order,
    cells::NumberFormat,
    derive::{Keys, SymbolForm},
    headers, lineage_file,
    parts::PARTS,
    places::{self, Places},
    reading,
    render::{KeptForm, RowForm, Written},
    rows::{Layout, Source},
    table_rows,
    totals::Limit,
};
use crate::{
    failure::{Failure, Result},
    hardening, keys, notice, options,
    roster::{self, Columns, Input, Opened, blocks::BLOCK, format::FileFormat, identity::Watched},
};

/// A run, ready to begin.
pub(crate) struct Plan {
    pub(crate) input: Input,
    pub(crate) watched: Option<Watched>,
    /// See [`Opened::size`].
    pub(crate) input_size: Option<u64>,
    pub(crate) header_names: Vec<String>,
    pub(crate) kept_names: Vec<String>,
    pub(crate) layout: Layout,
    pub(crate) keys: Keys,
    /// Format and form of each output.
    pub(crate) formats: Vec<FileFormat>,
    pub(crate) forms: Vec<RowForm>,
    pub(crate) scopes: Vec<(Scope, KeyTag)>,
    pub(crate) test_keys: bool,
    /// First line of every output in CSV.
    pub(crate) output_header: Vec<u8>,
    pub(crate) places: Places,
    pub(crate) order: Order,
    pub(crate) unique: bool,
    pub(crate) max_rejects: Option<Limit>,
    pub(crate) max_duplicates: Option<Limit>,
    pub(crate) expect_rows: Option<u64>,
    pub(crate) memory: usize,
    pub(crate) threads: usize,
    pub(crate) quiet: bool,
}

impl Plan {
    /// Row groups of each Parquet output that are encoded at a time. In input order all outputs are written at once.
    pub(crate) fn encoders(&self) -> usize {
        let each = self.memory / 8 / GROUP_MEMORY;
        let at_once = if self.order == Order::Input { self.forms.len() } else { 1 };
        (each / at_once).clamp(1, self.threads)
    }
}

impl Plan {
    /// How many times over a part is in memory: as read, its order, and rendered, columns by way of packed rows.
    fn copies(&self) -> usize {
        if self.forms.iter().all(RowForm::is_direct) { 3 } else { 6 }
    }

    /// Bytes of a part that a thread sorts as a whole. The text of a column in one batch is below 2 GiB.
    pub(crate) fn part_limit(&self) -> usize {
        (self.memory / 2 / self.threads / self.copies()).min(1 << 30)
    }

    /// Bytes that all parts together may hold in memory while the input is read. What sorting takes later comes out of
    /// it, as far as the size of the input tells, so that memory does not grow with the rows: freed pages stay with the
    /// allocator.
    pub(crate) fn parts_memory(&self) -> usize {
        let row_bytes = match &self.input {
            Input::Csv(_) => self.input_size.map(|bytes| bytes.saturating_mul(3) / 2),
            Input::Table(_) => self.input_size.map(|rows| rows.saturating_mul(TABLE_ROW)),
        };
        let part = usize::try_from(row_bytes.unwrap_or(0) / PARTS as u64).unwrap_or(usize::MAX);
        let sorting = part.min(self.part_limit()).saturating_mul(self.copies() * self.threads);
        (self.memory / 5 * 2).saturating_sub(sorting).max(self.memory / 8)
    }
}

/// About what a row of a table takes when its kept cells are packed, in bytes.
const TABLE_ROW: u64 = 128;

/// Memory of a row group that is encoded, as read and as written, in bytes.
const GROUP_MEMORY: usize = 1 << 25;

/// Checks the arguments, loads the keys and reads the header.
#[expect(clippy::too_many_lines, reason = "one refusal after the other, in the order in which a user meets them")]
pub(crate) fn plan(args: &ConvertArgs) -> Result<Plan> {
    if args.restore_zeros && args.number_format == Format::Strict {
        return Err(Failure::new("--restore-zeros is part of the lenient format", "add --number-format lenient"));
    }
    if args.unique && args.order == Order::Symbol {
        return Err(Failure::new("--unique belongs to --order input", "leave it out: symbol order always checks"));
    }
    if args.max_duplicates.is_some() && args.order == Order::Input && !args.unique {
        return Err(Failure::new(
            "--max-duplicates counts people with several rows, which input order does not look for",
            "add --unique",
        ));
    }
    if !args.encoding.keeps_apart(args.delimiter) {
        return Err(Failure::new(
            "this delimiter is also the second byte of CP932 characters",
            "such a file cannot be parted safely; export it with a comma, semicolon or tab",
        ));
    }
    let (keys, test_keys) = load_keys(args)?;
    hardening::wipe_stack();
    let scopes = keys.scopes();
    let places = places::places(args, &scopes)?;
    let memory = args.memory.unwrap_or_else(options::default_memory);
    let lineage = match (&args.lineage, args.from) {
        (None, _) => None,
        (Some(path), From::Number) => {
            let lineage = lineage_file::load(path, memory)?;
            hardening::wipe_stack();
            Some(lineage)
        }
        (Some(_), From::InsurersSymbol) => {
            return Err(Failure::new(
                "--lineage is of numbers, and insurers' symbols come in",
                "apply the lineage where the insurers' symbols are made",
            ));
        }
    };

    let threads = args.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let path = args.input.as_deref().filter(|path| path.as_os_str() != "-");
    let form = roster::Form {
        format: args.input_format,
        delimiter: args.delimiter,
        encoding: args.encoding,
        block: block_size(memory, threads, scopes.len()),
        multi_line_cells: args.multi_line_cells,
        memory,
    };
    let mut opened = Opened::open(path, form)?;
    let columns = &opened.columns;
    let person = columns.column(&args.column)?;
    let keep = args.keep.iter().map(|name| columns.column(name)).collect::<Result<Vec<_>>>()?;
    check_kept(args, person, &keep)?;
    let output_header = output_header(args, columns, &keep)?;
    let kept_names: Vec<String> = keep.iter().map(|column| columns.names()[*column].clone()).collect();
    let other_codes = other_codes(args, columns, &keep)?;

    let source = match args.from {
        From::Number => Source::Number(match (args.number_format, args.restore_zeros) {
            (Format::Strict, _) => NumberFormat::Strict,
            (Format::Lenient, false) => NumberFormat::Lenient(LostZeros::Refuse),
            (Format::Lenient, true) => NumberFormat::Lenient(LostZeros::Restore),
        }),
        From::InsurersSymbol => {
            let tag = args.insurers_tag.ok_or_else(|| Failure::new("--insurers-tag is missing", "give it"))?;
            Source::InsurersSymbol(TextEncoder::new(Purpose::Insurers, tag))
        }
    };
    let kept_fields: Vec<Field> = keep.iter().map(|column| columns.field(*column)).collect();
    let packer = match columns {
        Columns::Table(schema) => {
            table_rows::check_person(schema.field(person), &source, args.insurers_tag)?;
            (!keep.is_empty()).then(|| table_rows::packer(&kept_fields)).transpose()?
        }
        Columns::Csv(_) => None,
    };
    let kept = match columns {
        Columns::Table(_) => KeptForm::Packed(packer.clone()),
        Columns::Csv(_) => KeptForm::Cells { delimiter: args.delimiter, encoding: args.encoding, columns: keep.len() },
    };
    let formats: Vec<FileFormat> = places.outputs.iter().map(|path| output_format(args, path)).collect();
    let form = |(format, scope): (&FileFormat, _)| row_form(args, *format, (scope, test_keys), &kept, &kept_fields);
    let forms = formats.iter().zip(&scopes).map(form).collect::<Result<Vec<_>>>()?;
    let layout = Layout {
        delimiter: args.delimiter,
        encoding: args.encoding,
        source,
        lineage,
        fields: columns.names().len(),
        person,
        keep,
        other_codes,
        required: kept_fields.iter().map(|field| !field.is_nullable()).collect(),
        multi_line_cells: args.multi_line_cells,
        packer,
    };
    if args.order == Order::Input && !args.quiet {
        notice::warn(
            "--order input keeps the order of the rows: such a file links, row by row, to every other file in that order",
        );
    }
    Ok(Plan {
        input_size: opened.size,
        header_names: opened.columns.names(),
        kept_names,
        watched: opened.watched.take(),
        input: opened.read(layout.person, &layout.keep)?,
        layout,
        formats,
        forms,
        keys,
        scopes,
        test_keys,
        output_header,
        places,
        order: args.order,
        unique: args.unique,
        max_rejects: args.max_rejects,
        max_duplicates: args.max_duplicates,
        expect_rows: args.expect_rows,
        memory,
        threads,
        quiet: args.quiet,
    })
}

fn output_format(args: &ConvertArgs, path: &Path) -> FileFormat {
    args.output_format.unwrap_or_else(|| FileFormat::of(path))
}

fn row_form(
    args: &ConvertArgs,
    format: FileFormat,
    ((scope, tag), test_keys): (&(Scope, KeyTag), bool),
    kept: &KeptForm,
    kept_fields: &[Field],
) -> Result<RowForm> {
    let symbol = match (args.symbol, format) {
        (Some(Form::Binary), FileFormat::Csv) => {
            return Err(Failure::new("CSV holds text, not bytes", "give --symbol text or hex, or another format"));
        }
        (Some(Form::Text), _) | (None, FileFormat::Csv) => SymbolForm::Text(TextEncoder::new(scope.purpose(), *tag)),
        (Some(Form::Hex), _) => SymbolForm::Hex,
        (Some(Form::Binary) | None, _) => SymbolForm::Binary,
    };
    let written = match format {
        FileFormat::Csv => Written::Lines { delimiter: args.delimiter },
        FileFormat::Parquet | FileFormat::Arrow => {
            let symbols = match symbol {
                SymbolForm::Binary => symbol_field(&args.symbol_column, scope, *tag, false),
                SymbolForm::Text(_) | SymbolForm::Hex => text_field(&args.symbol_column, scope, *tag, false),
            };
            let symbols = if test_keys { of_test_key(symbols) } else { symbols };
            Written::Columns(RowForm::schema(symbols, kept, kept_fields, format)?)
        }
    };
    Ok(RowForm { symbol, kept: kept.clone(), written })
}

/// Bytes of a block, such that all blocks in flight take a fifth of the memory: each is held as it was read and once
/// more for every output.
fn block_size(memory: usize, threads: usize, outputs: usize) -> usize {
    let each = memory / 5 / reading::in_flight(threads) / (2 + 3 * outputs);
    each.clamp(1 << 13, BLOCK)
}

// Its frame is below this file's others, where the stack is wiped when it has returned.
#[inline(never)]
fn load_keys(args: &ConvertArgs) -> Result<(Keys, bool)> {
    let mut paths = args.keys.clone();
    paths.extend(args.insurers_key.clone());
    let mut loaded = keys::load_scope_keys(&paths, &args.unlock, args.test)?;
    let test = loaded.iter().any(|key| key.usage == Use::Test);
    let insurers = args.insurers_key.as_ref().and_then(|_| loaded.pop());
    let refused =
        |path: &Path, error: PurposeError, remedy: &str| Failure::new(format!("{}: {error}", path.display()), remedy);

    if args.from == From::InsurersSymbol {
        let ([key], None) = (&loaded[..], &insurers) else {
            return Err(Failure::new(
                "insurers' symbols make eligibility symbols under one key",
                "give one --key, the eligibility key, and no --insurers-key",
            ));
        };
        let issuer = SymbolKey::new(&key.key)
            .map_err(|error| refused(&args.keys[0], error, "give the eligibility key by --key"))?;
        return Ok((Keys::Issuer(Box::new(issuer)), test));
    }
    let eligibility = |key: &ScopeKey| match &insurers {
        Some(insurers) => NumberKey::eligibility(&insurers.key, key),
        None => NumberKey::new(key),
    };
    let mut number_keys = Vec::new();
    for (path, loaded) in args.keys.iter().zip(&loaded) {
        let key = match loaded.key.scope().purpose() {
            Purpose::Eligibility => eligibility(&loaded.key),
            _ => NumberKey::new(&loaded.key),
        };
        let remedy = format!("give the insurers' key of epoch {} by --insurers-key", Epoch::FIRST.number());
        number_keys.push(key.map_err(|error| refused(path, error, &remedy))?);
    }
    if insurers.is_some() && !number_keys.iter().any(|key| key.scope().purpose() == Purpose::Eligibility) {
        return Err(Failure::new(
            "--insurers-key is the first stage of eligibility symbols, and no --key is an eligibility key",
            "leave it out, or give it by --key to get insurers' symbols",
        ));
    }
    for (i, key) in number_keys.iter().enumerate() {
        if let Some(earlier) = number_keys[..i].iter().position(|earlier| earlier.tag() == key.tag()) {
            return Err(Failure::new(
                format!(
                    "--key {} and --key {} have the same tag",
                    args.keys[earlier].display(),
                    args.keys[i].display()
                ),
                "give each key once; two scopes with one tag must not be used together",
            ));
        }
    }
    Ok((Keys::Numbers(number_keys), test))
}

fn check_kept(args: &ConvertArgs, person: usize, keep: &[usize]) -> Result<()> {
    if keep.contains(&person) {
        return Err(Failure::new(
            format!("--keep names `{}`, which no output may hold", args.column),
            "leave it out: the symbol stands in its place",
        ));
    }
    for (i, column) in keep.iter().enumerate() {
        if keep[..i].contains(column) {
            return Err(Failure::new(format!("--keep names `{}` twice", args.keep[i]), "name each column once"));
        }
    }
    if args.keep.contains(&args.symbol_column) {
        return Err(Failure::new(
            format!("`{}` would head the symbols and a kept column", args.symbol_column),
            "name the symbols' header by --symbol-column",
        ));
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
                format!("--other-codes names `{name}`, which --keep does not"),
                "only cells of kept columns are searched; leave it out",
            ));
        };
        other[place] = true;
    }
    Ok(other)
}

/// The symbols' header and those of the kept columns as they stand in the input.
fn output_header(args: &ConvertArgs, columns: &Columns, keep: &[usize]) -> Result<Vec<u8>> {
    let name = &args.symbol_column;
    if name.is_empty() || !name.is_ascii() || name.bytes().any(|c| c == args.delimiter || b"\"\r\n".contains(&c)) {
        return Err(Failure::new(
            "--symbol-column is ASCII without delimiter, quotes and line ends",
            "name it `symbol`, say",
        ));
    }
    let names = columns.names();
    let kept = keep.iter().map(|column| names[*column].as_str());
    headers::check(&std::iter::once(name.as_str()).chain(kept).collect::<Vec<_>>())?;
    let mut line = name.clone().into_bytes();
    for column in keep {
        line.push(args.delimiter);
        line.extend_from_slice(&columns.header_cell(*column, args.delimiter));
    }
    line.push(b'\n');
    Ok(line)
}
