//! `fugo record`: the record of translations (情報提供等記録), which anybody can verify and nobody can change unseen.
//!
//! | question | file |
//! |---|---|
//! | What does an entry say? | `entry.rs`; who is in it: `leaves.rs` |
//! | How is an entry added, and how many people has a grant left? | `log.rs` |
//! | Which files does a log have? | `tiles.rs`; its head: `checkpoint.rs` |
//! | How are hashes and proofs made and verified? | `tree.rs` |
//! | What is a log verified by? | `trust.rs` |
//! | What does a witness check? | `witness.rs`; an auditor: `verify.rs` |
//! | What does a person get? | `extract.rs` |

mod checkpoint;
mod entry;
mod extract;
/// The parsers of a record.
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod leaves;
mod log;
mod tiles;
mod tree;
mod trust;
mod verify;
mod witness;

use std::{
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use clap::{Args, Subcommand};
use data_encoding::BASE64;
use fugo::{KeyTag, Purpose, SYMBOL_LEN, Scope, text::TextEncoder};
use fugo_keystore::NoteSigner;

use self::{
    checkpoint::Checkpoint,
    extract::Extract,
    log::{Log, note_of},
    trust::Trust,
    witness::Request,
};
pub(crate) use self::{
    leaves::People,
    log::{Ran, Recorded, Recorder},
};
use crate::{
    counts::{counted, thousands},
    exit::{Exit, print},
    failure::{Failure, Result},
    grant::{
        moment::Moment,
        policy::{GrantPolicy, Granted},
        print_signer,
        terms::Named,
    },
    keys::TestKeyArgs,
    manifest::read_small,
    notice,
    placing::{self, Kind, NewFolder, OverwriteArgs, Placing, Staging, refuse_taken},
    redaction::shown,
    unlock::{Opener, UnlockArgs},
};

/// The most people of one extraction, and the longest file of their symbols.
const MOST_PEOPLE: usize = 100_000;
const MOST_BYTES: u64 = 1 << 23;
/// How the names of a person's two files end.
pub(crate) const EXTRACT_SUFFIXES: [&str; 2] = [".extract.json", ".extract.txt"];
/// The files of an empty record.
pub(crate) const FILES_OF_NEW: [&str; 3] = [log::DESCRIPTION, log::LOCK, log::CHECKPOINT];
/// What to do if the folder of an extraction exists.
const REMEDY: &str = "name a new folder";

#[derive(Subcommand)]
pub(crate) enum RecordCommand {
    Init(InitArgs),
    Verify(VerifyArgs),
    Request(RequestArgs),
    Witness(WitnessArgs),
    Signer(SignerArgs),
    Show(ShowArgs),
    Extract(ExtractArgs),
    VerifyExtract(VerifyExtractArgs),
}

/// Make the directory of an empty record
///
/// The file log.toml in it says what the record is verified by. Everybody who verifies keeps a copy of this file: the
/// supervisor, the portal, and the people's own programs. Whoever holds the record needs no key.
#[derive(Args)]
pub(crate) struct InitArgs {
    /// The directory to make.
    dir: PathBuf,
    /// The name of the record, such as record.example.go.jp/2026: without spaces and `+`.
    #[arg(long)]
    name: String,
    /// The private key that signs the record's checkpoints, as `fugo key signing` makes it.
    #[arg(long, value_name = "FILE")]
    signing_key: PathBuf,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    test: TestKeyArgs,
    /// The scope of the symbols by which the record names people: of the purpose portal, and used for nothing else.
    #[arg(long, value_name = "SCOPE")]
    people: Scope,
    /// The tag of the key of --people, as `fugo key derive` prints it.
    #[arg(long, value_name = "TAG")]
    people_tag: KeyTag,
}

/// Verify a whole record: every entry, every person's leaf, every hash, and the signature of its checkpoint
///
/// Says what it found: an entry that was altered, reordered or cut; a record that was forked or rolled back since a
/// checkpoint that was seen; a grant that counted more people than it is for.
#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// The directory of the record.
    dir: PathBuf,
    /// Your copy of log.toml. A copy in the record's own directory proves nothing.
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// A checkpoint that witnesses have signed [default: the one in the directory].
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// An older checkpoint, signed by the log. May be given several times.
    #[arg(long, value_name = "FILE")]
    seen: Vec<PathBuf>,
    /// Also verify the grant of every entry by this policy: its signatures, and that it was valid when the run began. May
    /// be given several times, because policies change: each grant must be accepted by one of them.
    #[arg(long, value_name = "FILE")]
    grant_policy: Vec<PathBuf>,
}

