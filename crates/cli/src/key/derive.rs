//! `fugo key derive`: derives the key of one scope from a root key.

use std::path::{Path, PathBuf};

use clap::Args;
use fugo::{KeyTag, Scope, find, mac};
use fugo_keystore::{
    KeyFile, Registry, RegistryError, TestKeys, Use,
    source::{Holder, Program},
};

use super::new::UseArg;
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    keys, notice,
    seal::{self, SealArgs},
    unlock::RootUnlockArgs,
};

/// Derive the key of one scope from a root key
///
/// The same scope always gives the same key. The scope's tag is recorded in a registry in the root key's folder,
/// which refuses two scopes with the same tag. A key that is derived from a test key is a test key.
///
/// The root key can be elsewhere than in a file: docs/custody.md says where, and which command each place needs.
#[derive(Args)]
pub(crate) struct DeriveArgs {
    /// The file of the root key, or another address of it: exec: and a program that MACs with it
    #[arg(long, value_name = "ADDRESS")]
    root: PathBuf,
    /// The scope of the key, as purpose/id/epoch: agency/nta/1, insurers/all/1
    #[arg(long)]
    scope: Scope,
    /// The key file to write
    #[arg(long, value_name = "FILE", required_unless_present = "record_only")]
    out: Option<PathBuf>,
    /// Record the tag of the key in the registry, print it, and write no key file. For a root key that is not a file:
    /// the key is then derived where it is used, and the tag confirms it
    #[arg(long, conflicts_with_all = ["out", "passphrase_file", "recipient", "plaintext"])]
    record_only: bool,
    /// The registry of scopes [default: the root key's path with .scopes appended; needed if it is not a file]
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    /// The use of the key, if the root key is not a file. A file says it itself
    #[arg(long = "use", value_name = "USE")]
    usage: Option<UseArg>,
    #[command(flatten)]
    unlock: RootUnlockArgs,
    #[command(flatten)]
    seal: SealArgs,
}

pub(crate) fn run(args: &DeriveArgs) -> Result<Exit> {
    // The registry and every report show the id.
    if find::candidates(args.scope.id().as_str()).any(|found| found.number().is_some()) {
        return Err(Failure::new(
            "the scope id holds a valid MyNumber",
            "use the name of the organisation; no key was made, and nothing was recorded",
        ));
    }
    let address = keys::address(&args.root)?;
    if address.expected.is_some() {
        return Err(Failure::new(
            "--root names the key of a scope, with its tag before the `@`",
            "give the address of the root key alone; --scope says which key is derived",
        ));
    }
    match &address.holder {
        Holder::File(path) => from_file(args, path),
        Holder::Program(program) => from_program(args, program),
        Holder::Token(_) => Err(keys::not_given(&address.to_string(), &fugo_keystore::source::SourceError::NoTokens)),
    }
}

fn from_file(args: &DeriveArgs, path: &Path) -> Result<Exit> {
    if args.usage.is_some() || args.record_only {
        return Err(Failure::new(
            "--use and --record-only are for a root key that is not a file",
            "leave them out: a key file says its use, and a key derived from it is written to --out",
        ));
    }
    let root = args.unlock.opener()?.open(path)?;
    let Some(file) = root.derive(&args.scope) else {
        return Err(Failure::new(
            format_args!("{} is a scope key; keys are derived from root keys only", path.display()),
            "give --root the file that `fugo key new` made",
        ));
    };
    drop(root);
    let registry = args.registry.as_ref().map_or_else(|| Registry::beside(path), Registry::at);
    write(args, &file, &registry)
}

fn from_program(args: &DeriveArgs, program: &Program) -> Result<Exit> {
    let registry = registry_of(args)?;
    let refused = |error| keys::not_given(&program.to_string(), &error);
    let key = mac::scope_key(program, &args.scope).map_err(refused)?;
    let usage = args.usage.map_or(Use::Production, Use::from);
    let file = KeyFile::scope(key, usage);
    file.check(TestKeys::Allow).map_err(|error| refused(error.into()))?;
    write(args, &file, &registry)
}

/// The registry of a root key that is not a file.
fn registry_of(args: &DeriveArgs) -> Result<Registry> {
    args.registry.as_ref().map(Registry::at).ok_or_else(|| {
        Failure::new(
            "--registry is missing: a root key that is not a file has no folder for it",
            "give --registry the file in which the tags of this root key's scopes are recorded",
        )
    })
}

/// Records the scope, and writes the key file if one was asked for.
fn write(args: &DeriveArgs, file: &KeyFile, registry: &Registry) -> Result<Exit> {
    let sealed = args.out.as_ref().map(|out| Ok((out, args.seal.seal(out, file.usage())?))).transpose()?;
    // Record the scope before the key is written: a key whose tag belongs to another scope must not be handed out.
    record(registry, &args.scope, file.tag())?;
    let (scope, usage, tag) = (args.scope, file.usage(), file.tag());
    match sealed {
        Some((out, seal)) => {
            seal::create(file, out, &seal).map_err(|failure| {
                failure
                    .noting("no key file was made, and the registry has the scope already: run the same command again")
            })?;
            notice::say(format_args!("{}: the {usage} key of {scope}, tag {tag}", out.display()));
        }
        None => notice::say(format_args!("{}: the {usage} key of {scope}, tag {tag}", registry.path().display())),
    }
    Ok(Exit::Clean)
}

fn record(registry: &Registry, scope: &Scope, tag: KeyTag) -> Result<()> {
    registry.record(scope, tag).map(|_| ()).map_err(|error| not_recorded(registry, &error))
}

fn not_recorded(registry: &Registry, error: &RegistryError) -> Failure {
    if let RegistryError::Io(error) = error {
        return Failure::io("record the scope in", registry.path(), error);
    }
    let remedy = match error {
        RegistryError::TagClash { .. } => "no key was made; derive the scope with another epoch or another id",
        RegistryError::OtherRoot { .. } => "no key was made; give --registry the registry of this root key",
        _ => "no key was made; correct the registry, or restore it from a copy",
    };
    Failure::new(format_args!("{}: {error}", registry.path().display()), remedy)
}
