//! `fugo grant`: makes, signs, shows and verifies the grants under which symbols are translated.
//!
//! | question | file |
//! |---|---|
//! | What does a grant say? | `terms.rs`; its times: `moment.rs` |
//! | Who may sign, and when does a grant count? | `policy.rs` |

pub(crate) mod moment;
pub(crate) mod policy;
pub(crate) mod terms;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use fugo::{KeyTag, Scope};
use fugo_keystore::{Note, NoteSigner};

use self::{
    moment::Moment,
    policy::{GrantPolicy, note},
    terms::Terms,
};
use crate::{
    exit::{Exit, print},
    failure::{Failure, Result},
    keys::TestKeyArgs,
    notice,
    placing::{self, Kind, OverwriteArgs, Placing, Staging},
    toml_text::quoted,
    unlock::UnlockArgs,
};

#[derive(Subcommand)]
pub(crate) enum GrantCommand {
    New(Box<NewArgs>),
    Sign(SignArgs),
    Inspect(InspectArgs),
    Verify(VerifyArgs),
    Signer(SignerArgs),
}

/// Write the text of a new grant, which nobody has signed
#[derive(Args)]
pub(crate) struct NewArgs {
    /// The id of the grant: 1 to 64 of A-Z, a-z, 0-9 and hyphen
    #[arg(long)]
    id: String,
    /// The organisation that asks (情報照会者)
    #[arg(long)]
    inquirer: String,
    /// The organisation that provides (情報提供者)
    #[arg(long)]
    provider: String,
    /// The scope whose symbols the rows hold
    #[arg(long, value_name = "SCOPE")]
    from: Scope,
    /// The tag of its key
    #[arg(long, value_name = "TAG")]
    from_tag: KeyTag,
    /// The scope whose symbols the output holds
    #[arg(long, value_name = "SCOPE")]
    to: Scope,
    /// The tag of its key
    #[arg(long, value_name = "TAG")]
    to_tag: KeyTag,
    /// The items that are provided (特定個人情報の項目)
    #[arg(long)]
    items: String,
    /// The legal basis
    #[arg(long)]
    legal_basis: String,
    /// The purpose of the request
    #[arg(long)]
    purpose: String,
    /// When the grant begins: a time of UTC such as 2026-11-29T09:30:00Z
    #[arg(long, value_name = "TIME")]
    not_before: Moment,
    /// When it ends
    #[arg(long, value_name = "TIME")]
    not_after: Moment,
    /// The most people that may be translated
    #[arg(long, value_name = "N")]
    most_people: u64,
    /// A grant of an emergency: with fewer signatures, for hours
    #[arg(long)]
    break_glass: bool,
    /// The file to write. It never replaces another file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Sign a grant. The text stays as it is, and a line with the signature is added
#[derive(Args)]
pub(crate) struct SignArgs {
    /// The grant
    file: PathBuf,
    /// The private key, as `fugo key signing` makes it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The name of the signer, as the policy has it
    #[arg(long)]
    name: String,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    test: TestKeyArgs,
    /// The file to write. It never replaces another file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Show a grant and the names of its signatures, without verifying them
#[derive(Args)]
pub(crate) struct InspectArgs {
    /// The grant
    file: PathBuf,
}

/// Verify the signatures of a grant and its times by the policy of the central party
#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// The grant
    file: PathBuf,
    /// The policy of grants
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// The time at which it must be valid [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<Moment>,
}

/// Print the line of a signer for the policy of grants
#[derive(Args)]
pub(crate) struct SignerArgs {
    /// The public key file, as `fugo key signing` makes it
    file: PathBuf,
    /// The name of the signer: without spaces and `+`
    #[arg(long)]
    name: String,
    #[command(flatten)]
    test: TestKeyArgs,
}

pub(crate) fn run(command: &GrantCommand) -> Result<Exit> {
    match command {
        GrantCommand::New(args) => new(args),
        GrantCommand::Sign(args) => sign(args),
        GrantCommand::Inspect(args) => inspect(&args.file),
        GrantCommand::Verify(args) => verify(args),
        GrantCommand::Signer(args) => signer(args),
    }
}

fn new(args: &NewArgs) -> Result<Exit> {
    let terms = Terms {
        id: args.id.clone(),
        inquirer: args.inquirer.clone(),
        provider: args.provider.clone(),
        from: (args.from, args.from_tag),
        to: (args.to, args.to_tag),
        items: args.items.clone(),
        legal_basis: args.legal_basis.clone(),
        purpose: args.purpose.clone(),
        not_before: args.not_before,
        not_after: args.not_after,
        most_people: args.most_people,
        break_glass: args.break_glass,
    };
    let text = terms.checked().map_err(|error| Failure::new(error, "give another value"))?.text();
    let note = Note::new(&text).map_err(|error| Failure::new(error, "give values without such characters"))?;
    write(&args.out, &note, &[])?;
    notice::say(format_args!("{}: wrote the grant {}; nobody has signed it", args.out.display(), args.id));
    Ok(Exit::Clean)
}

fn sign(args: &SignArgs) -> Result<Exit> {
    let mut note = note(&args.file)?;
    let terms = terms_of(&args.file, &note)?;
    let key = args.unlock.opener(args.test.allowed())?.open_signing(&args.key)?;
    note.sign(&args.name, &key).map_err(|error| {
        Failure::new(error, "sign with another key, or under the name of the policy").of(&args.file)
    })?;
    write(&args.out, &note, &[&args.file, &args.key])?;
    notice::say(format_args!("{}: signed the grant {} as {}", args.out.display(), terms.id, args.name));
    Ok(Exit::Clean)
}

fn inspect(file: &Path) -> Result<Exit> {
    let note = note(file)?;
    terms_of(file, &note)?;
    let names: Vec<&str> = note.names().collect();
    let names = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
    print(&format!("{}\nsignatures in the name of (not verified): {names}\n", note.text()))
}

fn verify(args: &VerifyArgs) -> Result<Exit> {
    let granted = GrantPolicy::load(&args.policy)?.read(&args.file)?;
    granted.check_time(args.at.unwrap_or_else(Moment::now)).map_err(|failure| failure.of(&args.file))?;
    let kind = if granted.terms.break_glass { "break-glass grant" } else { "grant" };
    let Terms { id, not_before, not_after, .. } = &granted.terms;
    print(&format!("{kind} {id}, signed by {}, valid from {not_before} to {not_after}\n", granted.signers.join(", ")))
}

fn signer(args: &SignerArgs) -> Result<Exit> {
    let key = args.test.public(&args.file)?;
    let signer = NoteSigner::new(&args.name, &key).map_err(|error| Failure::new(error, "give another name"))?;
    print_signer(&signer)
}

fn terms_of(file: &Path, note: &Note) -> Result<Terms> {
    let remedy = "give a grant as `fugo grant new` writes it";
    Terms::parse(note.text()).map_err(|error| Failure::new(error, remedy).of(file))
}

/// Prints the line of a signer for a policy, or of a witness for log.toml.
pub(crate) fn print_signer(signer: &NoteSigner) -> Result<Exit> {
    print(&format!("{} = {}\n", quoted(signer.name()), quoted(&signer.to_string())))
}

/// Writes a new file, whole or not at all.
fn write(place: &Path, note: &Note, inputs: &[&PathBuf]) -> Result<()> {
    let targets = [(place.to_owned(), Kind::Grant)];
    let placing = Placing::claim(&targets, inputs.iter().copied(), &OverwriteArgs::default())?;
    let mut staging = Staging::new(placing, false);
    let mut output = staging.output(place)?;
    output.put(note.to_string().as_bytes())?;
    let complete = [output.complete()?];
    placing::place(&complete, staging)
}
