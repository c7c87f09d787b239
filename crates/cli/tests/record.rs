//! `fugo record`: what was translated is recorded, and whoever alters, hides or forgets it is found.

mod rosters;
mod sample_keys;
mod translations;

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::Output,
};

use fugo_keystore::{NoteSigner, Seal, SigningKeyFile, Use};
use rosters::{MOJ, NTA, keys_of, numbers, read, symbols_of, text};
use sample_keys::{Keys, stderr, stdout};
use serde_json::Value;
use translations::{Grants, PEOPLE, asked_of, command, record, record_of, refused, roster_of, standard, translate};

/// A record with an entry for each of these shares of 300 people: `(from, to)`.
fn recorded(shares: &[(usize, usize)]) -> (Keys, Vec<String>) {
    let (keys, people) = (keys_of(&[NTA, MOJ]), numbers(300));
    roster_of(&keys, &people);
    record_of(&keys);
    for (nth, (from, to)) in shares.iter().enumerate() {
        asked_of(&keys, NTA, "symbol,memo,more", &standard(&people[*from..*to]));
        let out = format!("out{nth}.csv");
        let output =
            translate(&keys, &["--from-key", "agency-nta-1.key", "--to-key", "agency-moj-1.key", "--out", &out]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(stderr(&output).contains(&format!("recorded as entry {nth} of record.test/1")), "{}", stderr(&output));
    }
    (keys, people)
}

fn record_symbol(number: &str) -> String {
    text(PEOPLE, &symbols_of(PEOPLE)(number))
}

fn verify(keys: &Keys, more: &[&str]) -> Output {
    record(keys, &[&["verify", "record", "--trust", "trust.toml"], more].concat())
}

fn extract(keys: &Keys, people: &[&String], out: &str, more: &[&str]) -> Output {
    let symbols: String = people.iter().map(|number| record_symbol(number) + "\n").collect();
    fs::write(keys.at("symbols.txt"), symbols).expect("written");
    let args = ["extract", "record", "--trust", "trust.toml", "--symbols", "symbols.txt", "--out", out];
    record(keys, &[&args, more].concat())
}

fn json(keys: &Keys, out: &str, number: &str) -> Value {
    let path = format!("{out}/{}.extract.json", record_symbol(number));
    serde_json::from_slice(&read(keys, &path)).expect("JSON")
}

fn succeeds(output: &Output) -> &str {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    stdout(output)
}

/// A key of a witness, `NAME.key`, and its line in `trust.toml`.
fn witness(keys: &Keys, name: &str) {
    let key = SigningKeyFile::random(Use::Test).expect("a key");
    key.create(&keys.at(&format!("{name}.key")), &Seal::plaintext()).expect("made");
    key.public().create(&keys.at(&format!("{name}.key.pub"))).expect("made");
    let line = record(keys, &["signer", &format!("{name}.key.pub"), "--name", name]);
    let expected = NoteSigner::witness(name, &key.public()).expect("a witness").to_string();
    assert_eq!(succeeds(&line), format!("\"{name}\" = \"{expected}\"\n"));
    let trust = fs::read_to_string(keys.at("trust.toml")).expect("text") + stdout(&line);
    fs::write(keys.at("trust.toml"), trust.replace("witnesses-needed = 0", "witnesses-needed = 1")).expect("written");
}

/// The witness sees the record as it is, and signs it to `cosigned`.
fn sees(keys: &Keys, old: u64, more: &[&str]) -> Output {
    let old = old.to_string();
    let request = record(keys, &["request", "record", "--old", &old, "--out", "request"]);
    if request.status.code() != Some(0) {
        return request;
    }
    let args = ["witness", "request", "--trust", "trust.toml", "--state", "ministry.state", "--key", "ministry.key"];
    record(keys, &[&args[..], &["--name", "ministry", "--out", "cosigned"], more].concat())
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let place = to.join(file.strip_prefix(from).expect("within"));
        fs::create_dir_all(place.parent().expect("a folder")).expect("made");
        fs::copy(file, place).expect("copied");
    }
}

