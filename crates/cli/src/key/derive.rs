//! `fugo key derive`: derives the key of one scope from a root key.

use std::path::{Path, PathBuf};

use clap::Args;
use fugo::{KeyTag, Scope, find, mac};
use fugo_keystore::{
    KeyFile, Registry, TestKeys, Use,
    source::{Holder, Program, TokenUri, token::Kind},
};

use super::{
    in_token::{self, open, refused},
    new::UseArg,
    root::{join, named, not_recorded},
};
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
/// which refuses two scopes with the same tag, and a scope whose key was destroyed. A key that is derived from a test
/// key is a test key.
///
/// The root key can be elsewhere than in a file: docs/custody.md says where, and which command each place needs.
#[derive(Args)]
pub(crate) struct DeriveArgs {
    /// The file of the root key, or another address of it: exec: and a program that MACs with it, or a pkcs11: URI
    #[arg(long, value_name = "ADDRESS", required_unless_present = "root_shares")]
    root: Option<PathBuf>,
    /// The files of enough shares of the root key, in place of --root; with --registry. The key is joined in memory and
    /// written nowhere
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "root", requires = "registry")]
    root_shares: Vec<PathBuf>,
    /// The scope of the key, as purpose/id/epoch: agency/nta/1, insurers/all/1
    #[arg(long)]
    scope: Scope,
    /// The key file to write
    #[arg(long, value_name = "FILE", required_unless_present_any = ["record_only", "into"])]
    out: Option<PathBuf>,
    /// Derive within the token of the root key, to a new key there: pkcs11:token=...;object=LABEL?module-path=...
    #[arg(
        long = "in",
        id = "into",
        value_name = "URI",
        conflicts_with_all = ["out", "record_only", "passphrase_file", "recipient", "plaintext"]
    )]
    into: Option<PathBuf>,
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
    let Some(root) = &args.root else {
        return from_shares(args);
    };
    let address = keys::address(root)?;
    if address.expected.is_some() {
        return Err(Failure::new(
            "--root names the key of a scope, with its tag before the `@`",
            "give the address of the root key alone; --scope says which key is derived",
        ));
    }
    match &address.holder {
        Holder::File(path) => from_file(args, path),
        Holder::Program(program) => from_program(args, program),
        Holder::Token(uri) => from_token(args, uri),
    }
}

fn from_file(args: &DeriveArgs, path: &Path) -> Result<Exit> {
    if args.usage.is_some() || args.record_only || args.into.is_some() {
        return Err(Failure::new(
            "--use, --in and --record-only are for a root key that is not a file",
            "leave them out: a key file says its use, and a key derived from it is written to --out; `fugo key import` brings it \
             into a token",
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

fn from_shares(args: &DeriveArgs) -> Result<Exit> {
    if args.usage.is_some() || args.record_only || args.into.is_some() {
        return Err(Failure::new(
            "--use, --in and --record-only are for a root key that is not shares",
            "leave them out: a share says the use of its key, and a key derived from it is written to --out",
        ));
    }
    let root = join(&args.root_shares, &mut args.unlock.opener()?)?;
    let file = root.derive(&args.scope).unwrap_or_else(|| unreachable!("shares join to a root key"));
    drop(root);
    write(args, &file, &registry_of(args)?)
}

fn from_program(args: &DeriveArgs, program: &Program) -> Result<Exit> {
    if args.into.is_some() {
        return Err(Failure::new(
            "--in derives within a token, and the root key is behind a program",
            "derive to a key file with --out, then bring it into the token with `fugo key import`",
        ));
    }
    let registry = registry_of(args)?;
    let refused = |error| keys::not_given(&program.to_string(), &error);
    let key = mac::scope_key(program, &args.scope).map_err(refused)?;
    let usage = args.usage.map_or(Use::Production, Use::from);
    let file = KeyFile::scope(key, usage);
    file.check(TestKeys::Allow).map_err(|error| refused(error.into()))?;
    write(args, &file, &registry)
}

fn from_token(args: &DeriveArgs, uri: &TokenUri) -> Result<Exit> {
    let registry = registry_of(args)?;
    let token = open(uri)?;
    let root = token.key(uri).map_err(|error| refused(uri, &error))?;
    let usage = root.identity().usage;
    if let Kind::Scope(scope) = root.identity().kind {
        return Err(Failure::new(
            format_args!("{uri} is the key of {scope}; keys are derived from root keys only"),
            "give --root the URI of a root key",
        ));
    }
    if args.usage.is_some_and(|asked| Use::from(asked) != usage) {
        return Err(Failure::new(
            format_args!("{uri} is a {usage} key, and a key that is derived from it is one too"),
            "leave out --use",
        ));
    }
    let Some(into) = &args.into else {
        let key = mac::scope_key(&root, &args.scope).map_err(|error| refused(uri, &error))?;
        let file = KeyFile::scope(key, usage);
        file.check(TestKeys::Allow).map_err(|error| refused(uri, &error.into()))?;
        return write(args, &file, &registry);
    };
    let into = in_token::uri(into, "--in")?;
    if !into.is_same_token(uri) {
        return Err(Failure::new(
            "--in names another token than --root",
            "write the token, the serial number, the slot and the module in both URIs alike: a key is derived within \
             one token",
        ));
    }
    let tag = token.derived_tag(&root, &args.scope).map_err(|error| refused(uri, &error))?;
    record(&registry, &args.scope, tag)?;
    let derived = token.derive_scope(&root, &into, &args.scope, tag).map_err(|error| {
        refused(&into, &error).noting("the registry has the scope already: run the same command again")
    })?;
    notice::say(format_args!("{into}: the {usage} key of {}, tag {}", args.scope, derived.tag));
    Ok(Exit::Clean)
}

/// The registry of a root key that is not a file.
fn registry_of(args: &DeriveArgs) -> Result<Registry> {
    named(args.registry.as_deref())
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

pub(super) fn record(registry: &Registry, scope: &Scope, tag: KeyTag) -> Result<()> {
    registry.record(scope, tag).map(|_| ()).map_err(|error| not_recorded(registry, &error))
}
