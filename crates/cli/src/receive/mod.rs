//! `fugo receive`: verifies a delivery, opens it, and says what came.

/// The reader of the archive in a delivery.
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod opening;
mod replay;

use std::{
    collections::BTreeMap,
    fmt,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::{ArgGroup, Args};
use fugo::Scope;
use fugo_keystore::{Identities, Use, VerifyingKeyFile};
use serde_json::Value;

use self::opening::Source;
use crate::{
    counts::thousands,
    exit::Exit,
    failure::{Failure, Result},
    interrupt::Interrupt,
    keys::TestKeyArgs,
    manifest::{MOST, Manifest, Serial, contents, envelope, envelope::EnvelopeError, outer_name_of, read_small},
    notice,
    placing::{self, Kind, OverwriteArgs, Placing, Staging},
    redaction::shown,
    unlock::{not_opened, not_taken},
};

/// Verify a delivery of `fugo deliver`, open it, and print what came.
///
/// The manifest must be signed by the key of --signer, and the sealed file must be the one that the manifest names. The
/// sealed file is opened with an age identity. The manifest inside must say the same as the one outside, and the rows
/// must have the digest, the number of rows and the columns that it states. Only then the file of rows and its manifest
/// are put into --out-dir, both or none.
///
/// The serial must be larger than the serials of the scope's manifests in --out-dir, and than --after. So an earlier
/// delivery that is sent again is refused as long as these manifests are kept. A delivery that never arrives is not
/// noticed: the serial before it is printed, so that you can ask.
#[derive(Args)]
#[command(group(ArgGroup::new("opening").args(["identity", "opened"]).required(true).multiple(true)))]
pub(crate) struct ReceiveArgs {
    /// The sealed file (.tar.age).
    sealed: PathBuf,
    /// Its signed manifest [default: in the same folder, with the same name and .manifest.json].
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// The public key of the issuer, which came on another way.
    #[arg(long, value_name = "FILE")]
    signer: PathBuf,
    /// An age identity file that opens the sealed file; only its owner may have access to it.
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// The sealed file as `age` decrypted it, where the key is in hardware.
    #[arg(long, value_name = "FILE", conflicts_with = "identity")]
    opened: Option<PathBuf>,
    /// The directory for the file of rows and its manifest. Keep the manifests there.
    #[arg(long, value_name = "DIR")]
    out_dir: PathBuf,
    /// Refuse a delivery of any other scope.
    #[arg(long)]
    scope: Option<Scope>,
    /// Refuse a delivery whose serial is not larger than this.
    #[arg(long, value_name = "N")]
    after: Option<Serial>,
    #[command(flatten)]
    test: TestKeyArgs,
    /// Print the statement of the manifest as JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &ReceiveArgs) -> Result<Exit> {
    let interrupt = Interrupt::listen()?;
    placing::check_directory(&args.out_dir)?;
    let signer = VerifyingKeyFile::read(&args.signer).map_err(|error| not_opened(&args.signer, &error))?;
    if signer.usage() == Use::Test && args.test.allowed() == fugo_keystore::TestKeys::Refuse {
        return Err(not_opened(&args.signer, &fugo_keystore::KeyFileError::TestKey));
    }
    let path = manifest_path(args)?;
    let (signed, statement, manifest) = verified(&path, &signer)?;
    check_scope(args, &path, &manifest)?;
    let before = replay::check(&args.out_dir, &manifest, args.after)?;
    check_sealed(&args.sealed, &path, &manifest, &interrupt)?;
    let source = source(args, &manifest)?;

    let rows = args.out_dir.join(manifest.rows_name());
    let kept = args.out_dir.join(manifest.outer_name());
    let has_rows = has_rows_alone(&rows, &kept, &manifest, &interrupt)?;
    let places = if has_rows { vec![&kept] } else { vec![&rows, &kept] };
    let targets: Vec<_> = places.into_iter().map(|place| (place.clone(), Kind::Delivery)).collect();
    let inputs = [&args.sealed, &path, &args.signer];
    let inputs = inputs.into_iter().chain(&args.identity).chain(&args.opened);
    let placing = Placing::claim(&targets, inputs, &OverwriteArgs::default())?;
    let mut staging = Staging::new(placing, true);
    let received = opening::open(source, &manifest, &signer, staging.output(&rows)?, &interrupt)?;
    let mut copy = staging.output(&kept)?;
    copy.put(&signed)?;
    let copy = copy.complete()?;
    interrupt.check()?;
    let complete = if has_rows { vec![copy] } else { vec![received, copy] };
    placing::place(&complete, staging)?;

    let text = if args.json { format!("{statement:#}\n") } else { said(&manifest, before, &rows, &signer) };
    if signer.usage() == Use::Test {
        notice::warn("the delivery is signed with a test key: the signature proves nothing");
    }
    io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::stdout(&error))?;
    Ok(Exit::Clean)
}