#[test]
fn people_find_their_lines_with_proofs_and_nothing_of_anyone_else() {
    let (keys, people) = recorded(&[(0, 100), (50, 150), (0, 1)]);
    let verified = verify(&keys, &["--grant-policy", "grants.toml"]);
    assert!(succeeds(&verified).starts_with("record.test/1: 3 entries, 201 people, root "), "{verified:?}");
    // In the first, in the first two, in the first and the third, in none.
    let asked = [&people[10], &people[60], &people[0], &people[200]];
    let output = extract(&keys, &asked, "extracts", &[]);
    succeeds(&output);
    let said = "4 extracts written to extracts, with 5 lines in all, of a record of 3 entries";
    assert!(stderr(&output).contains(said), "{output:?}");
    let indices = |number: &String| -> Vec<u64> {
        let extract = json(&keys, "extracts", number);
        extract["entries"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|entry| entry["index"].as_u64().expect("a number"))
            .collect()
    };
    assert_eq!(asked.map(indices), [vec![0], vec![0, 1], vec![0, 2], vec![]]);
    assert_eq!(files(&keys.at("extracts")).len(), 8);
    for number in asked {
        let file = format!("extracts/{}.extract.json", record_symbol(number));
        let verified = record(&keys, &["verify-extract", &file, "--trust", "trust.toml"]);
        let text = succeeds(&verified).to_owned();
        // The file says where its proofs are, and what was verified says what that means.
        let written = String::from_utf8(read(&keys, &file.replace(".json", ".txt"))).expect("text");
        let (lines, said) = text.split_once("\n上の各記録が").expect("a last line");
        assert!(said.contains("これがすべてであることと"), "{said}");
        let (same, elsewhere) = written.split_once("\nこの文書だけでは").expect("a last line");
        assert!(lines == same && elsewhere.contains(".extract.json を検証してください"), "{written}");
        assert_eq!(text.contains("情報照会者: 年金機構"), number != asked[3], "{text}");
        // Neither her other symbols nor her number is there, and nobody else's symbol.
        let all = String::from_utf8(read(&keys, &file)).expect("text");
        for other in [NTA, MOJ] {
            assert!(!all.contains(&text_of(other, number)) && !all.contains(number.as_str()));
        }
        for other in people.iter().filter(|other| *other != number) {
            assert!(!all.contains(&record_symbol(other)));
        }
    }
    let again = refused(&extract(&keys, &asked, "extracts", &[]));
    assert!(again.contains("exists already"), "{again}");
}

fn text_of(scope: &str, number: &str) -> String {
    text(scope, &symbols_of(scope)(number))
}

#[test]
fn the_record_holds_no_symbol_of_an_agency_and_no_number_and_its_leaves_are_not_in_the_order_of_the_rows() {
    let (keys, people) = recorded(&[(0, 100)]);
    let all: Vec<u8> = files(&keys.at("record")).iter().flat_map(|file| fs::read(file).expect("read")).collect();
    let is_there = |bytes: &[u8]| all.windows(bytes.len()).any(|found| found == bytes);
    for number in &people[..100] {
        assert!(is_there(&symbols_of(PEOPLE)(number)), "the control: who was asked for is there");
        assert!(!is_there(number.as_bytes()));
        for scope in [NTA, MOJ] {
            assert!(!is_there(&symbols_of(scope)(number)) && !is_there(text_of(scope, number).as_bytes()));
        }
    }
    assert!(!is_there(&symbols_of(PEOPLE)(&people[100])));
    // The order is neither that of the rows nor that of the symbols, whose index would count smaller symbols.
    let leaves = read(&keys, "record/people/000");
    assert_eq!(leaves.len(), 100 * 32 + 16);
    let order: Vec<&[u8]> = leaves[..3_200].chunks(32).map(|leaf| &leaf[..16]).collect();
    let in_rows: Vec<[u8; 16]> = people[..100].iter().map(|number| symbols_of(PEOPLE)(number)).collect();
    assert!(!order.is_sorted() && order != in_rows);
}

#[test]
fn withheld_entries_are_left_out_of_extracts_and_counted() {
    let (keys, people) = recorded(&[(0, 10)]);
    asked_of(&keys, NTA, "symbol,memo,more", &standard(&people[..5]));
    assert_eq!(translate(&keys, &["--withheld", "--inquired-at", "2026-11-28T01:02:03Z"]).status.code(), Some(0));
    succeeds(&extract(&keys, &[&people[0], &people[7]], "extracts", &[]));
    for (number, withheld) in [(&people[0], 1), (&people[7], 0)] {
        let extract = json(&keys, "extracts", number);
        assert_eq!(
            (extract["withheld"].as_u64(), extract["entries"].as_array().map(Vec::len)),
            (Some(withheld), Some(1))
        );
        let text =
            String::from_utf8(read(&keys, &format!("extracts/{}.extract.txt", record_symbol(number)))).expect("text");
        assert_eq!(text.contains("不開示とする記録: 1件"), withheld == 1, "{text}");
    }
    assert!(succeeds(&verify(&keys, &[])).contains("withheld from the people: entry 1\n"));
    let later = refused(&translate(&keys, &["--inquired-at", "2999-01-01T00:00:00Z"]));
    assert!(later.contains("--inquired-at is a time to come"), "{later}");
}

