//! Everything that can be refused before the long run: keys, columns, places.

use std::{
    fs::{File, Metadata},
    io::{self, Read},
    os::{fd::AsFd, unix::fs::MetadataExt},
    path::{Path, PathBuf},
};

use fugo::{Epoch, NumberKey, Purpose, Scope, ScopeKey, SymbolKey, normalize::LostZeros, text::TextEncoder};
use fugo_keystore::Use;

use super::{
    ConvertArgs, Form, Format, From, Order,
    blocks::BlockReader,
    cells::NumberFormat,
    derive::{Keys, SymbolForm},
    header::Header,
    lineage_file,
    outputs::directory_of,
    rows::{Layout, Source},
    totals::MaxRejects,
};
use crate::{
    failure::{Failure, Result},
    keys, notice,
};

/// A run, ready to begin.
pub(crate) struct Plan {
    pub(crate) blocks: BlockReader<Box<dyn Read + Send>>,
    /// Size of the input, if it is a file.
    pub(crate) input_bytes: Option<u64>,
    pub(crate) header_names: Vec<String>,
    pub(crate) layout: Layout,
    pub(crate) keys: Keys,
    pub(crate) forms: Vec<SymbolForm>,
    pub(crate) scopes: Vec<(Scope, fugo::KeyTag)>,
    pub(crate) test_keys: bool,
    /// First line of every output.
    pub(crate) output_header: Vec<u8>,
    pub(crate) places: Places,
    pub(crate) order: Order,
    pub(crate) unique: bool,
    pub(crate) max_rejects: Option<MaxRejects>,
    pub(crate) memory: usize,
    pub(crate) threads: usize,
    pub(crate) quiet: bool,
}

/// Where files go.
pub(crate) struct Places {
    pub(crate) outputs: Vec<PathBuf>,
    pub(crate) rejects: PathBuf,
    pub(crate) duplicates: PathBuf,
    pub(crate) report: Option<PathBuf>,
    pub(crate) temp_dir: PathBuf,
}

/// Checks the arguments, loads the keys and reads the header.
pub(crate) fn plan(args: &ConvertArgs) -> Result<Plan> {
    if args.restore_zeros && args.number_format == Format::Strict {
        return Err(Failure::new("--restore-zeros is part of the lenient format", "add --number-format lenient"));
    }
    if args.unique && args.order == Order::Symbol {
        return Err(Failure::new("--unique belongs to --order input", "leave it out: symbol order always checks"));
    }
    if !args.encoding.keeps_apart(args.delimiter) {
        return Err(Failure::new(
            "this delimiter is also the second byte of CP932 characters",
            "such a file cannot be parted safely; export it with a comma, semicolon or tab",
        ));
    }
    let (keys, test_keys) = load_keys(args)?;
    let scopes = keys.scopes();
    let places = places(args, &scopes)?;
    let lineage = match (&args.lineage, args.from) {
        (None, _) => None,
        (Some(path), From::Number) => Some(lineage_file::load(path)?),
        (Some(_), From::InsurersSymbol) => {
            return Err(Failure::new(
                "--lineage is of numbers, and insurers' symbols come in",
                "apply the lineage where the insurers' symbols are made",
            ));
        }
    };

    let (input, input_bytes) = open_input(args.input.as_deref())?;
    let mut blocks = BlockReader::new(input, args.delimiter);
    let header = blocks.header()?.ok_or_else(|| {
        Failure::new("the input is empty: it has not even a header", "give a CSV whose first line names the columns")
    })?;
    let header = Header::parse(header, args.delimiter, args.encoding)?;
    let person = header.column(&args.column)?;
    let keep = args.keep.iter().map(|name| header.column(name)).collect::<Result<Vec<_>>>()?;
    check_kept(args, person, &keep)?;
    let output_header = output_header(args, &header, &keep)?;

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
    let forms = scopes.iter().map(|(scope, tag)| match args.symbol {
        Form::Text => SymbolForm::Text(TextEncoder::new(scope.purpose(), *tag)),
        Form::Hex => SymbolForm::Hex,
    });
    let layout = Layout {
        delimiter: args.delimiter,
        encoding: args.encoding,
        source,
        lineage,
        fields: header.names().len(),
        person,
        keep,
    };
    if args.order == Order::Input && !args.quiet {
        notice::warn(
            "--order input keeps the order of the rows: such a file links, row by row, to every other file in that order",
        );
    }
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Plan {
        blocks,
        input_bytes,
        header_names: header.names().to_vec(),
        layout,
        forms: forms.collect(),
        keys,
        scopes,
        test_keys,
        output_header,
        places,
        order: args.order,
        unique: args.unique,
        max_rejects: args.max_rejects,
        memory: args.memory.unwrap_or_else(default_memory),
        threads: args.threads.map_or_else(cores, usize::from),
        quiet: args.quiet,
    })
}

/// A quarter of the machine's memory, at most 1 GiB.
fn default_memory() -> usize {
    const MOST: u64 = 1 << 30;
    let info = rustix::system::sysinfo();
    let machine = info.totalram.saturating_mul(u64::from(info.mem_unit));
    (machine / 4).clamp(64 << 20, MOST) as usize
}