/// Write what a witness needs: the checkpoint, and the proof that the record grew to it from an older size
#[derive(Args)]
pub(crate) struct RequestArgs {
    /// The directory of the record.
    dir: PathBuf,
    /// The number of entries that the witness has seen: 0 for a new one.
    #[arg(long, value_name = "SIZE")]
    old: u64,
    /// The file to write. An earlier request is replaced.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Check that a record grew from what was seen before, and sign its checkpoint
///
/// A witness needs no entry and no other file of the record. It keeps one size and one root in --state, and refuses a
/// record that was rolled back or forked since. Keep that file as you keep the key.
#[derive(Args)]
pub(crate) struct WitnessArgs {
    /// The request, as `fugo record request` writes it.
    request: PathBuf,
    /// Your copy of log.toml.
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// What this witness has seen. The file is replaced.
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// Begin: there is no state yet, and nothing was seen.
    #[arg(long)]
    begin: bool,
    /// The private key of the witness, as `fugo key signing` makes it. Without it nothing is signed.
    #[arg(long, value_name = "FILE", requires_all = ["name", "out"])]
    key: Option<PathBuf>,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    test: TestKeyArgs,
    /// The name of the witness, as log.toml has it.
    #[arg(long, requires = "key")]
    name: Option<String>,
    /// The checkpoint with the signature of the witness, to give back. An earlier one is replaced.
    #[arg(long, value_name = "FILE", requires = "key")]
    out: Option<PathBuf>,
}

/// Print the line of a witness for log.toml
#[derive(Args)]
pub(crate) struct SignerArgs {
    /// The public key file, as `fugo key signing` makes it.
    file: PathBuf,
    /// The name of the witness: without spaces and `+`.
    #[arg(long)]
    name: String,
    #[command(flatten)]
    test: TestKeyArgs,
}

/// Show an entry: what a run did, and its grant with all signatures
#[derive(Args)]
pub(crate) struct ShowArgs {
    /// The directory of the record.
    dir: PathBuf,
    /// Your copy of log.toml.
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// The number of the entry, from 0.
    #[arg(long, value_name = "N")]
    entry: u64,
}

/// Write what people may see of a record: their entries, with proofs, in text for them and in JSON for the portal
///
/// Each person gets two files, named by her record symbol, in a new folder, which appears as a whole or not at all.
/// Entries that are withheld under Article 23, paragraph 2 are left out and counted. Nobody gets anything about anyone
/// else.
#[derive(Args)]
pub(crate) struct ExtractArgs {
    /// The directory of the record.
    dir: PathBuf,
    /// Your copy of log.toml.
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// A checkpoint that witnesses have signed [default: the one in the directory].
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// The record symbols of the people in text form, one a line, at most 100,000. `-` is standard input.
    #[arg(long, value_name = "FILE")]
    symbols: PathBuf,
    /// The folder to make.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Verify an extract without the record: the signatures of its checkpoint, and every proof in it
#[derive(Args)]
pub(crate) struct VerifyExtractArgs {
    /// The extract in JSON.
    file: PathBuf,
    /// Your copy of log.toml.
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
}

/// How a run of `translate` is recorded.
#[derive(Args, Debug)]
pub(crate) struct RecordArgs {
    /// The directory of the record, as `fugo record init` makes it. The run is recorded before an output appears; what
    /// cannot be recorded is not translated.
    #[arg(long, value_name = "DIR")]
    record: PathBuf,
    /// The key of the scope by whose symbols the record names people. Whoever holds the record must not have it.
    #[arg(long, value_name = "KEY")]
    pub(crate) record_key: PathBuf,
    /// The private key that signs the record's checkpoints.
    #[arg(long, value_name = "FILE")]
    record_signing_key: PathBuf,
    /// Record that the people do not learn of this run (Article 23, paragraph 2 of the Act).
    #[arg(long)]
    withheld: bool,
    /// When the inquirer asked: a time of UTC such as 2026-11-29T09:30:00Z. It may be before the grant [default: when the
    /// run begins].
    #[arg(long, value_name = "TIME")]
    inquired_at: Option<Moment>,
}

impl RecordArgs {
    /// The files that this run may not overwrite.
    pub(crate) fn files(&self) -> [&PathBuf; 1] {
        [&self.record_signing_key]
    }