#[test]
fn a_grants_people_are_counted_over_all_runs_also_of_two_runs_at_once() {
    let (keys, people) = recorded(&[]);
    let grants = Grants::new(&keys);
    grants.signed("small.note", &["--id", "small", "--most-people", "25"]);
    let run = |out: &str, range: std::ops::Range<usize>| {
        let asked = format!("{out}.asked.csv");
        asked_of(&keys, NTA, "symbol,memo,more", &standard(&people[range]));
        fs::rename(keys.at("asked.csv"), keys.at(&asked)).expect("renamed");
        let args = ["--grant", "small.note", "--grant-policy", "grants.toml", "--from-key", "agency-nta-1.key"];
        let mut command = command(&keys, &[&args[..], &["--to-key", "agency-moj-1.key", "--out", out]].concat());
        let all: Vec<_> = command
            .get_args()
            .map(|arg| if arg == "asked.csv" { asked.clone().into() } else { arg.to_owned() })
            .collect();
        command = std::process::Command::new(env!("CARGO_BIN_EXE_fugo"));
        command
            .current_dir(keys.at(""))
            .args(all)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        command
    };
    assert_eq!(run("a.csv", 0..10).output().expect("runs").status.code(), Some(0));
    // Fifteen are left: of two runs of ten at once, one is refused.
    let (mut one, mut other) = (run("b.csv", 10..20), run("c.csv", 20..30));
    let (one, other) = (one.spawn().expect("runs"), other.spawn().expect("runs"));
    let outputs = [one, other].map(|child| child.wait_with_output().expect("it ends"));
    let mut codes = outputs.each_ref().map(|output| output.status.code().expect("a status"));
    codes.sort_unstable();
    assert_eq!(codes, [0, 2], "{outputs:?}");
    let said = outputs.iter().find(|output| output.status.code() == Some(2)).map(refused).expect("one");
    assert!(
        said.contains("the record has 20 people of earlier runs under it: this run has more than are left"),
        "{said}"
    );
    assert_eq!([keys.at("b.csv"), keys.at("c.csv")].iter().filter(|path| path.exists()).count(), 1);
    assert_eq!(run("d.csv", 30..35).output().expect("runs").status.code(), Some(0));
    let spent = refused(&run("e.csv", 40..41).output().expect("runs"));
    assert!(spent.contains("the record has 25 people of earlier runs under it: nobody is left"), "{spent}");
    // Another grant with the id of one that was used.
    grants.signed("other.note", &["--id", "small", "--most-people", "50"]);
    let other =
        refused(&command(&keys, &["--grant", "other.note", "--grant-policy", "grants.toml"]).output().expect("runs"));
    assert!(other.contains("entry 0 of the record is of another grant with the id small"), "{other}");
    assert!(succeeds(&verify(&keys, &["--grant-policy", "grants.toml"])).contains("3 entries, 25 people"));
}

