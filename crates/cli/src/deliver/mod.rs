//! `fugo deliver`: seals outputs to their recipients, with a signed manifest.

pub(crate) mod evidence;
/// The parsers of what a delivery is made by.
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod recipients;
mod seal;

use std::{
    ffi::OsStr,
    fmt, fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use arrow_array::{temporal_conversions::as_date, types::Date32Type};
use clap::{ArgGroup, Args};
use fugo::{KeyTag, Scope};
use fugo_keystore::{DeliveryRecipient, SigningKeyFile, Use, VerifyingKeyFile};
use serde_json::Value;

use self::{
    evidence::{AuditReport, ConvertReport, LedgerReport},
    recipients::Recipients,
    seal::Planned,
};
use crate::{
    audit::file::SymbolFileArgs,
    counts::counted,
    exit::Exit,
    failure::{Failure, Result},
    interrupt::Interrupt,
    keys::{TestKeyArgs, UnlockArgs},
    manifest::{
        Evidence, MOST, Manifest, Serial,
        contents::{Contents, Shown},
        envelope::{self, EnvelopeError},
        outer_name_in, read_small,
    },
    notice,
    options::default_memory,
    placing,
    redaction::shown,
};

/// What to do if the folder of a delivery exists.
const LARGER: &str = "give a larger --serial";

/// Seal outputs to their recipients, each with a signed manifest.
///
/// Each file gets a folder of its own in --out-dir, which is named after the scope and the serial. It holds two files:
/// the sealed file (.tar.age: an archive of the rows and of a signed manifest, encrypted with age) and the signed
/// manifest (.manifest.json: an in-toto statement in a DSSE envelope). All times in it are 1980-01-01. The manifest has
/// digests, counts, the scope, the tag, the names of the columns and the verdicts of the audits, and no symbol, no
/// number and no path. `fugo receive` opens a delivery; so do `age` and `tar`.
///
/// A file is refused if an audit says that it links, and also if no audit of this file is given, unless an option says
/// that it may go. Nothing existing is ever replaced. A folder appears with both files, or not at all.
#[derive(Args)]
#[command(group(ArgGroup::new("to").args(["recipients", "recipient"]).required(true).multiple(true)))]
#[command(group(ArgGroup::new("origin").args(["report", "scope"]).required(true).multiple(true)))]
#[command(group(ArgGroup::new("audits").args(["audit_report", "without_audit"]).required(true).multiple(true)))]
pub(crate) struct DeliverArgs {
    /// The files to deliver: outputs of `fugo convert`.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The directory for the folders of the deliveries.
    #[arg(long, value_name = "DIR")]
    out_dir: PathBuf,
    /// The private key that signs, made by `fugo key signing`.
    #[arg(long, value_name = "FILE")]
    signing_key: PathBuf,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    test: TestKeyArgs,
    /// A list of scopes and their recipients: a CSV with the header scope,recipient.
    #[arg(long, value_name = "FILE", conflicts_with = "recipient")]
    recipients: Option<PathBuf>,
    /// The recipient of the one file: age1… (X25519) or age1tag1… (P-256, in hardware). May be given several times.
    #[arg(long, value_name = "RECIPIENT")]
    recipient: Vec<String>,
    /// The report of the conversion (`fugo convert --report`). It says which scope and key each file has, and how many
    /// rows were rejected. May be given several times.
    #[arg(long, value_name = "FILE")]
    report: Vec<PathBuf>,
    /// The scope of the one file, where there is no report.
    #[arg(long, conflicts_with = "report")]
    scope: Option<Scope>,
    /// The number of this delivery. It must be larger than the numbers of the scope's folders in --out-dir [default:
    /// today's date in UTC, as 20261129].
    #[arg(long, value_name = "N")]
    serial: Option<Serial>,
    /// An audit of the file (`fugo audit --report`). Each file needs at least one, and so do every two files. May be
    /// given several times.
    #[arg(long, value_name = "FILE")]
    audit_report: Vec<PathBuf>,
    /// A verdict of the ledger of a file's scope (`fugo ledger record --json`). Its counts go into the manifest. May be
    /// given several times; if one is given, each file needs one.
    #[arg(long, value_name = "FILE")]
    ledger_report: Vec<PathBuf>,
    /// Deliver files without an audit. The manifest says so.
    #[arg(long)]
    without_audit: bool,
    /// Deliver files although an audit says that they link or accepted a finding (--allow), or a ledger refuses them. The
    /// manifest says so.
    #[arg(long)]
    although_linked: bool,
    #[command(flatten)]
    read: SymbolFileArgs,
}

/// Whose symbols a file holds, and what the conversion says about it.
struct Origin {
    scope: Scope,
    tag: KeyTag,
    usage: Option<Use>,
    policy: Value,
    rejected_by_reason: Value,
}

pub(crate) fn run(args: &DeliverArgs) -> Result<Exit> {
    let interrupt = Interrupt::listen()?;
    if args.files.len() > 1 && (args.scope.is_some() || !args.recipient.is_empty()) {
        return Err(Failure::new(
            "--scope and --recipient are for one file, and several are given",
            "give --report and --recipients, which name the scope of each file and its recipients",
        ));
    }
    placing::check_directory(&args.out_dir)?;
    let key = args.unlock.opener(args.test.allowed())?.open_signing(&args.signing_key)?;
    if key.usage() == Use::Test {
        notice::warn(format_args!("{} is a test key: its signature proves nothing", args.signing_key.display()));
    }
    let reports = args.report.iter().map(|path| ConvertReport::read(path)).collect::<Result<Vec<_>>>()?;
    let audits = args.audit_report.iter().map(|path| AuditReport::read(path)).collect::<Result<Vec<_>>>()?;
    let ledgers = args.ledger_report.iter().map(|path| LedgerReport::read(path)).collect::<Result<Vec<_>>>()?;
    let list = args.recipients.as_ref().map(|path| Recipients::read(path).map(|list| (list, path))).transpose()?;
    let given = given_recipients(&args.recipient)?;
    let serial = args.serial.or_else(today).ok_or_else(|| Failure::new("the clock is wrong", "give --serial"))?;

    let earlier = earlier(&args.out_dir, &key.public())?;
    let mut planned: Vec<Planned> = Vec::new();
    for path in &args.files {
        let (contents, of) =
            Contents::read(path, args.read.form(default_memory()), args.read.symbol_column.as_deref(), &interrupt)?;
        if let Some(name) = &of.numbers {
            return Err(Failure::new(
                format!("{} has MyNumbers in the column `{}`", path.display(), shown(name)),
                "convert the roster again without this column",
            ));
        }
        let origin = origin(args, path, &contents, of, &reports)?;
        check_use(path, origin.usage, key.usage())?;
        let recipients = match &list {
            Some((list, of)) => list.of(&origin.scope, of)?,
            None => given.clone(),
        };
        let evidence = Evidence {
            policy: origin.policy,
            audits: verdicts(args, path, &contents, &audits)?,
            ledger: ledger(args, path, (&contents, &origin.scope, serial), &ledgers)?,
            rejected_by_reason: origin.rejected_by_reason,
        };
        let manifest = Manifest {
            usage: key.usage(),
            scope: origin.scope,
            tag: origin.tag,
            serial,
            recipients: recipients.iter().map(ToString::to_string).collect(),
            contents,
            evidence,
            sealed: None,
        };
        let folder = args.out_dir.join(manifest.folder_name());
        check_folder(&folder, &planned)?;
        check_serial(&args.out_dir, &manifest)?;
        check_key(&earlier, &manifest)?;
        planned.push(Planned { path: path.clone(), manifest, recipients, folder });
    }
    if !args.without_audit {
        check_pairs(&planned, &audits)?;
    }
    send(&planned, &key, &interrupt)
}

/// Refuses two files that no audit compared: each could have been compared with a third one.
fn check_pairs(planned: &[Planned], audits: &[AuditReport]) -> Result<()> {
    for (at, one) in planned.iter().enumerate() {
        for other in &planned[..at] {
            let pair = [&other.manifest.contents, &one.manifest.contents];
            if !audits.iter().any(|audit| audit.compares(pair)) {
                return Err(Failure::new(
                    format!("no audit given compares {} and {}", other.path.display(), one.path.display()),
                    "audit every two files that go out together (fugo audit --report), or give --without-audit",
                ));
            }
        }
    }
    Ok(())
}

fn send(planned: &[Planned], key: &SigningKeyFile, interrupt: &Interrupt) -> Result<Exit> {
    for (i, delivery) in planned.iter().enumerate() {
        seal::deliver(delivery, key, interrupt).map_err(|failure| match i {
            0 => failure,
            _ => failure.noting(&format!("the first {i} deliveries are complete, the others were not made")),
        })?;
        let manifest = &delivery.manifest;
        notice::say(format_args!(
            "{}: {}, serial {}, {}, for {}",
            delivery.folder.display(),
            manifest.scope,
            manifest.serial,
            counted(manifest.contents.rows, "row"),
            counted(manifest.recipients.len() as u64, "recipient")
        ));
    }
    Ok(Exit::Clean)
}

fn given_recipients(texts: &[String]) -> Result<Vec<DeliveryRecipient>> {
    let parsed = texts.iter().map(|text| text.parse()).collect::<Result<Vec<_>, _>>();
    let recipients = parsed
        .map_err(|error| Failure::new(error, "give the public key that the organisation gave you, not an identity"))?;
    recipients::check(&recipients)?;
    Ok(recipients)
}

/// Finds the report about the file, and compares what report and file say about the key.
fn origin(
    args: &DeliverArgs,
    path: &Path,
    contents: &Contents,
    of: Shown,
    reports: &[ConvertReport],
) -> Result<Origin> {
    let origin = if let Some(scope) = args.scope {
        let Some((_, tag)) = of.whose else {
            return Err(Failure::new(
                format!("{} does not show which key its symbols have", path.display()),
                "give the report of the conversion with --report instead of --scope",
            ));
        };
        Origin { scope, tag, usage: of.usage, policy: Value::Null, rejected_by_reason: Value::Null }
    } else {
        let found = reports.iter().map(|report| report.about(contents)).find_map(Result::transpose).transpose()?;
        let converted = found.ok_or_else(|| {
            Failure::new(
                format!("no report given has the digest of {}", path.display()),
                "give the report of the run that wrote this file; if the file was changed since, convert again",
            )
        })?;
        Origin {
            scope: converted.scope,
            tag: converted.tag,
            usage: Some(converted.usage),
            policy: converted.policy,
            rejected_by_reason: converted.rejected_by_reason,
        }
    };
    let fits = of.whose.is_none_or(|whose| whose == (origin.scope.purpose(), origin.tag))
        && of.scope.is_none_or(|scope| scope == origin.scope);
    if !fits {
        return Err(Failure::new(
            format!("{} does not hold symbols of {}, tag {}", path.display(), origin.scope, origin.tag),
            "name the scope that the file was converted for",
        ));
    }
    Ok(origin)
}

/// A signature of a production key must not go with symbols of a test key, and the other way round.
fn check_use(path: &Path, symbols: Option<Use>, key: Use) -> Result<()> {
    match symbols.filter(|symbols| *symbols != key) {
        None => Ok(()),
        Some(symbols) => Err(Failure::new(
            format!("{} holds symbols of a {symbols} key, and the signing key is for {key}", path.display()),
            "sign with a key of the same use",
        )),
    }
}

/// The verdicts of the audits of this file. Refuses a file that links or that no audit is about.
fn verdicts(args: &DeliverArgs, path: &Path, contents: &Contents, audits: &[AuditReport]) -> Result<Value> {
    let mut verdicts = Vec::new();
    for audit in audits {
        let Some(known_by) = audit.knows(contents) else { continue };
        if audit.links() && !args.although_linked {
            return Err(Failure::new(
                format!("{} says that {} can be linked", audit.path().display(), path.display()),
                "change what it names and audit again, or accept it with --although-linked",
            ));
        }
        let accepted = audit.accepted();
        if !accepted.is_empty() && !args.although_linked {
            let kinds: Vec<&str> = accepted.keys().map(String::as_str).collect();
            return Err(Failure::new(
                format!("{} accepted findings with --allow: {}", audit.path().display(), kinds.join(", ")),
                "change what they name and audit again, or accept them here too with --although-linked",
            ));
        }
        verdicts.push(audit.verdict(known_by));
    }
    if verdicts.is_empty() && !args.without_audit {
        return Err(Failure::new(
            format!("no audit given is about {}", path.display()),
            "audit this file (fugo audit --report), also with the last delivery of its scope, or give --without-audit",
        ));
    }
    Ok(Value::Array(verdicts))
}

/// The verdict of the ledger about this delivery. Refuses a file that the ledger refuses.
fn ledger(
    args: &DeliverArgs,
    path: &Path,
    (contents, scope, serial): (&Contents, &Scope, Serial),
    ledgers: &[LedgerReport],
) -> Result<Value> {
    let Some(found) = ledgers.iter().find(|report| report.knows(contents, scope, serial)) else {
        if ledgers.is_empty() {
            return Ok(Value::Null);
        }
        return Err(Failure::new(
            format!("no verdict given is about {} as serial {serial} of {scope}", path.display()),
            "record this file with this serial: fugo ledger record --json",
        ));
    };
    if found.is_refused() && !args.although_linked {
        return Err(Failure::new(
            format!("{} says that the ledger refuses {}", found.path().display(), path.display()),
            "do what the ledger says and judge again, or accept it with --although-linked",
        ));
    }
    if !found.is_refused() && !found.is_recorded() {
        return Err(Failure::new(
            format!("{} is a verdict about {} that the ledger did not record", found.path().display(), path.display()),
            "record this file with this serial: fugo ledger record --json",
        ));
    }
    Ok(found.verdict())
}

fn check_folder(folder: &Path, planned: &[Planned]) -> Result<()> {
    if planned.iter().any(|other| other.folder == *folder) {
        return Err(Failure::new(
            format!("two of the files are of one scope: both would be {}", shown(folder.display())),
            "deliver one file of a scope with each serial",
        ));
    }
    placing::refuse_taken(folder, LARGER)
}

/// Refuses a serial that is not larger than those of the scope's earlier folders: its recipient would refuse it.
fn check_serial(out_dir: &Path, manifest: &Manifest) -> Result<()> {
    let prefix = Manifest::prefix(&manifest.scope);
    let mut last = None;
    for entry in fs::read_dir(out_dir).map_err(|error| Failure::io("read", out_dir, &error))? {
        let name = entry.map_err(|error| Failure::io("read", out_dir, &error))?.file_name();
        let serial = name.to_str().and_then(|name| name.strip_prefix(&*prefix)).and_then(|rest| rest.parse().ok());
        last = last.max(serial);
    }
    match last.filter(|last: &Serial| *last >= manifest.serial) {
        None => Ok(()),
        Some(last) => Err(Failure::new(
            format!("{} has a delivery of {} with the serial {last}", shown(out_dir.display()), manifest.scope),
            "give a larger --serial: the organisation refuses one that is not",
        )),
    }
}

/// The scopes and tags of the deliveries in a directory whose manifests this key has signed.
fn earlier(out_dir: &Path, key: &VerifyingKeyFile) -> Result<Vec<(Scope, KeyTag)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(out_dir).map_err(|error| Failure::io("read", out_dir, &error))? {
        let folder = entry.map_err(|error| Failure::io("read", out_dir, &error))?.path();
        let Some(name) = folder.file_name().and_then(OsStr::to_str) else { continue };
        let place = folder.join(outer_name_in(name));
        let is_absent = |kind| matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
        match fs::symlink_metadata(&place) {
            Err(error) if is_absent(error.kind()) => continue,
            other => other.map_err(|error| Failure::io("read", &place, &error))?,
        };
        let unreadable = |error: &dyn fmt::Display| {
            Failure::new(
                format_args!("{}: {error}", place.display()),
                "move this folder away, or find out who changed it",
            )
        };
        match envelope::open(&read_small(&place, MOST)?, key) {
            Ok(statement) => {
                let of =
                    Manifest::parse(&statement).ok_or_else(|| unreadable(&"another version wrote the manifest"))?;
                found.push((of.scope, of.tag));
            }
            // It says nothing about the scopes of this key.
            Err(EnvelopeError::OtherKey { .. } | EnvelopeError::NotAnEnvelope) => {}
            Err(error) => return Err(unreadable(&error)),
        }
    }
    Ok(found)
}

/// Refuses a scope under another key than before, and a key under another scope.
fn check_key(earlier: &[(Scope, KeyTag)], manifest: &Manifest) -> Result<()> {
    let differs = |(scope, tag): &&(Scope, KeyTag)| (*scope == manifest.scope) != (*tag == manifest.tag);
    match earlier.iter().find(differs) {
        None => Ok(()),
        Some((scope, tag)) => Err(Failure::new(
            format!(
                "the deliveries of {scope} before had symbols of the key {tag}, and this one of {} would have those of {}",
                manifest.scope, manifest.tag
            ),
            "compare both with the registry of scopes, and name the scope that the file was converted for; if the root key is \
             another, give another --out-dir",
        )),
    }
}

/// The date in UTC as a number, such as 20261129.
fn today() -> Option<Serial> {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs() / 86_400;
    let date = as_date::<Date32Type>(i64::try_from(days).ok()?)?;
    date.format("%Y%m%d").to_string().parse().ok()
}