/// Whether a run put the rows in place and was stopped before it put the manifest there. Their digest says that they are
/// these rows. Then only the manifest is missing.
fn has_rows_alone(rows: &Path, kept: &Path, manifest: &Manifest, interrupt: &Interrupt) -> Result<bool> {
    if kept.symlink_metadata().is_ok() || !rows.symlink_metadata().is_ok_and(|found| found.is_file()) {
        return Ok(false);
    }
    Ok(contents::digest(rows, interrupt)?.0 == manifest.contents.sha256)
}

fn manifest_path(args: &ReceiveArgs) -> Result<PathBuf> {
    if let Some(path) = &args.manifest {
        return Ok(path.clone());
    }
    let name = args.sealed.file_name().and_then(|name| name.to_str()).and_then(outer_name_of);
    name.map(|name| args.sealed.with_file_name(name)).ok_or_else(|| {
        Failure::new(format!("the name of {} does not end with .tar.age", args.sealed.display()), "give --manifest")
    })
}

/// The manifest at a path, if the signer signed it: its bytes, its statement, and what that says.
fn verified(path: &Path, signer: &VerifyingKeyFile) -> Result<(Vec<u8>, Value, Manifest)> {
    let signed = read_small(path, MOST)?;
    let statement = envelope::open(&signed, signer).map_err(|error| {
        let remedy = match error {
            EnvelopeError::OtherKey { .. } => "give the public key of the issuer; if it is, the delivery is not theirs",
            EnvelopeError::NotAnEnvelope => "give the manifest of the delivery with --manifest",
            _ => "ask the issuer to send the delivery again, and tell them what happened",
        };
        Failure::new(format!("{}: {error}", path.display()), remedy)
    })?;
    let manifest = Manifest::parse(&statement).filter(|manifest| manifest.sealed.is_some());
    let manifest = manifest.filter(|manifest| manifest.usage == signer.usage()).ok_or_else(|| {
        Failure::new(
            format!("{}: the signed statement is not that of a delivery of this version", path.display()),
            "give the manifest that came next to the sealed file, or take a newer fugo",
        )
    })?;
    Ok((signed, statement, manifest))
}

fn check_scope(args: &ReceiveArgs, path: &Path, manifest: &Manifest) -> Result<()> {
    match args.scope.filter(|scope| *scope != manifest.scope) {
        None => Ok(()),
        Some(scope) => Err(Failure::new(
            format!("{}: this is a delivery of {}, and --scope allows {scope}", path.display(), manifest.scope),
            "give the delivery of your scope; tell the issuer if another organisation's came to you",
        )),
    }
}

/// Whether the sealed file is the one that the manifest names.
fn check_sealed(sealed: &Path, path: &Path, manifest: &Manifest, interrupt: &Interrupt) -> Result<()> {
    let (found, _) = contents::digest(sealed, interrupt)?;
    if manifest.sealed.as_ref() == Some(&found) {
        return Ok(());
    }
    let expected = manifest.sealed_name();
    if sealed.file_name().is_none_or(|name| name != &*expected) {
        return Err(Failure::new(
            format!("{} is the manifest of another file: {expected}", path.display()),
            format!("give the manifest of {}", sealed.display()),
        ));
    }
    Err(Failure::new(
        format!("{} is not the file that its manifest names: it was altered or cut, or exchanged", sealed.display()),
        "ask the issuer to send the delivery again, and tell them what happened",
    ))
}