#[test]
fn the_first_five_entries_whose_grants_do_not_count_are_named() {
    let (keys, people) = recorded(&[(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]);
    let policy = String::from_utf8(read(&keys, "grants.toml")).expect("text");
    fs::write(keys.at("strict.toml"), policy.replace("signatures = 2", "signatures = 3")).expect("written");
    let said = |policy: &str| refused(&verify(&keys, &["--grant-policy", policy]));
    let five = said("strict.toml");
    assert!(five.contains("entry 0: ") && five.contains("entry 4: ") && !five.contains("more"), "{five}");
    for nth in 5..7 {
        asked_of(&keys, NTA, "symbol,memo,more", &standard(&people[nth..=nth]));
        let out = format!("out{nth}.csv");
        let args = ["--from-key", "agency-nta-1.key", "--to-key", "agency-moj-1.key", "--out", &out];
        assert_eq!(translate(&keys, &args).status.code(), Some(0));
    }
    let seven = said("strict.toml");
    assert!(seven.contains("entry 4: ") && !seven.contains("entry 5: ") && seven.contains("; and 2 more"), "{seven}");
    succeeds(&verify(&keys, &["--grant-policy", "grants.toml"]));
}

#[test]
fn entries_after_the_checkpoint_that_is_given_are_said_not_to_be_verified() {
    let (keys, people) = recorded(&[(0, 1)]);
    fs::copy(keys.at("record/checkpoint"), keys.at("older")).expect("copied");
    assert!(!succeeds(&verify(&keys, &[])).contains("not verified"));
    for (nth, after) in [(1, "1 entry"), (2, "2 entries")] {
        asked_of(&keys, NTA, "symbol,memo,more", &standard(&people[nth..=nth]));
        let out = format!("out{nth}.csv");
        let args = ["--from-key", "agency-nta-1.key", "--to-key", "agency-moj-1.key", "--out", &out];
        assert_eq!(translate(&keys, &args).status.code(), Some(0));
        let output = verify(&keys, &["--checkpoint", "older"]);
        assert!(succeeds(&output).contains(&format!("not verified: {after} after this checkpoint")), "{output:?}");
        assert!(!succeeds(&verify(&keys, &[])).contains("not verified"));
    }
}

#[test]
fn a_run_that_waits_for_another_one_says_so_once() {
    let (keys, people) = recorded(&[]);
    Grants::new(&keys).signed("usual.note", &[]);
    asked_of(&keys, NTA, "symbol,memo,more", &standard(&people[..1]));
    let lock = fs::File::options().write(true).open(keys.at("record/lock")).expect("there");
    lock.lock().expect("locked");
    let mut run = command(&keys, &["--grant", "usual.note", "--grant-policy", "grants.toml"]).spawn().expect("runs");
    let mut said = BufReader::new(run.stderr.take().expect("a pipe")).lines().map(|line| line.expect("text"));
    let is_waiting = |line: &String| line.contains("waiting: another run is recording");
    assert!(said.any(|line| is_waiting(&line)), "it ended without a wait");
    // Some more turns of its loop.
    std::thread::sleep(std::time::Duration::from_millis(300));
    drop(lock);
    assert_eq!(said.filter(is_waiting).count(), 0);
    succeeds(&run.wait_with_output().expect("it ends"));
}

#[test]
fn no_more_people_and_no_longer_list_than_are_read_are_extracted() {
    use std::io::Write;

    let (keys, _) = recorded(&[(0, 10)]);
    let text_of = |i: u128| text(PEOPLE, &i.to_be_bytes());
    let many: String = (0..100_001).map(|i| text_of(i) + "\n").collect();
    fs::write(keys.at("many.txt"), many).expect("written");
    let args = ["extract", "record", "--trust", "trust.toml", "--out", "extracts", "--symbols"];
    let said = refused(&record(&keys, &[&args[..], &["many.txt"]].concat()));
    assert!(said.contains("there are more than 100,000 symbols"), "{said}");
    // The length of standard input.
    for (len, expected) in [(8 << 20, "line 1: "), ((8 << 20) + 1, "standard input is longer than 8,388,608 bytes")] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_fugo"));
        command.current_dir(keys.at("")).arg("record").args(args).arg("-");
        command.stdin(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let mut child = command.spawn().expect("runs");
        let mut input = child.stdin.take().expect("a pipe");
        input.write_all(&vec![b'x'; len]).expect("read to the end");
        drop(input);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
    assert!(!keys.at("extracts").exists());
}

#[test]
fn every_byte_of_a_record_counts() {
    let (keys, _) = recorded(&[(0, 40), (20, 60), (5, 6)]);
    succeeds(&verify(&keys, &[]));
    let dir = keys.at("record");
    let mut tried = 0;
    // The tiles and bundles before the last are those of older checkpoints, which nobody reads here.
    let read_now: Vec<PathBuf> = files(&dir)
        .into_iter()
        .filter(|file| {
            let name = file.strip_prefix(&dir).expect("within").to_str().expect("text").to_owned();
            !(name == "lock" || name == "log.toml" || name.ends_with(".p/1") || name.ends_with(".p/2"))
        })
        .collect();
    assert_eq!(read_now.len(), 6, "{read_now:?}");
    for file in read_now {
        let bytes = fs::read(&file).expect("read");
        // The order of few people may be theirs under other random bytes too; these are in no proof.
        let end = bytes.len() - if file.starts_with(dir.join("people")) { 16 } else { 0 };
        for at in (0..end).step_by(bytes.len() / 9 + 1).chain([end - 1]) {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            fs::write(&file, altered).expect("written");
            let output = verify(&keys, &[]);
            assert_eq!(output.status.code(), Some(2), "byte {at} of {}", file.display());
            tried += 1;
        }
        fs::write(&file, &bytes[..bytes.len() - 1]).expect("written");
        assert_eq!(verify(&keys, &[]).status.code(), Some(2), "{} was cut", file.display());
        fs::remove_file(&file).expect("removed");
        assert_eq!(verify(&keys, &[]).status.code(), Some(2), "{} was removed", file.display());
        fs::write(&file, bytes).expect("written");
    }
    assert!(tried > 50);
    succeeds(&verify(&keys, &[]));
}

#[test]
fn a_record_that_was_cut_altered_reordered_rolled_back_or_forked_is_named_so() {
    let (keys, people) = recorded(&[(0, 40), (20, 60)]);
    witness(&keys, "ministry");
    let begun = refused(&sees(&keys, 0, &[]));
    assert!(begun.contains("only a new witness begins with --begin"), "{begun}");
    assert_eq!(sees(&keys, 0, &["--begin"]).status.code(), Some(0));
    // Whoever trusts a record only with a witness does not take the record's own checkpoint.
    let unwitnessed = refused(&verify(&keys, &[]));
    assert!(unwitnessed.contains("0 witnesses have signed the checkpoint; 1 must"), "{unwitnessed}");
    succeeds(&verify(&keys, &["--checkpoint", "cosigned"]));
    succeeds(&extract(&keys, &[&people[0]], "witnessed", &["--checkpoint", "cosigned"]));
    copy(&keys.at("record"), &keys.at("last-week"));
    fs::copy(keys.at("cosigned"), keys.at("seen")).expect("copied");

    asked_of(&keys, NTA, "symbol,memo,more", &standard(&people[100..120]));
    assert_eq!(translate(&keys, &[]).status.code(), Some(0));
    let stale = refused(&sees(&keys, 1, &[]));
    assert!(stale.contains("the request is for a witness that has seen 1 entries; this one has seen 2"), "{stale}");
    assert_eq!(sees(&keys, 2, &[]).status.code(), Some(0));
    succeeds(&verify(&keys, &["--checkpoint", "cosigned", "--seen", "seen"]));
    fs::copy(keys.at("cosigned"), keys.at("newest")).expect("copied");
    let trust = fs::read_to_string(keys.at("trust.toml")).expect("text");
    let lax = trust.replace("witnesses-needed = 1", "witnesses-needed = 0");
    fs::write(keys.at("lax.toml"), lax).expect("written");
    let found = |more: &[&str]| refused(&record(&keys, &[&["verify", "record", "--trust", "lax.toml"], more].concat()));

    // Rolled back to last week.
    fs::rename(keys.at("record"), keys.at("true")).expect("renamed");
    copy(&keys.at("last-week"), &keys.at("record"));
    assert!(
        found(&["--seen", "newest"]).contains("rolled back: it has 2 entries, and a checkpoint that was seen has 3")
    );
    assert!(found(&["--checkpoint", "newest"]).contains("rolled back"));
    let witnessed = refused(&sees(&keys, 2, &[]));
    assert!(witnessed.contains("the record was rolled back: it has 2 entries, and had 3"), "{witnessed}");

    // Forked: another third entry.
    asked_of(&keys, NTA, "symbol,memo,more", &standard(&people[200..201]));
    assert_eq!(translate(&keys, &[]).status.code(), Some(0));
    assert!(found(&["--seen", "newest"]).contains("the record was forked: its first 3 entries are not those"));
    let witnessed = refused(&sees(&keys, 3, &[]));
    assert!(witnessed.contains("the record was forked"), "{witnessed}");

    fs::remove_dir_all(keys.at("record")).expect("removed");
    fs::rename(keys.at("true"), keys.at("record")).expect("renamed");
    let bundle = keys.at("record/tile/entries/000.p/3");
    let bytes = fs::read(&bundle).expect("read");
    // Altered: more people than there were.
    let altered = String::from_utf8(bytes[2..].to_vec()).map_err(|_| ()).err();
    assert!(altered.is_none() || bytes.len() > 2);
    let mut other = bytes.clone();
    let at = other.windows(10).position(|found| found == b"asked: 40\n").expect("there");
    other[at + 7] = b'3';
    fs::write(&bundle, other).expect("written");
    assert!(found(&[]).contains("entry 0 was altered"));
    // Reordered: the first two change places.
    let len = |at: usize| usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]])) + 2;
    let (first, second) = (len(0), len(len(0)));
    let reordered = [&bytes[first..first + second], &bytes[..first], &bytes[first + second..]].concat();
    fs::write(&bundle, reordered).expect("written");
    assert!(found(&[]).contains("entry 0 is in the place of entry 1: the record was reordered"));
    // Cut.
    fs::remove_file(&bundle).expect("removed");
    assert!(found(&[]).contains("tile/entries/000.p/3 is missing: the record was cut"));
    fs::write(&bundle, &bytes).expect("written");
    fs::rename(keys.at("record/people/001"), keys.at("hidden")).expect("renamed");
    assert!(found(&[]).contains("people/001 is missing"));
    // A holder who hides an entry hides it from the extracts of everybody, and is noticed there too.
    let hidden = refused(&extract(&keys, &[&people[0]], "hidden-extract", &["--checkpoint", "cosigned"]));
    assert!(hidden.contains("people/001 is missing"), "{hidden}");
    fs::rename(keys.at("hidden"), keys.at("record/people/001")).expect("renamed");
    succeeds(&verify(&keys, &["--checkpoint", "cosigned", "--seen", "seen"]));
}

