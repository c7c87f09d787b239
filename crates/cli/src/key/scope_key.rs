//! Makes the key of a scope from a root key: in a key file, in the token of the root key, or nowhere, as a tag in the
//! registry.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};
use fugo::{KeyTag, Scope};
use fugo_keystore::{
    Registry, Use,
    source::{TokenUri, token::Token},
};

use super::{
    in_token::{self, refused},
    root::Root,
};
use crate::{
    failure::{Failure, Result},
    seal::{self, SealArgs},
};

/// Where the new key of a scope goes.
#[derive(Args)]
#[command(group(ArgGroup::new("place").args(["out", "into", "record_only"]).required(true).multiple(true)))]
pub(super) struct ScopeKeyArgs {
    /// The key file to write
    #[arg(long, value_name = "FILE")]
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
    #[command(flatten)]
    seal: SealArgs,
}

/// The key of a scope that was made.
pub(super) struct Made {
    /// The file, the URI, or the registry alone.
    pub(super) place: String,
    pub(super) usage: Use,
    pub(super) tag: KeyTag,
}

impl ScopeKeyArgs {
    /// Refuses places that the bytes of a root key have no need of.
    pub(super) fn check_for_bytes(&self) -> Result<()> {
        if self.record_only || self.into.is_some() {
            return Err(Failure::new(
                "--in and --record-only are for a root key that is not a file or shares",
                "leave them out: a key that is derived from bytes is written to --out; `fugo key import` brings it into \
                 a token",
            ));
        }
        Ok(())
    }

    /// Refuses a place within a token for the key of a program.
    pub(super) fn check_for_program(&self) -> Result<()> {
        if self.into.is_some() {
            return Err(Failure::new(
                "--in derives within a token, and the root key is behind a program",
                "derive to a key file with --out, then bring it into the token with `fugo key import`",
            ));
        }
        Ok(())
    }

    /// The tag of the key of a scope. With --in the key does not leave the token.
    pub(super) fn tag(&self, root: &Root, scope: &Scope) -> Result<KeyTag> {
        match (&self.into, root) {
            (Some(_), Root::Token { token, uri, .. }) => derived_tag(token, uri, scope),
            _ => Ok(root.derive(scope)?.tag()),
        }
    }

    /// Makes the key of a scope. `record` records its tag before there is a key: one whose tag belongs to another scope
    /// must not be handed out. If the place is taken, nothing is recorded. `recorded` names what the registry then has.
    pub(super) fn make(
        &self,
        root: Root,
        registry: &Registry,
        scope: &Scope,
        recorded: &str,
        record: impl FnOnce(KeyTag) -> Result<()>,
    ) -> Result<Made> {
        let not_made = |failure: Failure, what: &str| {
            failure.noting(&format!(
                "no {what} was made, and the registry has {recorded} already: run the same command again"
            ))
        };
        if let (Some(into), Root::Token { token, uri, usage }) = (&self.into, &root) {
            let into = free_place(token, uri, into)?;
            let tag = derived_tag(token, uri, scope)?;
            record(tag)?;
            let root = token.key(uri).map_err(|error| refused(uri, &error))?;
            token.derive_scope(&root, &into, scope, tag).map_err(|error| not_made(refused(&into, &error), "key"))?;
            return Ok(Made { place: into.to_string(), usage: *usage, tag });
        }
        let file = root.derive(scope)?;
        drop(root);
        let (usage, tag) = (file.usage(), file.tag());
        let sealed = self.out.as_ref().map(|out| Ok((out, self.seal.seal(out, usage)?))).transpose()?;
        record(tag)?;
        let Some((out, seal)) = sealed else {
            return Ok(Made { place: registry.path().display().to_string(), usage, tag });
        };
        seal::create(&file, out, &seal).map_err(|failure| not_made(failure, "key file"))?;
        Ok(Made { place: out.display().to_string(), usage, tag })
    }
}

/// The URI of a new key in the token of the root key. The token must not have a key with this label.
fn free_place(token: &Token, root: &TokenUri, into: &Path) -> Result<TokenUri> {
    let into = in_token::uri(into, "--in")?;
    if !into.is_same_token(root) {
        return Err(Failure::new(
            "--in names another token than --root",
            "write the token, the serial number, the slot and the module in both URIs alike: a key is derived within \
             one token",
        ));
    }
    token.check_is_new(&into).map_err(|error| refused(&into, &error))?;
    Ok(into)
}

fn derived_tag(token: &Token, uri: &TokenUri, scope: &Scope) -> Result<KeyTag> {
    token.key(uri).and_then(|root| token.derived_tag(&root, scope)).map_err(|error| refused(uri, &error))
}