    /// Opens the record before a row is read, and refuses the run if the grant has nobody left.
    pub(crate) fn open(
        &self,
        people: Named,
        granted: &Granted,
        begun_at: Moment,
        mut opener: Opener,
    ) -> Result<Recorder> {
        let key = opener.open_signing(&self.record_signing_key)?;
        let inquired_at = self.inquired_at.unwrap_or(begun_at);
        if inquired_at > begun_at {
            return Err(Failure::new("--inquired-at is a time to come", "give the time at which the inquirer asked"));
        }
        Recorder::open(&self.record, key, people, granted, (begun_at, inquired_at, self.withheld))
    }
}

pub(crate) fn run(command: &RecordCommand) -> Result<Exit> {
    match command {
        RecordCommand::Init(args) => init(args),
        RecordCommand::Verify(args) => verify(args),
        RecordCommand::Request(args) => request(args),
        RecordCommand::Witness(args) => witness(args),
        RecordCommand::Signer(args) => signer(args),
        RecordCommand::Show(args) => show(args),
        RecordCommand::Extract(args) => extract(args),
        RecordCommand::VerifyExtract(args) => verify_extract(args),
    }
}

fn init(args: &InitArgs) -> Result<Exit> {
    if args.people.purpose() != Purpose::Portal {
        return Err(Failure::new(
            format!("--people is {}; a record names people by symbols of the purpose portal", args.people),
            "give a scope such as portal/record/1, which is used for nothing else",
        ));
    }
    let key = args.unlock.opener(args.test.allowed())?.open_signing(&args.signing_key)?;
    let log = NoteSigner::new(&args.name, &key.public()).map_err(|error| Failure::new(error, "give another name"))?;
    let trust = Trust { log, people: (args.people, args.people_tag), needed: 0, witnesses: Vec::new() };
    log::init(&args.dir, &trust, &key)?;
    notice::say(format_args!(
        "{}: made the record {}; give a copy of {} to everybody who verifies it",
        args.dir.display(),
        args.name,
        args.dir.join(log::DESCRIPTION).display()
    ));
    Ok(Exit::Clean)
}

/// The log, and the checkpoint to which it is read: its own, or one that was given.
fn opened(dir: &Path, trust: &Path, checkpoint: Option<&PathBuf>) -> Result<(Log, fugo_keystore::Note, Checkpoint)> {
    let log = Log::open_with(dir, Trust::load(trust)?)?;
    let note = checkpoint.map_or_else(|| Ok(log.note.clone()), |path| note_of(path))?;
    let checked = log.trust.witnessed(&note)?;
    if checked.size > log.checkpoint.size {
        return Err(damaged(format!(
            "the record was rolled back: it has {} entries, and the checkpoint has {}",
            log.checkpoint.size, checked.size
        )));
    }
    Ok((log, note, checked))
}

fn verify(args: &VerifyArgs) -> Result<Exit> {
    let policies = args.grant_policy.iter().map(|path| GrantPolicy::load(path)).collect::<Result<Vec<_>>>()?;
    let (log, _, checkpoint) = opened(&args.dir, &args.trust, args.checkpoint.as_ref())?;
    for path in &args.seen {
        let seen = log.trust.of_log(&note_of(path)?)?;
        verify::check_seen(&log, &checkpoint, &seen).map_err(|failure| failure.of(path))?;
    }
    let counts = verify::verify(&log, &checkpoint, &policies)?;
    let mut lines = vec![format!(
        "{}: {}, {} people, root {}",
        shown(&checkpoint.origin),
        entries(counts.entries),
        thousands(counts.people),
        BASE64.encode(&checkpoint.root)
    )];
    if checkpoint.size < log.checkpoint.size {
        lines.push(format!("not verified: {} after this checkpoint", entries(log.checkpoint.size - checkpoint.size)));
    }
    if !counts.withheld.is_empty() {
        lines.push(format!("withheld from the people: entry {}", numbers(&counts.withheld)));
    }
    let reviewed = counts.break_glass.into_iter();
    lines.extend(
        reviewed.map(|(id, runs)| {
            format!("break-glass, to be reviewed: the grant {}, entry {}", shown(id), numbers(&runs))
        }),
    );
    print(&(lines.join("\n") + "\n"))
}

fn numbers(entries: &[u64]) -> String {
    entries.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}

fn entries(count: u64) -> String {
    format!("{} {}", thousands(count), if count == 1 { "entry" } else { "entries" })
}

fn show(args: &ShowArgs) -> Result<Exit> {
    let log = Log::open_with(&args.dir, Trust::load(&args.trust)?)?;
    let mut found = None;
    log.tiles().entries(&log.checkpoint, |index, entry| {
        if index == args.entry {
            found = Some(entry);
        }
        Ok(())
    })?;
    match found {
        Some(entry) => print(&entry.text()),
        None => Err(Failure::new(
            format!(
                "the record has {}, counted from 0; there is no entry {}",
                entries(log.checkpoint.size),
                args.entry
            ),
            "give a smaller number",
        )),
    }
}

fn request(args: &RequestArgs) -> Result<Exit> {
    let log = Log::open(&args.dir)?;
    let request = Request::of(&log, args.old)?;
    let placing = Placing::claim(&[(args.out.clone(), Kind::Request)], [].into_iter(), &OverwriteArgs::default())?;
    put(placing, &[(&args.out, request.text())])?;
    notice::say(format_args!(
        "{}: the growth from {} to {}",
        args.out.display(),
        entries(args.old),
        entries(log.checkpoint.size)
    ));
    Ok(Exit::Clean)
}

fn witness(args: &WitnessArgs) -> Result<Exit> {
    let (trust, request) = (Trust::load(&args.trust)?, Request::load(&args.request)?);
    // Locked before it is read: two runs at once would sign two histories.
    let mut targets = vec![(args.state.clone(), Kind::Checkpoint)];
    targets.extend(args.out.iter().map(|out| (out.clone(), Kind::Checkpoint)));
    let inputs = [&args.trust, &args.request].into_iter().chain(&args.key).chain(args.unlock.files());
    let placing = Placing::claim(&targets, inputs, &OverwriteArgs::default())?;
    let seen = match (args.state.exists(), args.begin) {
        (true, false) => witness::seen(&args.state, &trust)?,
        (false, true) => witness::nothing_seen(&trust),
        (true, true) => {
            return Err(Failure::new(
                format!("{} exists, and --begin says that nothing was seen", args.state.display()),
                "leave out --begin",
            ));
        }
        (false, false) => {
            return Err(Failure::new(
                format!("{} does not exist: what was seen is not known", args.state.display()),
                "find the file; only a new witness begins with --begin",
            ));
        }
    };
    let new = witness::grown(&request, &seen, &trust).map_err(|failure| failure.of(&args.request))?;
    // The state is renamed first: what was signed has been seen.
    let mut files = vec![(&args.state, new.to_string())];
    if let (Some(key), Some(name), Some(out)) = (&args.key, &args.name, &args.out) {
        let key = args.unlock.opener(args.test.allowed())?.open_signing(key)?;
        let witness = NoteSigner::witness(name, &key.public()).ok();
        if !witness.is_some_and(|witness| trust.witnesses.contains(&witness)) {
            return Err(Failure::new(
                format!("{} has no witness {} with this key; nothing was signed", args.trust.display(), shown(name)),
                "add the line that `fugo record signer` prints, or give the name and the key that are there",
            ));
        }
        files.push((out, witness::cosigned(&request, name, &key)?.to_string()));
    }
    put(placing, &files)?;
    notice::say(format_args!(
        "the record {} grew from {} to {}{}",
        trust.log.name(),
        entries(seen.size),
        entries(new.size),
        args.name.as_ref().map_or(String::new(), |name| format!("; signed as {name}"))
    ));
    Ok(Exit::Clean)
}

fn signer(args: &SignerArgs) -> Result<Exit> {
    let key = args.test.public(&args.file)?;
    let signer = NoteSigner::witness(&args.name, &key).map_err(|error| Failure::new(error, "give another name"))?;
    print_signer(&signer)
}

fn extract(args: &ExtractArgs) -> Result<Exit> {
    refuse_taken(&args.out, REMEDY)?;
    let (log, note, checkpoint) = opened(&args.dir, &args.trust, args.checkpoint.as_ref())?;
    let symbols = symbols(&args.symbols, log.trust.people)?;
    let extracts = extract::extracts(&log, (&note, &checkpoint), &symbols)?;
    let folder = NewFolder::begin(&args.out, REMEDY)?.private()?;
    for extract in &extracts {
        let name = extract.symbol_text(&log.trust);
        let texts = [format!("{:#}\n", extract.json(&log.trust)), extract.text(&log.trust, false)];
        if texts[0].len() as u64 > MOST_BYTES {
            return Err(Failure::new(
                format!(
                    "an extract has more than {} bytes, which `verify-extract` does not read",
                    thousands(MOST_BYTES)
                ),
                "extract up to an older checkpoint, and begin a record more often",
            ));
        }
        for (suffix, text) in EXTRACT_SUFFIXES.iter().zip(texts) {
            folder.write(&format!("{name}{suffix}"), text.as_bytes())?;
        }
    }
    folder.put(SystemTime::now())?;
    let found: usize = extracts.iter().map(|extract| extract.counts().0).sum();
    notice::say(format_args!(
        "{} written to {}, with {} in all, of a record of {}",
        counted(extracts.len() as u64, "extract"),
        args.out.display(),
        counted(found as u64, "line"),
        entries(checkpoint.size)
    ));
    Ok(Exit::Clean)
}

/// The symbols in a file, each once.
fn symbols(path: &Path, (scope, tag): Named) -> Result<Vec<[u8; SYMBOL_LEN]>> {
    let bytes = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(io::stdin(), MOST_BYTES + 1), &mut bytes)
            .map_err(|error| Failure::io("read", Path::new("standard input"), &error))?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(Failure::new(
                format!("standard input is longer than {} bytes", thousands(MOST_BYTES)),
                "extract the people in several runs",
            ));
        }
        bytes
    } else {
        read_small(path, MOST_BYTES)?
    };
    let encoder = TextEncoder::new(scope.purpose(), tag);
    let mut symbols = Vec::new();
    for (nth, line) in bytes.trim_ascii_end().split(|byte| *byte == b'\n').enumerate() {
        let symbol = encoder.decode(line.trim_ascii()).map_err(|error| {
            Failure::new(
                format!("line {}: {error}", nth + 1),
                format!("give record symbols, of {scope} with the tag {tag}, in text form, one a line"),
            )
        })?;
        symbols.push(symbol);
    }
    symbols.sort_unstable();
    symbols.dedup();
    if symbols.len() > MOST_PEOPLE {
        return Err(Failure::new(
            format!("there are more than {} symbols", thousands(MOST_PEOPLE as u64)),
            "extract them in several runs",
        ));
    }
    Ok(symbols)
}