#[test]
fn an_extract_that_was_altered_is_refused_and_so_is_one_of_somebody_else() {
    let (keys, people) = recorded(&[(0, 40), (20, 60)]);
    succeeds(&extract(&keys, &[&people[30], &people[31]], "extracts", &[]));
    let mine = json(&keys, "extracts", &people[30]);
    let theirs = json(&keys, "extracts", &people[31]);
    let check = |extract: &Value| {
        fs::write(keys.at("altered.json"), extract.to_string()).expect("written");
        record(&keys, &["verify-extract", "altered.json", "--trust", "trust.toml"])
    };
    succeeds(&check(&mine));
    let altered = |change: &dyn Fn(&mut Value)| {
        let mut extract = mine.clone();
        change(&mut extract);
        assert!(extract != mine);
        refused(&check(&extract))
    };
    let text = mine["entries"][0]["entry"].as_str().expect("text").to_owned();
    for (from, to, says) in [
        ("年金機構", "税務署", "entry 0: it is not in the record"),
        ("people: 40", "people: 41", "is not in the record"),
    ] {
        let said = altered(&|extract| extract["entries"][0]["entry"] = text.replace(from, to).into());
        assert!(said.contains(says), "{said}");
    }
    assert!(altered(&|extract| extract["symbol"] = theirs["symbol"].clone()).contains("the person is not in it"));
    assert!(altered(&|extract| extract["entries"][0]["index"] = 1.into()).contains("not an extract"));
    assert!(altered(&|extract| extract["entries"][1]["index"] = 2.into()).contains("it is not in the record"));
    assert!(
        altered(&|extract| extract["entries"][0]["person"]["index"] = 3.into()).contains("the person is not in it")
    );
    assert!(altered(&|extract| extract["entries"][0]["proof"] = serde_json::json!([])).contains("not in the record"));
    assert!(altered(&|extract| extract["fugo_extract"] = 2.into()).contains("not an extract"));
    let checkpoint = mine["checkpoint"].as_str().expect("text").replace("\n2\n", "\n3\n");
    assert!(altered(&|extract| extract["checkpoint"] = checkpoint.clone().into()).contains("not signed by the log"));
}

