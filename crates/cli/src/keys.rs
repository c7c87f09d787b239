//! Loads the scope keys of a command, from files, programs and tokens.

use std::path::{Path, PathBuf};

use clap::Args;
use fugo::ScopeKey;
use fugo_keystore::{
    KeyFileError, TestKeys, Use, VerifyingKeyFile,
    source::{Holder, KeyAddress, ScopeSource, SourceError, TokenError, TokenUri},
};
use secrecy::SecretString;

pub(crate) use crate::unlock::UnlockArgs;
use crate::{
    failure::{Failure, Result},
    interrupt, notice, passphrase,
    unlock::{Opener, not_opened, nothing},
};

/// The key of a scope, and its use.
#[derive(Debug)]
pub(crate) struct LoadedKey {
    pub(crate) key: ScopeKey,
    pub(crate) usage: Use,
}

/// Whether a command accepts test keys.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct TestKeyArgs {
    /// Accept test keys too. Use them with made-up numbers only. Without this option a key file that says `use: test`
    /// is refused
    #[arg(long)]
    test_keys: bool,
}

impl TestKeyArgs {
    /// Reads the file of a public key, and refuses one of use `test` unless such keys are allowed.
    pub(crate) fn public(self, path: &Path) -> Result<VerifyingKeyFile> {
        let key = VerifyingKeyFile::read(path).map_err(|error| not_opened(path, &error))?;
        if key.usage() == Use::Test && !self.test_keys {
            return Err(not_opened(path, &KeyFileError::TestKey));
        }
        Ok(key)
    }

    pub(crate) fn allowed(self) -> TestKeys {
        if self.test_keys { TestKeys::Allow } else { TestKeys::Refuse }
    }
}

/// Loads the scope key of each address, in order, and refuses one that its holder does not show.
pub(crate) fn load_scope_keys(addresses: &[PathBuf], unlock: &UnlockArgs, test: TestKeyArgs) -> Result<Vec<LoadedKey>> {
    let sources = load_scope_sources(addresses, unlock, test)?;
    let bytes = |(source, address): (ScopeSource, &PathBuf)| {
        let usage = source.usage();
        let key = source.into_bytes("this command needs them").map_err(|error| not_given(&shown(address), &error))?;
        Ok(LoadedKey { key, usage })
    };
    sources.into_iter().zip(addresses).map(bytes).collect()
}

/// Opens the source of each address, in order. Refuses root keys, and test keys together with production keys. Test
/// keys need --test-keys, and each gets a warning.
pub(crate) fn load_scope_sources(
    addresses: &[PathBuf],
    unlock: &UnlockArgs,
    test: TestKeyArgs,
) -> Result<Vec<ScopeSource>> {
    // All of them are read before a passphrase or a PIN is asked for.
    let read = addresses.iter().map(|text| address(text)).collect::<Result<Vec<KeyAddress>>>()?;
    let mut opener = unlock.opener(test.allowed())?;
    let mut loaded: Vec<ScopeSource> = Vec::with_capacity(read.len());
    for address in &read {
        let source = open(address, &mut opener, test.allowed())?;
        let usage = source.usage();
        if let Some((first, address_of_first)) = loaded.first().zip(read.first())
            && first.usage() != usage
        {
            return Err(Failure::new(
                format_args!(
                    "test keys and production keys cannot be used together: {address_of_first} has the use {}, \
                     {address} has {usage}",
                    first.usage(),
                ),
                "give keys that all have the same use",
            ));
        }
        if usage == Use::Test {
            notice::warn(format_args!("{address} is a test key; never give it real numbers"));
        }
        loaded.push(source);
    }
    Ok(loaded)
}

/// Reads the address of a key. A text that is refused is not shown: it could hold a PIN.
pub(crate) fn address(text: &Path) -> Result<KeyAddress> {
    KeyAddress::parse(text.as_os_str()).map_err(|error| {
        Failure::new(
            format_args!("the address of a key is not valid: {error}"),
            "give a path, exec: and a program, or a pkcs11: URI; docs/custody.md has examples",
        )
    })
}

/// The files of these addresses. No output may overwrite them.
pub(crate) fn files<'a>(addresses: impl IntoIterator<Item = &'a PathBuf>) -> Vec<PathBuf> {
    let read = addresses.into_iter().filter_map(|text| KeyAddress::parse(text.as_os_str()).ok());
    read.flat_map(|address| address.files().into_iter().map(Path::to_owned).collect::<Vec<_>>()).collect()
}

fn open(address: &KeyAddress, opener: &mut Opener, test_keys: TestKeys) -> Result<ScopeSource> {
    let source = match &address.holder {
        Holder::File(path) => ScopeSource::from_file(opener.open(path)?),
        Holder::Program(_) => {
            interrupt::with_programs(|| ScopeSource::open(address, &nothing(test_keys), &mut ask_pin))?
        }
        Holder::Token(_) => ScopeSource::open(address, &nothing(test_keys), &mut ask_pin),
    };
    source.map_err(|error| not_given(&address.to_string(), &error))
}

/// Asks for the PIN of a token on the terminal.
pub(crate) fn ask_pin(uri: &TokenUri) -> Option<SecretString> {
    let token = uri.token.as_ref().or(uri.serial.as_ref()).map_or("the token", String::as_str);
    passphrase::ask(&format!("PIN of {token}: "), "give pin-source in the URI").ok()
}

/// An address for a message. One that is not valid is not shown.
pub(crate) fn shown(text: &Path) -> String {
    KeyAddress::parse(text.as_os_str()).map_or_else(|_| "the key".to_owned(), |address| address.to_string())
}

/// A source that gives no key. What to do depends on the reason.
pub(crate) fn not_given(address: &str, error: &SourceError) -> Failure {
    if let SourceError::KeyFile(error) = error {
        let is_of_root = matches!(error, KeyFileError::WeakKey) && !address.contains("@exec:");
        if !is_of_root {
            return not_opened(Path::new(address), error);
        }
    }
    let remedy = match error {
        SourceError::IsRoot => {
            "derive the key of a scope first: fugo key derive --root FILE --scope agency/nta/1 --out FILE"
        }
        SourceError::ScopeMissing => "`fugo key derive` records the tag of a scope in the registry and prints it",
        SourceError::WrongTag { .. } | SourceError::WrongScope { .. } => {
            "do not use the key until you know which one it is; the registry of scopes has the tag of each scope"
        }
        SourceError::Token(TokenError::Exists) => {
            "choose another label; `fugo key probe` shows each key with its id, and a key that no registry records ends \
             with `fugo key destroy --not-recorded`"
        }
        SourceError::Token(TokenError::Left { .. }) => {
            "`fugo key probe` shows whether it is there, and `fugo key inspect` with this id in the URI which one it is; if no \
             registry records it, `fugo key destroy --not-recorded` ends it"
        }
        SourceError::Program { .. } => "correct the program, or its settings after exec:; no output was changed",
        _ => "docs/custody.md says what each source can do; no output was changed",
    };
    Failure::new(format_args!("{address}: {error}"), remedy)
}
