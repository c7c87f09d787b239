//! Conversions that are ready to be delivered, and deliveries of them.
#![allow(dead_code, reason = "each test file uses its share")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::{
    rosters::{MOJ, MOJ_KEY, NTA, NTA_KEY, convert, keys_of, numbers},
    sample_keys::{Keys, stderr},
};

/// The folder of a delivery to `agency/nta/1` with serial 1, in `outbox`.
pub(crate) const NTA_1: &str = "outbox/agency-nta-1-1";
/// The sealed file in it.
pub(crate) const SEALED: &str = "outbox/agency-nta-1-1/agency-nta-1-1.tar.age";
/// The signed manifest in it.
pub(crate) const MANIFEST: &str = "outbox/agency-nta-1-1/agency-nta-1-1.manifest.json";

/// People of the roster.
pub(crate) const PEOPLE: usize = 1_200;

/// A folder in which a roster of some people and two rejects was converted for two organisations and audited, with a
/// signing key, the identities `nta.identity` and `moj.identity`, a list of recipients, and the folders `outbox` and
/// `inbox`.
pub(crate) struct Issuer {
    pub(crate) keys: Keys,
    pub(crate) nta: String,
    pub(crate) moj: String,
}

impl Issuer {
    pub(crate) fn new() -> Self {
        let keys = keys_of(&[NTA, MOJ]);
        let numbers = numbers(PEOPLE as u64);
        let rows =
            numbers.iter().enumerate().map(|(i, number)| format!("{number},{}\n", i % 7)).collect::<Vec<_>>().concat();
        keys.file("roster.csv", &format!("my_number,group\n{rows}12345,1\n{},2\n", "9".repeat(12)), 0o600);
        let args = "roster.csv --key ? --out nta.csv --key ?? --out moj.csv --keep group --report report.json";
        let args: Vec<&str> = args
            .split(' ')
            .map(|arg| match arg {
                "?" => NTA_KEY,
                "??" => MOJ_KEY,
                arg => arg,
            })
            .collect();
        let converted = convert(&keys, &args);
        assert_eq!(converted.status.code(), Some(1), "{}", stderr(&converted));
        let recipient = |name: &str| {
            let (path, recipient) = keys.identity();
            fs::rename(path, keys.at(name)).expect("renamed");
            recipient
        };
        let (nta, moj) = (recipient("nta.identity"), recipient("moj.identity"));
        keys.file("recipients.csv", &format!("scope,recipient\n{NTA},{nta}\n{MOJ},{moj}\n"), 0o644);
        for folder in ["outbox", "inbox"] {
            fs::create_dir(keys.at(folder)).expect("made");
        }
        let issuer = Self { keys, nta, moj };
        let made = issuer.run("key signing --plaintext --out sign.key");
        assert_eq!(made.status.code(), Some(0), "{}", stderr(&made));
        let audited = issuer.run("audit nta.csv moj.csv --json");
        assert_eq!(audited.status.code(), Some(0), "{audited:?}");
        issuer.keys.file("audit.json", str::from_utf8(&audited.stdout).expect("text"), 0o600);
        issuer
    }

    /// Runs the tool in the folder.
    pub(crate) fn run(&self, args: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fugo"));
        command.current_dir(self.keys.at("")).args(args.split(' ')).stdin(Stdio::null());
        command.output().expect("the tool runs")
    }

    /// Delivers with the signing key, the report, the audit and the list of recipients, unless `args` name others.
    pub(crate) fn deliver(&self, args: &str) -> Output {
        let mut command = format!("deliver --test-keys {args}");
        let or = |command: &mut String, named: &[&str], default: &str| {
            if !named.iter().any(|name| args.contains(name)) {
                command.push_str(default);
            }
        };
        or(&mut command, &["--out-dir"], " --out-dir outbox");
        or(&mut command, &["--signing-key"], " --signing-key sign.key");
        or(&mut command, &["--report", "--scope"], " --report report.json");
        or(&mut command, &["--audit-report", "--without-audit"], " --audit-report audit.json");
        or(&mut command, &["--recipient"], " --recipients recipients.csv");
        self.run(&command)
    }

    /// Receives as the first organisation, unless `args` name another identity or public key.
    pub(crate) fn receive(&self, args: &str) -> Output {
        let mut command = format!("receive --test-keys --out-dir inbox {args}");
        if !args.contains("--identity") && !args.contains("--opened") {
            command.push_str(" --identity nta.identity");
        }
        if !args.contains("--signer") {
            command.push_str(" --signer sign.key.pub");
        }
        self.run(&command)
    }

    /// Delivers the first organisation's file with serial 1.
    pub(crate) fn delivered() -> Self {
        let issuer = Self::new();
        let output = issuer.deliver("nta.csv --serial 1");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        issuer
    }

    /// The names in a folder, in order.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        names(&self.keys.at(folder))
    }

    /// The statement that the signed manifest at a path holds.
    pub(crate) fn statement(&self, path: &str) -> Value {
        let envelope: Value = serde_json::from_slice(&fs::read(self.keys.at(path)).expect("there")).expect("JSON");
        let payload = envelope["payload"].as_str().expect("a payload");
        serde_json::from_slice(&data_encoding::BASE64.decode(payload.as_bytes()).expect("base64")).expect("JSON")
    }

    /// What is sealed in a file, as `age` decrypts it.
    pub(crate) fn decrypted(&self, sealed: &str, identity: &str) -> Vec<u8> {
        let text = fs::read_to_string(self.keys.at(identity)).expect("there");
        let identity: age::x25519::Identity = text.trim().parse().expect("an identity");
        age::decrypt(&identity, &fs::read(self.keys.at(sealed)).expect("there")).expect("decrypted")
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text")).collect();
    names.sort();
    names
}

/// The files of an archive, by name.
pub(crate) type Files = Vec<(PathBuf, Vec<u8>)>;

/// The files of an archive.
pub(crate) fn unpacked(archive: &[u8]) -> Files {
    let mut archive = tar::Archive::new(archive);
    let entries = archive.entries().expect("an archive").map(|entry| {
        let mut entry = entry.expect("an entry");
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).expect("read");
        (entry.path().expect("a path").into_owned(), bytes)
    });
    entries.collect()
}

/// An archive of these files.
pub(crate) fn packed(files: &[(PathBuf, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_path(path).expect("a path");
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        archive.append(&header, &bytes[..]).expect("written");
    }
    archive.into_inner().expect("ended")
}

/// The tool refused, with a message that has this text.
pub(crate) fn is_refused(output: &Output, reason: &str) {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(output).contains(reason), "{} does not say: {reason}", stderr(output));
}