#[test]
fn what_cannot_be_recorded_is_not_translated() {
    let (keys, people) = recorded(&[(0, 10)]);
    fs::remove_file(keys.at("out0.csv")).expect("removed");
    asked_of(&keys, NTA, "symbol,memo,more", &standard(&people[..10]));
    let with = |name: &str, value: &str| {
        let mut args = translations::RECORD.to_vec();
        let at = args.iter().position(|found| *found == name).expect("an option");
        args[at + 1] = value;
        let said = refused(&command(&keys, &args).output().expect("runs"));
        assert!(!keys.at("moj.csv").exists());
        said
    };
    assert!(with("--record", "nothing").contains("nothing/log.toml"));
    assert!(with("--record-key", "agency-nta-1.key").contains("--record-key is also the key of a scope"));
    keys.scope("portal/other/1");
    assert!(
        with("--record-key", "portal-other-1.key").contains("the people of this record are named by portal/record/1")
    );
    assert!(with("--record-signing-key", "tanaka.key").contains("is not the key of the log record.test/1"));
    // A record that was altered takes no more entries.
    let tile = keys.at("record/tile/0/000.p/1");
    let bytes = fs::read(&tile).expect("read");
    fs::write(&tile, [7; 32]).expect("written");
    assert!(with("--record", "record").contains("entry 0 was altered"));
    fs::write(&tile, bytes).expect("written");
    assert_eq!(translate(&keys, &[]).status.code(), Some(0));
    // What a killed run left behind the end is replaced.
    let before = read(&keys, "record/checkpoint");
    asked_of(&keys, NTA, "symbol,memo,more", &standard(&people[..20]));
    assert_eq!(translate(&keys, &[]).status.code(), Some(0));
    fs::write(keys.at("record/checkpoint"), before).expect("written");
    assert_eq!(translate(&keys, &["--withheld"]).status.code(), Some(0));
    assert!(succeeds(&verify(&keys, &[])).contains("3 entries, 40 people"));
}

#[test]
fn a_record_is_made_once_for_a_scope_of_the_purpose_portal() {
    let keys = keys_of(&[NTA]);
    record_of(&keys);
    let init = |people: &str, dir: &str| {
        let args =
            ["init", dir, "--name", "r", "--signing-key", "record.key", "--people", people, "--people-tag", "00112233"];
        refused(&record(&keys, &args))
    };
    assert!(init(NTA, "other").contains("a record names people by symbols of the purpose portal"));
    assert!(init(PEOPLE, "record").contains("record exists already"));
}