/// What the rows are read from.
fn source(args: &ReceiveArgs, manifest: &Manifest) -> Result<Source> {
    if let Some(path) = &args.opened {
        return Ok(Source::Opened(path.clone()));
    }
    let path = args.identity.as_deref().unwrap_or(Path::new(""));
    let identities = Identities::read(path).map_err(|error| not_taken(path, &error))?;
    if !identities.recipients().iter().any(|recipient| manifest.recipients.contains(recipient)) {
        return Err(Failure::new(
            format!("the delivery is sealed to others: no identity in {} belongs to its recipients", path.display()),
            "give the identity whose recipient you gave to the issuer",
        ));
    }
    Ok(Source::Sealed(args.sealed.clone(), identities))
}

/// What came, for people.
fn said(manifest: &Manifest, before: Option<Serial>, rows: &Path, signer: &VerifyingKeyFile) -> String {
    let contents = &manifest.contents;
    let mut text = String::new();
    let mut line = |name: &str, value: &dyn fmt::Display| {
        // Writing to a string cannot fail.
        let _ = fmt::Write::write_fmt(&mut text, format_args!("{name:<12}{value}\n"));
    };
    line("file", &shown(rows.display()));
    line("signed by", &format_args!("the {} key {}", signer.usage(), signer.id()));
    line("scope", &format_args!("{}, tag {}", manifest.scope, manifest.tag));
    let before =
        before.map_or_else(|| "no earlier one is in the folder".to_owned(), |before| format!("after {before}"));
    line("serial", &format_args!("{} ({before})", manifest.serial));
    line("rows", &thousands(contents.rows));
    if let Some(lines) = contents.lines {
        line("lines", &thousands(lines));
    }
    line("columns", &contents.columns.iter().map(shown).collect::<Vec<_>>().join(", "));
    let policy = if manifest.evidence.policy.is_null() { "none was stated" } else { "its digest is in the manifest" };
    line("policy", &policy);
    let audits = manifest.evidence.audits.as_array().map_or(&[][..], Vec::as_slice);
    let linking = audits.iter().filter(|audit| audit["links"] == true).count();
    match audits.len() {
        0 => line("audits", &"none"),
        all => line("audits", &format_args!("{all}, of which {linking} say that the file links{}", accepted(audits))),
    }
    let ledger = &manifest.evidence.ledger;
    match (ledger["refused"].as_bool(), ledger["in_small_groups"].as_u64()) {
        (Some(refused), Some(people)) => {
            let verdict = if refused { "refused" } else { "accepted" };
            line("ledger", &format_args!("{verdict}, {} people are in small groups of one history", thousands(people)));
        }
        _ => line("ledger", &"no verdict was stated"),
    }
    match manifest.evidence.rejected_by_reason.as_object() {
        None => line("rejected", &"not stated"),
        Some(reasons) => {
            let rows: u64 = reasons.values().filter_map(Value::as_u64).sum();
            line("rejected", &format_args!("{} rows of the roster", thousands(rows)));
        }
    }
    text
}

/// What the issuer accepted of what its audits found.
fn accepted(audits: &[Value]) -> String {
    let mut kinds: BTreeMap<&str, Option<u64>> = BTreeMap::new();
    for (kind, most) in audits.iter().filter_map(|audit| audit["accepted"].as_object()).flatten() {
        let known = kinds.entry(kind).or_default();
        *known = (*known).max(most.as_u64());
    }
    let named = kinds.into_iter().map(|(kind, most)| match most {
        Some(most) => format!("{} (up to {})", shown(kind), thousands(most)),
        None => shown(kind),
    });
    let named = named.collect::<Vec<_>>().join(", ");
    if named.is_empty() { named } else { format!("; the issuer accepted {named}") }
}
