//! Do the committed corpora, and a fixed number of mutations of them, pass every check? This runs on a stable compiler,
//! without libFuzzer.

use std::{collections::BTreeSet, fs, path::PathBuf};

use fugo::{
    MyNumber,
    normalize::{LostZeros, normalize},
    text::decode,
};
use fugo_cli::fuzzing::{self, deliver::Report};
use fugo_fuzz::{TARGETS, archive, ledger, report};
use fugo_keystore::{KeyFile, Note, Registry, SealedKeyFile, Share, Unlock};
use inputs::{corpus, for_each_mutation};

mod inputs;

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut folders: Vec<String> = fs::read_dir(folder)
        .expect("the corpora")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    folders.sort();
    let mut names = TARGETS.map(|target| target.name);
    names.sort_unstable();
    assert_eq!(folders, names);
    for target in &TARGETS {
        assert!(corpus(target).len() >= 5, "{} has seeds", target.name);
    }
}

#[test]
fn every_file_of_every_corpus_passes() {
    for target in &TARGETS {
        for data in corpus(target) {
            (target.check)(&data);
        }
    }
}

#[test]
fn mutations_of_every_file_pass() {
    for target in &TARGETS {
        for_each_mutation(&corpus(target), target.mutations, target.check);
    }
}

/// The checks are meaningful only if inputs of every kind occur.
#[test]
fn the_corpora_and_their_mutations_reach_every_outcome() {
    let mut numbers = BTreeSet::new();
    let mut see_number = |data: &[u8]| {
        numbers.insert(MyNumber::parse(data).map_or_else(|error| error.kind().as_str(), |_| "strict"));
        match std::str::from_utf8(data).map(|text| normalize(text, LostZeros::Restore)) {
            Ok(Ok(normalized)) => numbers.extend(normalized.changes().names()),
            Ok(Err(error)) => drop(numbers.insert(error.kind().as_str())),
            Err(_) => drop(numbers.insert("no UTF-8")),
        }
    };
    let files = corpus(&TARGETS[0]);
    for data in &files {
        see_number(data);
    }
    for_each_mutation(&files, 2_000, see_number);
    let expected = [
        "character",
        "check-digit",
        "empty",
        "full-width",
        "grouping",
        "invisibles",
        "length",
        "never-issued",
        "no UTF-8",
        "non-digit",
        "scientific-notation",
        "separators",
        "strict",
        "trimmed",
        "zeros-restored",
    ];
    assert_eq!(numbers.into_iter().collect::<Vec<_>>(), expected);

    let mut texts = BTreeSet::new();
    for data in corpus(&TARGETS[1]) {
        texts.insert(decode(data).map_or_else(|error| error.kind().as_str(), |decoded| decoded.purpose.name()));
    }
    let expected =
        ["agency", "corrupted", "eligibility", "insurers", "network", "portal", "registry", "research", "unknown-part"];
    assert_eq!(texts.into_iter().collect::<Vec<_>>(), expected);
}

/// Whether a parser accepts these bytes.
type Accepts<'a> = &'a dyn Fn(&[u8]) -> bool;

#[test]
fn every_parser_accepts_files_of_its_corpus_and_refuses_others() {
    let text = |data: &[u8]| std::str::from_utf8(data).map(str::to_owned).unwrap_or_default();
    let halves = |data: &[u8]| {
        let at = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
        (data[..at].to_vec(), data.get(at + 1..).unwrap_or_default().to_vec())
    };
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, data: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, data).expect("written");
        path
    };
    let is_share = |data: &[u8]| {
        let unlock = Unlock::default().with_test_keys();
        SealedKeyFile::from_bytes(data).is_ok_and(|file| Share::unlock(&file, &unlock).is_ok())
    };
    let is_table = |data: &[u8]| {
        let file = fs::File::open(file("table", data)).expect("opened");
        fuzzing::table(file, data.starts_with(b"PAR1"), (1 << 24, 1 << 12), 1 << 11, true)
            .is_ok_and(|table| !table.blocks.is_empty())
    };
    let parsers: [(&str, Accepts<'_>); 17] = [
        ("scope", &|data| text(data).parse::<fugo::Scope>().is_ok()),
        ("key_file", &|data| KeyFile::parse_plaintext(data).is_ok()),
        ("key_file", &|data| fugo_keystore::fuzzing::age_header(data).0 > 0),
        ("share", &is_share),
        ("registry", &|data| Registry::at(file("scopes", data)).scopes().is_ok()),
        ("note", &|data| Note::parse(data).is_ok_and(|note| note.names().next().is_some())),
        ("grant", &|data| {
            let (policy, grant) = halves(data);
            fuzzing::granted(&file("policy", &policy), &file("grant", &grant)).is_ok()
        }),
        ("policy", &|data| fuzzing::coarser(&halves(data).0, &halves(data).1).is_ok()),
        ("manifest", &|data| serde_json::from_slice(data).is_ok_and(|value| fuzzing::manifest(&value).is_some())),
        ("record", &|data| fuzzing::record::entry(data).is_some()),
        ("table", &is_table),
        ("cp932", &|data| fuzzing::cp932(data).0),
        ("lineage", &|data| fuzzing::lineage(&file("lineage", data), 1 << 20).is_ok()),
        ("recipients", &|data| fuzzing::deliver::recipients(&file("recipients", data)).is_ok()),
        ("report", &|data| {
            let is_about = |report| fuzzing::deliver::stated(report, &file("report", data), &report::statement());
            [Report::Convert, Report::Audit, Report::Ledger]
                .map(is_about)
                .iter()
                .any(|about| matches!(about, Ok(Some(_))))
        }),
        ("ledger", &|data| ledger::sealed(data).is_some()),
        ("archive", &|data| archive::rows(data).is_some()),
    ];
    for (name, accepts) in parsers {
        let target = TARGETS.iter().find(|target| target.name == name).expect("a target");
        let files = corpus(target);
        let accepted = files.iter().filter(|data| accepts(data)).count();
        assert!(accepted > 0 && accepted < files.len(), "{name}: {accepted} of {} are accepted", files.len());
    }
}