#[test]
fn a_question_may_be_older_than_its_grant_and_a_grant_is_verified_by_the_policy_of_its_day() {
    let (keys, people) = recorded(&[(0, 10)]);
    asked_of(&keys, NTA, "symbol,memo,more", &standard(&people[..5]));
    // The grants of these tests begin on 2026-11-01.
    assert_eq!(translate(&keys, &["--inquired-at", "2026-10-01T00:00:00Z"]).status.code(), Some(0));
    succeeds(&verify(&keys, &["--grant-policy", "grants.toml"]));
    let shown = record(&keys, &["show", "record", "--trust", "trust.toml", "--entry", "1"]);
    let text = succeeds(&shown);
    assert!(text.contains("\ninquired-at: 2026-10-01T00:00:00Z\n") && text.contains("\n\nfugo-grant 1\n"), "{text}");
    let none = refused(&record(&keys, &["show", "record", "--trust", "trust.toml", "--entry", "2"]));
    assert!(none.contains("there is no entry 2"), "{none}");
    // Sato leaves, and the policy changes.
    let policy = fs::read_to_string(keys.at("grants.toml")).expect("text");
    let without = policy.lines().filter(|line| !line.starts_with("sato")).collect::<Vec<_>>().join("\n");
    fs::write(keys.at("today.toml"), without).expect("written");
    let changed = refused(&verify(&keys, &["--grant-policy", "today.toml"]));
    assert!(changed.contains("all entries were read, and these grants do not count: entry 0: 1 of the signers of the policy has signed this grant; 2 must"), "{changed}");
    assert!(changed.contains("; entry 1: 1 of the signers"), "{changed}");
    succeeds(&verify(&keys, &["--grant-policy", "grants.toml", "--grant-policy", "today.toml"]));
    succeeds(&verify(&keys, &["--grant-policy", "today.toml", "--grant-policy", "grants.toml"]));
}

#[test]
fn a_witness_that_log_toml_does_not_name_signs_nothing_and_test_keys_sign_nothing_unless_allowed() {
    let (keys, _) = recorded(&[(0, 10)]);
    witness(&keys, "ministry");
    let output = record(&keys, &["request", "record", "--old", "0", "--out", "request"]);
    succeeds(&output);
    assert!(stderr(&output).contains("request: the growth from 0 entries to 1 entry"), "{output:?}");
    let with = |name: &str, key: &str| {
        let args = ["witness", "request", "--trust", "trust.toml", "--state", "ministry.state", "--begin"];
        let said = refused(&record(&keys, &[&args[..], &["--key", key, "--name", name, "--out", "cosigned"]].concat()));
        assert!(!keys.at("ministry.state").exists() && !keys.at("cosigned").exists());
        said
    };
    assert!(with("ministri", "ministry.key").contains("trust.toml has no witness ministri with this key"));
    assert!(with("ministry", "tanaka.key").contains("trust.toml has no witness ministry with this key"));
    let tool = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_fugo"));
        command.current_dir(keys.at("")).args(args).output().expect("the tool runs")
    };
    for args in [
        &["record", "signer", "ministry.key.pub", "--name", "x"][..],
        &["grant", "signer", "tanaka.key.pub", "--name", "x"],
        &[
            "record",
            "witness",
            "request",
            "--trust",
            "trust.toml",
            "--state",
            "s",
            "--begin",
            "--key",
            "ministry.key",
            "--name",
            "ministry",
            "--out",
            "c",
        ],
        &[
            "record",
            "init",
            "other",
            "--name",
            "x",
            "--signing-key",
            "record.key",
            "--people",
            PEOPLE,
            "--people-tag",
            "00112233",
        ],
    ] {
        let output = tool(args);
        assert!(
            output.status.code() == Some(2) && stderr(&output).contains("this is a test key"),
            "{args:?}: {output:?}"
        );
    }
}