fn load_keys(args: &ConvertArgs) -> Result<(Keys, bool)> {
    let mut paths = args.keys.clone();
    paths.extend(args.insurers_key.clone());
    let mut loaded = keys::load_scope_keys(&paths, &args.unlock)?;
    let test = loaded.iter().any(|key| key.usage == Use::Test);
    let insurers = args.insurers_key.as_ref().and_then(|_| loaded.pop());
    let refused = |path: &Path, error: fugo::PurposeError, remedy: &str| {
        Failure::new(format!("{}: {error}", path.display()), remedy)
    };

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

fn places(args: &ConvertArgs, scopes: &[(Scope, fugo::KeyTag)]) -> Result<Places> {
    let outputs: Vec<PathBuf> = match &args.out_dir {
        Some(dir) => {
            let name =
                |scope: &Scope| format!("{}-{}-{}.csv", scope.purpose(), scope.id().as_str(), scope.epoch().number());
            scopes.iter().map(|(scope, _)| dir.join(name(scope))).collect()
        }
        None if args.outs.len() == scopes.len() => args.outs.clone(),
        None => {
            return Err(Failure::new(
                format!("{} --key and {} --out", scopes.len(), args.outs.len()),
                "give one --out for each --key, in their order, or one --out-dir",
            ));
        }
    };
    let beside = |suffix: &str| {
        let mut name = outputs[0].file_stem().unwrap_or_default().to_owned();
        name.push(suffix);
        outputs[0].with_file_name(name)
    };
    let places = Places {
        rejects: args.rejects.clone().unwrap_or_else(|| beside(".rejects.csv")),
        duplicates: args.duplicates.clone().unwrap_or_else(|| beside(".duplicates.csv")),
        report: args.report.clone(),
        temp_dir: args.temp_dir.clone().unwrap_or_else(|| directory_of(&outputs[0]).to_owned()),
        outputs,
    };
    check_places(args, &places)?;
    Ok(places)
}

/// No file is written twice, and none that is read is overwritten.
fn check_places(args: &ConvertArgs, places: &Places) -> Result<()> {
    // Names that do not exist yet are resolved by their directory.
    let resolved = |path: &Path| {
        path.canonicalize().ok().or_else(|| Some(directory_of(path).canonicalize().ok()?.join(path.file_name()?)))
    };
    let written = places.outputs.iter().chain([&places.rejects, &places.duplicates]).chain(&places.report);
    let mut taken: Vec<(PathBuf, bool)> = Vec::new();
    let input = args.input.iter().filter(|path| path.as_os_str() != "-");
    for path in input.chain(&args.keys).chain(&args.insurers_key).chain(&args.lineage).chain(args.unlock.files()) {
        taken.extend(resolved(path).map(|path| (path, false)));
    }
    let standard_input = open_standard_input().and_then(|file| file.metadata());
    let is_standard_input = |other: &Metadata| {
        standard_input.as_ref().is_ok_and(|input| (input.dev(), input.ino()) == (other.dev(), other.ino()))
    };
    for path in written {
        let Some(place) = resolved(path) else {
            return Err(Failure::new(
                format!("the directory of {} does not exist", path.display()),
                "make it first; nothing was converted",
            ));
        };
        if replaced(path)?.is_some_and(|file| is_standard_input(&file)) {
            return Err(Failure::new(format!("{} is the input of this run", path.display()), "name another file"));
        }
        if let Some((_, is_output)) = taken.iter().find(|(other, _)| *other == place) {
            let what = if *is_output { "would be written twice" } else { "is an input of this run" };
            return Err(Failure::new(format!("{} {what}", path.display()), "name another file"));
        }
        taken.push((place, true));
    }
    Ok(())
}

/// The file that is to be replaced, if one is there. What would only fail at the end of the run fails here.
fn replaced(path: &Path) -> Result<Option<Metadata>> {
    if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Err(Failure::new(format!("{} names a directory", path.display()), "name the file to write"));
    }
    match path.symlink_metadata() {
        Ok(there) if there.is_file() => Ok(Some(there)),
        // A link may lead to another device or into another's hands, and a device is not to be replaced.
        Ok(_) => Err(Failure::new(
            format!("{} is there and is no regular file", path.display()),
            "name a file; where this is a link, the one that it leads to",
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::io("write", path, &error)),
    }
}

fn open_input(path: Option<&Path>) -> Result<(Box<dyn Read + Send>, Option<u64>)> {
    match path {
        Some(path) if path.as_os_str() != "-" => {
            let fail = |error: io::Error| Failure::io("read", path, &error);
            let file = File::open(path).map_err(fail)?;
            let metadata = file.metadata().map_err(fail)?;
            if metadata.is_dir() {
                return Err(Failure::new(format!("{} is a directory", path.display()), "name a file"));
            }
            let len = metadata.is_file().then_some(metadata.len());
            Ok((Box::new(file), len))
        }
        _ => {
            let file =
                open_standard_input().map_err(|error| Failure::io("read", Path::new("standard input"), &error))?;
            Ok((Box::new(file), None))
        }
    }
}

/// Standard input without the buffer that nobody wipes.
fn open_standard_input() -> io::Result<File> {
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
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

/// The symbols' header and those of the kept columns as they stand in the input.
fn output_header(args: &ConvertArgs, header: &Header, keep: &[usize]) -> Result<Vec<u8>> {
    let name = &args.symbol_column;
    if name.is_empty() || !name.is_ascii() || name.bytes().any(|c| c == args.delimiter || b"\"\r\n".contains(&c)) {
        return Err(Failure::new(
            "--symbol-column is ASCII without delimiter, quotes and line ends",
            "name it `symbol`, say",
        ));
    }
    let mut line = name.clone().into_bytes();
    for column in keep {
        if header.raw(*column).iter().filter(|byte| byte.is_ascii_digit()).count() >= 9 {
            return Err(Failure::new(
                "a kept column is headed by nine or more digits, which could be a number",
                "put a header line before the rows, or name the column otherwise",
            ));
        }
        line.push(args.delimiter);
        line.extend_from_slice(header.raw(*column));
    }
    line.push(b'\n');
    Ok(line)
}
