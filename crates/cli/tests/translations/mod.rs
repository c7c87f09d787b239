//! Asked rows, rosters, and runs of `fugo translate`.
#![allow(dead_code, reason = "each test file uses its share")]

use std::{
    fmt::Write,
    fs,
    process::{Command, Output, Stdio},
};

use fugo_keystore::{NoteSigner, Seal, SigningKeyFile, Use};

use crate::{
    rosters::{MOJ, MOJ_KEY, NTA, NTA_KEY, scope_key, symbols_of, text},
    sample_keys::{Keys, stderr},
};

/// Writes `roster.csv` with these numbers.
pub(crate) fn roster_of(keys: &Keys, numbers: &[String]) {
    fs::write(keys.at("roster.csv"), format!("my_number\n{}\n", numbers.join("\n"))).expect("written");
}

/// Writes `asked.csv`, keyed by the symbols of a scope. Each row is a number and the bytes after its symbol.
pub(crate) fn asked_of(keys: &Keys, scope: &str, header: &str, rows: &[(impl AsRef<str>, impl AsRef<str>)]) {
    let symbol_of = symbols_of(scope);
    let row = |(number, kept): &(_, _)| {
        format!("{}{}\n", text(scope, &symbol_of(AsRef::<str>::as_ref(number))), AsRef::<str>::as_ref(kept))
    };
    let rows: String = rows.iter().map(|(number, kept)| row(&(number.as_ref(), kept.as_ref()))).collect();
    fs::write(keys.at("asked.csv"), format!("{header}\n{rows}")).expect("written");
}

/// Rows of two columns.
pub(crate) fn standard(numbers: &[String]) -> Vec<(String, String)> {
    numbers.iter().cloned().zip((0..).map(|i| format!(",memo {i},{}", i % 7))).collect()
}

/// `fugo translate` with the roster, and no other arguments than these.
pub(crate) fn bare(keys: &Keys, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fugo"));
    command.current_dir(keys.at("")).args(["translate", "--test-keys", "--roster", "roster.csv"]).args(args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Signing keys of three people, `tanaka.key`, `sato.key` and `suzuki.key`, and `grants.toml`, the policy that names them.
pub(crate) struct Grants<'a>(&'a Keys);

impl<'a> Grants<'a> {
    pub(crate) fn new(keys: &'a Keys) -> Self {
        if keys.at("grants.toml").exists() {
            return Self(keys);
        }
        let mut policy =
            "version = 1\nsignatures = 2\nbreak-glass-signatures = 1\nbreak-glass-hours = 24\n\n[signers]\n".to_owned();
        for name in ["sato", "suzuki", "tanaka"] {
            let key = SigningKeyFile::random(Use::Test).expect("a key");
            key.create(&keys.at(&format!("{name}.key")), &Seal::plaintext()).expect("made");
            key.public().create(&keys.at(&format!("{name}.key.pub"))).expect("made");
            let signer = NoteSigner::new(name, &key.public()).expect("a signer");
            writeln!(policy, "{name} = \"{signer}\"").expect("a string takes any text");
        }
        fs::write(keys.at("grants.toml"), policy).expect("written");
        Self(keys)
    }

    fn run(&self, args: &[&str]) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fugo"));
        let output = command.current_dir(self.0.at("")).arg("grant").args(args).output().expect("the tool runs");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }

    /// Writes a grant from `agency/nta/1` to `agency/moj/1`, unless these options say otherwise.
    pub(crate) fn write(&self, out: &str, more: &[&str]) {
        let standard = [
            ("--id", "2026-0001"),
            ("--inquirer", "年金機構"),
            ("--provider", "国税庁"),
            ("--from", NTA),
            ("--to", MOJ),
            ("--items", "所得"),
            ("--legal-basis", "番号法 19条8号"),
            ("--purpose", "免除の審査"),
            ("--not-before", "2026-11-01T00:00:00Z"),
            ("--not-after", "2099-12-31T23:59:59Z"),
            ("--most-people", "1000"),
        ];
        let value = |name: &str, standard: &str| {
            more.iter().position(|found| *found == name).map_or(standard, |at| more[at + 1]).to_owned()
        };
        let mut args = vec!["new".to_owned(), "--out".to_owned(), out.to_owned()];
        for (name, standard) in standard {
            args.extend([name.to_owned(), value(name, standard)]);
        }
        for (name, scope) in [("--from-tag", value("--from", NTA)), ("--to-tag", value("--to", MOJ))] {
            let tag = scope_key(&scope).tag().to_string();
            args.extend([name.to_owned(), value(name, &tag)]);
        }
        args.extend(more.iter().filter(|name| **name == "--break-glass").map(|name| (*name).to_owned()));
        self.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
    }

    pub(crate) fn sign(&self, file: &str, name: &str, out: &str) {
        self.sign_as(file, name, name, out);
    }

    pub(crate) fn sign_as(&self, file: &str, key: &str, name: &str, out: &str) {
        self.run(&["sign", file, "--test-keys", "--key", &format!("{key}.key"), "--name", name, "--out", out]);
    }

    /// Writes a grant that two people have signed.
    pub(crate) fn signed(&self, out: &str, more: &[&str]) {
        let [none, one] = ["none", "one"].map(|step| format!("{out}.{step}"));
        self.write(&none, more);
        self.sign(&none, "tanaka", &one);
        self.sign(&one, "sato", out);
    }
}