#[test]
fn nothing_but_entries_is_written_into_a_record_and_one_that_went_back_takes_none() {
    let (keys, people) = recorded(&[(0, 10)]);
    record(&keys, &["request", "record", "--old", "0", "--out", "request"]);
    witness(&keys, "ministry");
    let first = read(&keys, "record/checkpoint");
    let args = ["witness", "request", "--trust", "trust.toml", "--state", "state", "--begin", "--key", "ministry.key"];
    let inside = refused(&record(&keys, &[&args[..], &["--name", "ministry", "--out", "record/checkpoint"]].concat()));
    assert!(inside.contains("record/checkpoint is in the directory of a record"), "{inside}");
    for option in ["--report", "--rejects"] {
        let inside = refused(&translate(&keys, &[option, "record/people/list.csv"]));
        assert!(inside.contains("is in the directory of a record"), "{inside}");
    }
    asked_of(&keys, NTA, "symbol,memo,more", &standard(&people[..5]));
    for _ in 0..2 {
        assert_eq!(translate(&keys, &[]).status.code(), Some(0));
    }
    // An old checkpoint is put over the new one, by hand or from a backup.
    let newest = read(&keys, "record/checkpoint");
    fs::write(keys.at("record/checkpoint"), &first).expect("written");
    let output =
        translate(&keys, &["--to-key", "agency-moj-1.key", "--from-key", "agency-nta-1.key", "--out", "again.csv"]);
    let back = refused(&output);
    assert!(back.contains("rolled back: its checkpoint has 1 entries, and there are people of later ones"), "{back}");
    assert!(!keys.at("again.csv").exists() && read(&keys, "record/checkpoint") == first);
    fs::write(keys.at("record/checkpoint"), &newest).expect("written");
    assert_eq!(translate(&keys, &[]).status.code(), Some(0));
    let trust = fs::read_to_string(keys.at("trust.toml")).expect("text");
    fs::write(keys.at("trust.toml"), trust.replace("witnesses-needed = 1", "witnesses-needed = 0")).expect("written");
    assert!(succeeds(&verify(&keys, &[])).contains("4 entries"));
}

#[test]
fn only_signatures_that_count_are_recorded_and_a_policy_can_name_its_record() {
    let (keys, people) = recorded(&[]);
    asked_of(&keys, NTA, "symbol,memo,more", &standard(&people[..5]));
    assert_eq!(translate(&keys, &[]).status.code(), Some(0));
    // Anybody can add a line to a note: here a number as a name.
    let note = "agency-nta-1-to-agency-moj-1.note";
    let padded = fs::read_to_string(keys.at(note)).expect("text") + "\u{2014} 123456789018 AAAAAAAA\n";
    fs::write(keys.at(note), padded).expect("written");
    assert_eq!(translate(&keys, &[]).status.code(), Some(0));
    let all: Vec<u8> = files(&keys.at("record")).iter().flat_map(|file| fs::read(file).expect("read")).collect();
    let is_there = |text: &str| all.windows(text.len()).any(|found| found == text.as_bytes());
    assert!(is_there("\u{2014} tanaka ") && !is_there("123456789018"));
    // The record of the policy, and another with the same keys and another name.
    let named = fs::read_to_string(keys.at("trust.toml")).expect("text");
    let log = named.lines().find(|line| line.starts_with("log = ")).expect("a key").replace("log", "record");
    let policy = fs::read_to_string(keys.at("grants.toml")).expect("text");
    fs::write(keys.at("grants.toml"), policy.replacen("version = 1", &format!("version = 1\n{log}"), 1))
        .expect("written");
    assert_eq!(translate(&keys, &[]).status.code(), Some(0));
    let tag = rosters::scope_key(PEOPLE).tag().to_string();
    let args = [
        "init",
        "throw",
        "--name",
        "other.test",
        "--signing-key",
        "record.key",
        "--people",
        PEOPLE,
        "--people-tag",
        &tag,
    ];
    succeeds(&record(&keys, &args));
    let other = [&["--record", "throw"][..], &translations::RECORD[2..]].concat();
    let said = refused(&command(&keys, &other).output().expect("runs"));
    assert!(said.contains("the policy of grants names the record record.test/1, and --record is other.test"), "{said}");
}

#[test]
fn what_is_not_a_regular_file_or_too_long_is_not_read() {
    let (keys, _) = recorded(&[(0, 10)]);
    for name in ["people/000", "tile/entries/000.p/1", "tile/0/000.p/1"] {
        let path = keys.at("record").join(name);
        let bytes = fs::read(&path).expect("read");
        fs::remove_file(&path).expect("removed");
        let made = std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo runs");
        assert!(made.success());
        assert!(refused(&verify(&keys, &[])).contains("is not a regular file"), "{name}");
        fs::remove_file(&path).expect("removed");
        let long = fs::File::create(&path).expect("made");
        long.set_len(1 << 40).expect("a file with a hole");
        let said = refused(&verify(&keys, &[]));
        assert!(said.contains(" bytes"), "{said}");
        fs::write(&path, bytes).expect("written");
    }
    // A file in the place of a folder, which is not a file that is missing.
    let (folder, aside) = (keys.at("record").join("people"), keys.at("aside"));
    fs::rename(&folder, &aside).expect("moved");
    fs::write(&folder, "").expect("written");
    let said = refused(&verify(&keys, &[]));
    assert!(said.contains("people/000") && !said.contains("was cut"), "{said}");
    fs::remove_file(&folder).expect("removed");
    fs::rename(&aside, &folder).expect("moved back");
    succeeds(&verify(&keys, &[]));
}