fn verify_extract(args: &VerifyExtractArgs) -> Result<Exit> {
    let trust = Trust::load(&args.trust)?;
    let extract =
        Extract::verified(&read_small(&args.file, MOST_BYTES)?, &trust).map_err(|failure| failure.of(&args.file))?;
    print(&extract.text(&trust, true))
}

/// Writes files in this order, each whole or not at all.
fn put(placing: Placing, files: &[(&PathBuf, String)]) -> Result<()> {
    let mut staging = Staging::new(placing, false);
    let mut complete = Vec::new();
    for (path, text) in files {
        let mut output = staging.output(path)?;
        output.put(text.as_bytes())?;
        complete.push(output.complete()?);
    }
    placing::place(&complete, staging)
}

/// Whether a directory is that of a record. No output is written into it.
pub(crate) fn is_record(dir: &Path) -> bool {
    FILES_OF_NEW.iter().all(|name| dir.join(name).is_file())
}

/// Whether a file begins as a checkpoint, signed or not.
pub(crate) fn is_checkpoint(head: &[u8]) -> bool {
    let text = std::str::from_utf8(head).unwrap_or_default();
    let text = text.split_once("\n\n").map_or_else(|| text.to_owned(), |(text, _)| format!("{text}\n"));
    Checkpoint::parse(&text).is_some()
}

/// A record that is not what the log has signed.
fn damaged(what: impl std::fmt::Display) -> Failure {
    Failure::new(what, "do not change or use the record; compare it with a copy, and tell its supervisor")
}