/// The scope of the symbols by which the record names people, and the arguments of a run that is recorded.
pub(crate) const PEOPLE: &str = "portal/record/1";
pub(crate) const RECORD: [&str; 6] =
    ["--record", "record", "--record-key", "portal-record-1.key", "--record-signing-key", "record.key"];

/// Makes the directory `record`, an empty record, its keys, and `trust.toml`, if it is not there.
pub(crate) fn record_of(keys: &Keys) {
    if keys.at("record").exists() {
        return;
    }
    keys.scope(PEOPLE);
    let key = SigningKeyFile::random(Use::Test).expect("a key");
    key.create(&keys.at("record.key"), &Seal::plaintext()).expect("made");
    let tag = scope_key(PEOPLE).tag().to_string();
    let output = record(
        keys,
        &[
            "init",
            "record",
            "--name",
            "record.test/1",
            "--signing-key",
            "record.key",
            "--people",
            PEOPLE,
            "--people-tag",
            &tag,
        ],
    );
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    fs::copy(keys.at("record/log.toml"), keys.at("trust.toml")).expect("copied");
}

/// Runs `fugo record`.
pub(crate) fn record(keys: &Keys, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fugo"));
    command.current_dir(keys.at("")).arg("record").args(args);
    if ["init", "witness", "signer"].contains(&args[0]) {
        command.arg("--test-keys");
    }
    command.output().expect("the tool runs")
}

/// The scope of a key, by the name that [`Keys::scope`] gives its file.
fn scope_of(key: &str) -> String {
    let name = key.strip_suffix(".key").expect("a key file");
    let (purpose, rest) = name.split_once('-').expect("a purpose");
    let (id, epoch) = rest.rsplit_once('-').expect("an epoch");
    format!("{purpose}/{id}/{epoch}")
}

/// The same, of `asked.csv`, from `agency/nta/1` to `agency/moj/1` unless the arguments name other keys.
pub(crate) fn command(keys: &Keys, args: &[&str]) -> Command {
    let has = |name: &str| args.contains(&name);
    let mut all = Vec::new();
    if !["asked.csv", "asked.parquet", "asked.arrow"].into_iter().any(has) {
        all.push("asked.csv");
    }
    let grant;
    if !has("--grant") {
        let option = |name: &str, standard| {
            args.iter().position(|found| *found == name).map_or(standard, |at: usize| args[at + 1])
        };
        let (from, to) = (scope_of(option("--from-key", NTA_KEY)), scope_of(option("--to-key", MOJ_KEY)));
        grant = format!("{}-to-{}.note", from.replace('/', "-"), to.replace('/', "-"));
        if !keys.at(&grant).exists() {
            let more = ["--from", &from, "--to", &to, "--most-people", "1000000"];
            Grants::new(keys).signed(&grant, &more);
        }
        all.extend(["--grant", &grant, "--grant-policy", "grants.toml"]);
    }
    if !has("--record") {
        record_of(keys);
        all.extend(RECORD);
    }
    if !has("--from-key") {
        all.extend(["--from-key", NTA_KEY, "--to-key", "agency-moj-1.key", "--out", "moj.csv"]);
    }
    all.extend(args);
    bare(keys, &all)
}

/// The same, with the roster from a pipe.
pub(crate) fn piped(command: &mut Command) -> &mut Command {
    let args: Vec<_> =
        command.get_args().map(|arg| if arg == "roster.csv" { "-".into() } else { arg.to_owned() }).collect();
    let folder = command.get_current_dir().expect("a folder").to_owned();
    *command = Command::new(env!("CARGO_BIN_EXE_fugo"));
    command.current_dir(folder).args(args).stdout(Stdio::piped()).stderr(Stdio::piped())
}

/// Runs it.
pub(crate) fn translate(keys: &Keys, args: &[&str]) -> Output {
    command(keys, args).output().expect("the tool runs")
}

/// The two lines of a refusal.
pub(crate) fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let lines = stderr(output).lines().filter(|line| !line.contains("is a test key"));
    // The phases of a run that was stopped are lines too.
    let said: Vec<&str> = lines
        .skip_while(|line| !line.contains(": ") || line.starts_with("fugo: reading") || line.starts_with("fugo: sort"))
        .collect();
    said.join("\n")
}
