//! Keys of the specification's known answer, in a folder of their own.
#![allow(dead_code, reason = "each test file uses its share")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use assert_cmd::Command;
use fugo::{RootKey, Scope};
use fugo_keystore::{KeyFile, Seal, Use};

/// The number of the known answer.
pub(crate) const NUMBER: &str = "123456789018";
/// The symbol of this number under `agency/nta/1`.
pub(crate) const SYMBOL: &str = "aca8b7a2ad979b290c590b2464183640";
/// The text form of this symbol.
pub(crate) const TEXT: &str = "kikan10skt9gdv4zm69tvhnv5sckgty3jpsdjq9rhe7v";
/// The root key.
pub(crate) const ROOT_HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
/// The key of `agency/nta/1`.
pub(crate) const NTA_HEX: &str = "753e614d2f63180152f30488c967fb46ad0876995bd711b1c5df6448234540c0";

/// The tool, ready for arguments.
pub(crate) fn fugo(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fugo"));
    command.args(args);
    command
}

/// Runs the tool with this on standard input.
pub(crate) fn answer(args: &[&str], input: impl Into<Vec<u8>>) -> Output {
    fugo(args).write_stdin(input).output().expect("the tool runs")
}

/// Standard output as text.
pub(crate) fn stdout(output: &Output) -> &str {
    str::from_utf8(&output.stdout).expect("text")
}

/// Standard error as text.
pub(crate) fn stderr(output: &Output) -> &str {
    str::from_utf8(&output.stderr).expect("text")
}

/// A folder that is removed when it is dropped.
pub(crate) struct Keys(tempfile::TempDir);

impl Keys {
    /// An empty folder.
    pub(crate) fn none() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// The test root key, in plaintext, as `root.key`.
    pub(crate) fn root() -> Self {
        let keys = Self::none();
        root(Use::Test).create(&keys.at("root.key"), &Seal::plaintext()).expect("made");
        keys
    }

    /// A path in the folder.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The same as text, for an argument.
    pub(crate) fn arg(&self, name: &str) -> String {
        self.at(name).to_str().expect("text").to_owned()
    }

    /// Makes the key of a scope, in plaintext, and gives its path.
    pub(crate) fn scope(&self, scope: &str) -> String {
        let name = format!("{}.key", scope.replace('/', "-"));
        let scope: Scope = scope.parse().expect("a scope");
        let file = root(Use::Test).derive(&scope).expect("from a root");
        file.create(&self.at(&name), &Seal::plaintext()).expect("made");
        self.arg(&name)
    }

    /// Makes an X25519 identity file; gives its path and the recipient.
    pub(crate) fn identity(&self) -> (String, String) {
        use age::secrecy::ExposeSecret;
        let identity = age::x25519::Identity::generate();
        let path = self.file("identity", identity.to_string().expose_secret(), 0o600);
        (path, identity.to_public().to_string())
    }

    /// Writes a file of these permissions and gives its path.
    pub(crate) fn file(&self, name: &str, text: &str, mode: u32) -> String {
        fs::write(self.at(name), text).expect("written");
        set_mode(&self.at(name), mode);
        self.arg(name)
    }

    /// The names of the files in the folder, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let files = fs::read_dir(self.0.path()).expect("a folder");
        let mut names: Vec<String> =
            files.map(|file| file.expect("a file").file_name().into_string().expect("text")).collect();
        names.sort();
        names
    }
}

/// The root key of the known answer; or another for production, because a published key cannot be used for it.
pub(crate) fn root(usage: Use) -> KeyFile {
    let step = if usage == Use::Production { 59u32 } else { 1 };
    let bytes: Vec<u8> = (0..32u32).map(|i| (i * step + i * i * (step / 2)) as u8).collect();
    KeyFile::root(RootKey::from_bytes(bytes[..].try_into().expect("32 bytes")), usage)
}

#[cfg(unix)]
pub(crate) fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
}

#[cfg(not(unix))]
pub(crate) fn set_mode(_path: &Path, _mode: u32) {}
