//! `fugo deliver`: each file sealed to its own recipients, with a signed manifest and nothing else.

mod deliveries;
mod rosters;
mod sample_keys;

use std::{
    fs,
    os::unix::fs::MetadataExt,
    process::{Command, Stdio},
};

use deliveries::{Issuer, MANIFEST, NTA_1, PEOPLE, SEALED, is_refused, unpacked};
use rosters::{MOJ, NTA, numbers, read};
use sample_keys::{set_mode, stderr};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

fn sha256(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(bytes))
}

#[test]
fn each_output_goes_sealed_into_a_folder_of_its_own_and_opens_for_its_recipient_alone() {
    let issuer = Issuer::new();
    let output = issuer.deliver("nta.csv moj.csv --serial 1");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(issuer.names("outbox"), ["agency-moj-1-1", "agency-nta-1-1"]);
    for (name, other) in [("nta", "moj"), ("moj", "nta")] {
        let stem = format!("agency-{name}-1-1");
        let folder = format!("outbox/{stem}");
        assert_eq!(issuer.names(&folder), [format!("{stem}.manifest.json"), format!("{stem}.tar.age")]);
        let sealed = format!("{folder}/{stem}.tar.age");
        let files = unpacked(&issuer.decrypted(&sealed, &format!("{name}.identity")));
        let names: Vec<_> = files.iter().map(|(path, _)| path.to_str().expect("text")).collect();
        assert_eq!(names, [format!("{stem}.csv"), format!("{stem}.inner.json")]);
        assert_eq!(files[0].1, read(&issuer.keys, &format!("{name}.csv")));
        let text = fs::read_to_string(issuer.keys.at(&format!("{other}.identity"))).expect("there");
        let identity: age::x25519::Identity = text.trim().parse().expect("an identity");
        let opened = age::decrypt(&identity, &read(&issuer.keys, &sealed));
        assert!(matches!(opened, Err(age::DecryptError::NoMatchingKeys)));
    }
}

#[test]
fn a_manifest_states_what_is_delivered_and_on_what_evidence() {
    let issuer = Issuer::delivered();
    let statement = issuer.statement(MANIFEST);
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    let (rows, sealed) = (read(&issuer.keys, "nta.csv"), read(&issuer.keys, SEALED));
    let subject = |name: &str, bytes: &[u8]| json!({ "name": name, "digest": { "sha256": sha256(bytes) } });
    assert_eq!(
        statement["subject"],
        json!([subject("agency-nta-1-1.csv", &rows), subject("agency-nta-1-1.tar.age", &sealed)])
    );
    let tag = rosters::scope_key(NTA).tag().to_string();
    assert_eq!(
        statement["predicate"],
        json!({
            "fugo": env!("CARGO_PKG_VERSION"),
            "use": "test",
            "scope": NTA,
            "tag": tag,
            "serial": 1,
            "recipients": [issuer.nta],
            "contents": {
                "format": "csv",
                "csv": { "delimiter": ",", "encoding": "utf-8", "lines": PEOPLE + 1 },
                "columns": ["symbol", "group"],
                "symbol_column": "symbol",
                "rows": PEOPLE,
            },
            "policy": null,
            "audits": statement["predicate"]["audits"],
            "rejected_by_reason": { "check-digit": 1, "length": 1 },
        })
    );
    let [audit] = &statement["predicate"]["audits"].as_array().expect("a list")[..] else { panic!("one audit") };
    assert_eq!(audit["links"], false);
    assert!(audit["findings"].is_object() && audit["file_known_by"].is_string(), "{audit}");
    // The manifest inside says the same, and cannot know the sealed file.
    let inner = unpacked(&issuer.decrypted(SEALED, "nta.identity")).remove(1).1;
    fs::write(issuer.keys.at("inner.json"), inner).expect("written");
    let mut expected = statement;
    expected["subject"].as_array_mut().expect("a list").truncate(1);
    assert_eq!(issuer.statement("inner.json"), expected);
}

#[test]
fn a_manifest_holds_no_number_no_symbol_no_path_and_no_time() {
    let issuer = Issuer::delivered();
    let text = issuer.statement(MANIFEST).to_string();
    let symbols = rosters::lines(&issuer.keys, "nta.csv");
    let symbols = symbols.iter().skip(1).map(|line| line.split(',').next().expect("a cell"));
    assert!(symbols.chain(numbers(PEOPLE as u64).iter().map(String::as_str)).all(|value| !text.contains(value)));
    let folder = issuer.keys.arg("");
    assert!(!text.contains(folder.trim_end_matches('/')), "{text}");
    for word in ["\"nta.csv", "roster", "moj", "report", "audit.json", "T00:", "GMT"] {
        assert!(!text.contains(word), "{text} has {word}");
    }
}

#[test]
fn all_times_of_a_delivery_are_the_same_in_every_delivery() {
    let issuer = Issuer::delivered();
    for path in [NTA_1, SEALED, MANIFEST] {
        let file = fs::metadata(issuer.keys.at(path)).expect("there");
        assert_eq!((file.mtime(), file.mtime_nsec()), (315_532_800, 0), "{path}");
    }
    let archive = issuer.decrypted(SEALED, "nta.identity");
    let mut archive = tar::Archive::new(&archive[..]);
    for entry in archive.entries().expect("an archive") {
        let header = entry.expect("an entry").header().clone();
        assert_eq!(
            (header.mtime().expect("a time"), header.uid().expect("a user"), header.gid().expect("a group")),
            (315_532_800, 0, 0)
        );
    }
}

#[test]
fn a_file_that_an_audit_says_links_is_refused_unless_an_option_accepts_it() {
    let issuer = Issuer::new();
    let audit = fs::read_to_string(issuer.keys.at("audit.json")).expect("there");
    let mut audit: Value = serde_json::from_str(&audit).expect("JSON");
    audit["links"] = json!(true);
    issuer.keys.file("linked.json", &audit.to_string(), 0o600);
    let refused = issuer.deliver("nta.csv --serial 1 --audit-report linked.json");
    is_refused(&refused, "linked.json says that nta.csv can be linked");
    assert!(issuer.names("outbox").is_empty());
    let accepted = issuer.deliver("nta.csv --serial 1 --audit-report linked.json --although-linked");
    assert_eq!(accepted.status.code(), Some(0), "{}", stderr(&accepted));
    assert_eq!(issuer.statement(MANIFEST)["predicate"]["audits"][0]["links"], true);
}

#[test]
fn what_an_audit_accepted_is_accepted_again_and_stated() {
    let issuer = Issuer::new();
    let audit = fs::read_to_string(issuer.keys.at("audit.json")).expect("there");
    let mut audit: Value = serde_json::from_str(&audit).expect("JSON");
    let finding =
        |count: u64| json!({"kind": "columns", "weight": "allowed", "count": count, "what": "it", "remedy": "so"});
    audit["findings"] = json!([finding(7), finding(1_200), finding(30)]);
    issuer.keys.file("allowed.json", &audit.to_string(), 0o600);
    let refused = issuer.deliver("nta.csv --serial 1 --audit-report allowed.json");
    is_refused(&refused, "allowed.json accepted findings with --allow: columns");
    let accepted = issuer.deliver("nta.csv --serial 1 --audit-report allowed.json --although-linked");
    assert_eq!(accepted.status.code(), Some(0), "{}", stderr(&accepted));
    assert_eq!(issuer.statement(MANIFEST)["predicate"]["audits"][0]["accepted"], json!({ "columns": 1_200 }));
    let received = issuer.receive(SEALED);
    let text = sample_keys::stdout(&received);
    assert!(text.contains("0 say that the file links; the issuer accepted columns (up to 1,200)\n"), "{text}");
}

#[test]
fn every_two_files_of_a_run_need_an_audit_that_compared_them() {
    let issuer = Issuer::new();
    let audit = fs::read_to_string(issuer.keys.at("audit.json")).expect("there");
    let mut audit: Value = serde_json::from_str(&audit).expect("JSON");
    let digest = audit["files"][1]["sha256"].clone();
    // Each file was compared, and not with the other one.
    for (name, file) in [("first.json", 1), ("second.json", 0)] {
        let mut one = audit.clone();
        one["files"][file]["sha256"] = json!("0".repeat(64));
        issuer.keys.file(name, &one.to_string(), 0o600);
    }
    let both = "nta.csv moj.csv --serial 1 --audit-report first.json --audit-report second.json";
    is_refused(&issuer.deliver(both), "no audit given compares nta.csv and moj.csv");
    // One entry is not two files.
    audit["files"][0]["sha256"] = json!("0".repeat(64));
    audit["files"][1]["sha256"] = digest;
    issuer.keys.file("third.json", &audit.to_string(), 0o600);
    is_refused(
        &issuer.deliver("nta.csv moj.csv --serial 1 --audit-report first.json --audit-report third.json"),
        "no audit given compares",
    );
    assert!(issuer.names("outbox").is_empty());
    let delivered = issuer.deliver("nta.csv moj.csv --serial 1");
    assert_eq!(delivered.status.code(), Some(0), "{}", stderr(&delivered));
}

#[test]
fn an_audit_of_other_files_does_not_count() {
    let issuer = Issuer::new();
    let audit = fs::read_to_string(issuer.keys.at("audit.json")).expect("there");
    let mut audit: Value = serde_json::from_str(&audit).expect("JSON");
    let with = |audit: &Value| issuer.keys.file("other.json", &audit.to_string(), 0o600);
    for file in [0, 1] {
        audit["files"][file]["sha256"] = json!("0".repeat(64));
    }
    with(&audit);
    is_refused(&issuer.deliver("nta.csv --serial 1 --audit-report other.json"), "no audit given is about nta.csv");
    audit["files"][0]["sha256"] = json!(sha256(&read(&issuer.keys, "nta.csv")));
    with(&audit);
    let delivered = issuer.deliver("nta.csv --serial 1 --audit-report other.json");
    assert_eq!(delivered.status.code(), Some(0), "{}", stderr(&delivered));
    assert_eq!(issuer.statement(MANIFEST)["predicate"]["audits"][0]["file_known_by"], "digest");
    // Without digests, the rows and columns must fit.
    for file in [0, 1] {
        audit["files"][file].as_object_mut().expect("a file").remove("sha256");
        audit["files"][file]["rows"] = json!(PEOPLE + 1);
    }
    with(&audit);
    is_refused(&issuer.deliver("nta.csv --serial 2 --audit-report other.json"), "no audit given is about nta.csv");
    is_refused(&issuer.deliver("nta.csv --serial 2 --audit-report report.json"), "is not such a report");
    let without = issuer.deliver("nta.csv --serial 2 --without-audit");
    assert_eq!(without.status.code(), Some(0), "{}", stderr(&without));
}

#[test]
fn a_file_that_was_changed_after_its_conversion_is_refused() {
    let issuer = Issuer::new();
    let mut file = read(&issuer.keys, "nta.csv");
    file.pop();
    fs::write(issuer.keys.at("nta.csv"), file).expect("written");
    is_refused(&issuer.deliver("nta.csv --serial 1 --without-audit"), "no report given has the digest of nta.csv");
    assert!(issuer.names("outbox").is_empty());
}

#[test]
fn a_file_is_never_delivered_under_the_scope_of_another_key() {
    let issuer = Issuer::new();
    let refused = issuer.deliver("nta.csv --serial 1 --scope research/nta/1 --without-audit");
    is_refused(&refused, "nta.csv does not hold symbols of research/nta/1");
    let mut report: Value = serde_json::from_slice(&read(&issuer.keys, "report.json")).expect("JSON");
    report["outputs"][0]["scope"] = json!(MOJ);
    report["outputs"][0]["tag"] = report["outputs"][1]["tag"].clone();
    issuer.keys.file("other.json", &report.to_string(), 0o600);
    is_refused(&issuer.deliver("nta.csv --serial 1 --report other.json"), "does not hold symbols of agency/moj/1");
    // Text forms name their key, so one scope may be given where there is no report.
    let delivered = issuer.deliver("nta.csv --serial 1 --scope agency/nta/1 --without-audit");
    assert_eq!(delivered.status.code(), Some(0), "{}", stderr(&delivered));
}

#[test]
fn a_delivery_is_never_replaced_and_two_files_of_one_scope_need_two_serials() {
    let issuer = Issuer::delivered();
    let before = read(&issuer.keys, SEALED);
    is_refused(&issuer.deliver("nta.csv --serial 1"), "exists already");
    assert_eq!(read(&issuer.keys, SEALED), before);
    fs::copy(issuer.keys.at("nta.csv"), issuer.keys.at("copy.csv")).expect("copied");
    is_refused(&issuer.deliver("nta.csv copy.csv --serial 2"), "two of the files are of one scope");
    assert_eq!(issuer.names("outbox"), ["agency-nta-1-1"]);
}

#[test]
fn a_serial_that_the_recipient_would_refuse_is_refused_here() {
    let issuer = Issuer::delivered();
    let nine = issuer.deliver("nta.csv --serial 9");
    assert_eq!(nine.status.code(), Some(0), "{}", stderr(&nine));
    is_refused(&issuer.deliver("nta.csv --serial 8"), "outbox has a delivery of agency/nta/1 with the serial 9");
    // Another scope has serials of its own, also one whose name begins alike.
    fs::create_dir(issuer.keys.at("outbox/agency-nta-1-1-30")).expect("made");
    for args in ["moj.csv --serial 8", "nta.csv --serial 10"] {
        let delivered = issuer.deliver(args);
        assert_eq!(delivered.status.code(), Some(0), "{}", stderr(&delivered));
    }
    is_refused(&issuer.deliver("nta.csv --serial 11 --out-dir nowhere"), "the directory nowhere does not exist");
}

#[test]
fn a_ledger_takes_the_scope_of_a_file_from_the_report_of_its_conversion() {
    let issuer = Issuer::new();
    fs::create_dir(issuer.keys.at("ledgers")).expect("made");
    assert_eq!(issuer.run("key ledger --plaintext --out ledger.key").status.code(), Some(0));
    let record = |args: &str| {
        issuer.run(&format!("ledger record --ledger ledgers --key ledger.key --test-keys --serial 1 {args}"))
    };
    for (file, ledger) in [("nta.csv", "agency-nta-1.ledger"), ("moj.csv", "agency-moj-1.ledger")] {
        let recorded = record(&format!("{file} --report report.json --shared group"));
        assert_eq!(recorded.status.code(), Some(0), "{}", stderr(&recorded));
        assert!(issuer.names("ledgers").contains(&ledger.to_owned()), "{:?}", issuer.names("ledgers"));
    }
    is_refused(&record("nta.csv"), "does not show the scope of its symbols");
    fs::copy(issuer.keys.at("nta.csv"), issuer.keys.at("copy.csv")).expect("copied");
    issuer.keys.file("nta.csv", "symbol,group\n", 0o600);
    is_refused(&record("nta.csv --report report.json"), "no report given has the digest of nta.csv");
    // The same bytes under another name are the same delivery: its verdict is printed again, and nothing is recorded.
    let ledger = || fs::read(issuer.keys.at("ledgers/agency-nta-1.ledger")).expect("a ledger");
    let before = ledger();
    let again = record("copy.csv --report report.json --shared group --json");
    assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
    let verdict: Value = serde_json::from_slice(&again.stdout).expect("JSON");
    assert_eq!(
        (&verdict["recorded"], &verdict["serial"], &verdict["deliveries"]),
        (&json!(true), &json!(1), &json!(1))
    );
    assert_eq!(verdict["came"], json!(PEOPLE));
    assert!(stderr(&again).contains("serial 1 was recorded before"), "{}", stderr(&again));
    assert_eq!(ledger(), before);
    // One person less is another delivery.
    let all = String::from_utf8(read(&issuer.keys, "copy.csv")).expect("text");
    issuer.keys.file("fewer.csv", &all[..=all.trim_end().rfind('\n').expect("lines")], 0o600);
    is_refused(
        &record("fewer.csv --scope agency/nta/1 --shared group"),
        "the last recorded delivery of agency/nta/1 has serial 1, and other rows or columns than this file",
    );
    is_refused(&issuer.run("ledger judge copy.csv --ledger nowhere --key ledger.key --serial 2"), "does not exist");
}

#[test]
fn a_file_with_numbers_in_a_column_is_refused_whatever_was_audited() {
    let issuer = Issuer::new();
    let file = String::from_utf8(read(&issuer.keys, "nta.csv")).expect("text");
    let with = |value: &dyn Fn(usize) -> String| {
        let lines = file.lines().enumerate();
        let lines = lines.map(|(i, line)| match i {
            0 => format!("{line},code\n"),
            _ => format!("{line},{}\n", value(i)),
        });
        issuer.keys.file("other.csv", &lines.collect::<String>(), 0o600);
        issuer.deliver("other.csv --serial 1 --scope agency/nta/1 --without-audit")
    };
    let numbers = numbers(PEOPLE as u64 + 1);
    is_refused(&with(&|i| numbers[i].clone()), "has MyNumbers in the column `code`");
    let grouped = |i: usize| format!("{}-{}-{}", &numbers[i][..4], &numbers[i][4..8], &numbers[i][8..]);
    is_refused(&with(&grouped), "has MyNumbers in the column `code`");
    // Of other codes of twelve digits, one in ten is a valid number.
    let delivered = with(&|i| format!("{}", 100_000_000_000_u64 + 7_919 * i as u64));
    assert_eq!(delivered.status.code(), Some(0), "{}", stderr(&delivered));
}

#[test]
fn recipients_that_cannot_be_sealed_to_are_refused_by_their_kind() {
    let issuer = Issuer::new();
    for (recipient, reason) in [
        ("age1tagpq1qqqq", "post-quantum recipients"),
        ("age1pq1qqqq", "post-quantum recipients"),
        ("age1yubikey1qqqq", "recipients of plugins"),
        ("ssh-ed25519", "SSH keys"),
        ("nobody", "this is not a recipient"),
    ] {
        is_refused(&issuer.deliver(&format!("nta.csv --serial 1 --recipient {recipient}")), reason);
    }
    let list = |text: &str| issuer.keys.file("list.csv", text, 0o644);
    list(&format!("scope,recipient\n{MOJ},{}\n", issuer.moj));
    is_refused(&issuer.deliver("nta.csv --serial 1 --recipients list.csv"), "names no recipient for agency/nta/1");
    list(&format!("scope,recipient\n{NTA},{}\n{NTA},{}\n", issuer.nta, issuer.nta));
    is_refused(&issuer.deliver("nta.csv --serial 1 --recipients list.csv"), "a recipient is given twice");
    list(&format!("scope,recipient\n{NTA},age1tagpq1qqq\n"));
    is_refused(&issuer.deliver("nta.csv --serial 1 --recipients list.csv"), "list.csv, line 2: post-quantum");
    list(&format!("{NTA},{}\n", issuer.nta));
    is_refused(&issuer.deliver("nta.csv --serial 1 --recipients list.csv"), "the first line must be `scope,recipient`");
    assert!(issuer.names("outbox").is_empty());
}

#[test]
fn a_file_is_sealed_to_a_tagged_recipient_together_with_another() {
    const TAGGED: &str = "age1tag1qt8lw0ual6avlwmwatk888yqnmdamm7xfd0wak53ut6elz5c4swx2yqdj4e";
    let issuer = Issuer::new();
    let output = issuer.deliver(&format!("nta.csv --serial 1 --recipient {TAGGED} --recipient {}", issuer.nta));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(issuer.statement(MANIFEST)["predicate"]["recipients"], json!([TAGGED, issuer.nta]));
    assert_eq!(unpacked(&issuer.decrypted(SEALED, "nta.identity"))[0].1, read(&issuer.keys, "nta.csv"));
}

/// Makes `real.key`, a signing key for production, and `passphrase`, which opens it.
fn make_production_key(issuer: &Issuer) {
    issuer.keys.file("passphrase", "several random words", 0o600);
    let made = issuer.run("key signing --out real.key --passphrase-file passphrase");
    assert_eq!(made.status.code(), Some(0), "{}", stderr(&made));
}

#[test]
fn a_signing_key_is_needed_and_a_test_key_must_be_asked_for() {
    let issuer = Issuer::new();
    let args = "nta.csv --out-dir outbox --report report.json --audit-report audit.json --recipients recipients.csv";
    is_refused(&issuer.run(&format!("deliver {args} --signing-key sign.key")), "this is a test key");
    is_refused(&issuer.deliver("nta.csv --signing-key agency-nta-1.key"), "`fugo-signing-key` was expected");
    is_refused(&issuer.run("key inspect sign.key"), "`fugo-key` was expected");
    make_production_key(&issuer);
    let refused = issuer.deliver("nta.csv --signing-key real.key --passphrase-file passphrase");
    is_refused(&refused, "nta.csv holds symbols of a test key, and the signing key is for production");
}

#[test]
fn a_table_shows_that_a_test_key_made_its_symbols_without_a_report_too() {
    let issuer = Issuer::new();
    let made = issuer.run("convert roster.csv --test-keys --key agency-nta-1.key --out d.parquet");
    assert_eq!(made.status.code(), Some(1), "the roster has rejects: {}", stderr(&made));
    make_production_key(&issuer);
    let refused = issuer
        .deliver("d.parquet --scope agency/nta/1 --without-audit --signing-key real.key --passphrase-file passphrase");
    is_refused(&refused, "d.parquet holds symbols of a test key, and the signing key is for production");
}

#[test]
fn a_scope_keeps_its_key_and_a_key_its_scope_from_one_delivery_to_the_next() {
    let issuer = Issuer::new();
    let output = issuer.deliver("nta.csv moj.csv --serial 1");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let said = "the deliveries of agency/nta/1 before had symbols of the key 7c2cb2a1, and this one of";
    let to = format!("--serial 2 --without-audit --recipient {}", issuer.nta);
    is_refused(&issuer.deliver(&format!("nta.csv --scope agency/mof/1 {to}")), said);
    is_refused(&issuer.deliver("moj.csv --serial 2 --scope agency/nta/1 --without-audit"), said);
    assert_eq!(issuer.names("outbox"), ["agency-moj-1-1", "agency-nta-1-1"]);
    let output = issuer.deliver("nta.csv --serial 2 --scope agency/nta/1 --without-audit");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn the_serial_is_todays_date_unless_another_is_given() {
    let issuer = Issuer::new();
    let today = || {
        let date = Command::new("date").args(["-u", "+%Y%m%d"]).output().expect("a date");
        format!("agency-nta-1-{}", str::from_utf8(&date.stdout).expect("text").trim())
    };
    let before = today();
    let output = issuer.deliver("nta.csv");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let [name] = &issuer.names("outbox")[..] else { panic!("one delivery") };
    assert!([before, today()].contains(name), "{name}");
    for serial in ["0", "-1", "01", "4294967296", "a"] {
        is_refused(&issuer.deliver(&format!("nta.csv --serial={serial}")), "--serial");
    }
}

#[test]
fn a_delivery_that_cannot_be_completed_leaves_nothing() {
    let issuer = Issuer::new();
    let tool = env!("CARGO_BIN_EXE_fugo");
    let args = "nta.csv --serial 1 --out-dir outbox --signing-key sign.key --test-keys --report report.json \
                --audit-report audit.json --recipients recipients.csv";
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("trap '' XFSZ; ulimit -f 8; exec {tool} deliver {args}")]);
    let output = shell.current_dir(issuer.keys.at("")).stdin(Stdio::null()).output().expect("a shell");
    is_refused(&output, "cannot write");
    assert!(issuer.names("outbox").is_empty(), "{:?}", issuer.names("outbox"));
}

#[test]
fn a_killed_delivery_can_be_repeated_and_what_it_left_is_cleared() {
    let issuer = Issuer::new();
    let left = "outbox/.fugo-run-dead";
    fs::create_dir_all(issuer.keys.at(&format!("{left}/folder-1"))).expect("made");
    for (name, text) in [("fugo-run", ""), ("folder-1/a.tar.age", "age-encryption.org/v1\n-> X25519 a\n")] {
        issuer.keys.file(&format!("{left}/{name}"), text, 0o600);
    }
    let output = issuer.deliver("nta.csv --serial 1");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(issuer.names("outbox"), ["agency-nta-1-1"]);
    assert_eq!(issuer.names(NTA_1), ["agency-nta-1-1.manifest.json", "agency-nta-1-1.tar.age"]);
    // A folder with anything else in it is not touched.
    fs::remove_file(issuer.keys.at(MANIFEST)).expect("there");
    is_refused(&issuer.deliver("nta.csv --serial 1"), "exists already");
    assert_eq!(issuer.names(NTA_1), ["agency-nta-1-1.tar.age"]);
}

#[test]
fn a_delivered_file_belongs_to_its_owner_alone() {
    let issuer = Issuer::delivered();
    for path in [SEALED, MANIFEST] {
        assert_eq!(fs::metadata(issuer.keys.at(path)).expect("there").mode() & 0o777, 0o600);
    }
}

#[test]
fn a_pair_of_signing_keys_is_made_once_and_its_public_key_can_be_printed_again() {
    let issuer = Issuer::new();
    let (private, public) = (read(&issuer.keys, "sign.key"), read(&issuer.keys, "sign.key.pub"));
    assert!(private.starts_with(b"fugo-signing-key 1\nuse: test\nkey-id: "));
    let mode = |name: &str| fs::metadata(issuer.keys.at(name)).expect("there").mode() & 0o777;
    assert_eq!((mode("sign.key"), mode("sign.key.pub")), (0o600, 0o644));
    let printed = issuer.run("key public sign.key");
    assert_eq!(printed.stdout, public);
    is_refused(&issuer.run("key signing --plaintext --out sign.key"), "never replaced");
    is_refused(&issuer.run("key signing --plaintext --out other.key --public sign.key.pub"), "never replaced");
    assert_eq!((read(&issuer.keys, "sign.key"), issuer.keys.at("other.key").exists()), (private, false));
    is_refused(&issuer.run("key signing --plaintext --use production --out p.key"), "never kept in plaintext");
    set_mode(&issuer.keys.at("sign.key"), 0o644);
    is_refused(&issuer.run("key public sign.key"), "others can read the key file");
    // Neither is replaced by an output.
    set_mode(&issuer.keys.at("sign.key"), 0o600);
    for name in ["sign.key", "sign.key.pub"] {
        let args = format!("convert --test-keys roster.csv --key agency-nta-1.key --out {name} --overwrite {name}");
        is_refused(&issuer.run(&args), "is a key file");
    }
}

#[test]
fn the_verdict_of_the_ledger_goes_into_the_manifest_and_a_refused_file_is_not_delivered() {
    let issuer = Issuer::new();
    fs::create_dir(issuer.keys.at("ledgers")).expect("made");
    let made = issuer.run("key ledger --plaintext --out ledger.key");
    assert_eq!(made.status.code(), Some(0), "{}", stderr(&made));
    let judge = |verb: &str, serial: u32, least: &str, to: &str| {
        let how = format!("--ledger ledgers --key ledger.key --test-keys --scope {NTA} --serial {serial} --json");
        let judged = issuer.run(&format!("ledger {verb} nta.csv {how}{least}"));
        issuer.keys.file(to, str::from_utf8(&judged.stdout).expect("text"), 0o600);
        judged.status.code()
    };
    assert_eq!(judge("judge", 1, "", "judged.json"), Some(0));
    is_refused(&issuer.deliver("nta.csv --serial 1 --ledger-report judged.json"), "that the ledger did not record");
    assert_eq!(judge("record", 1, "", "ledger.json"), Some(0));
    let output = issuer.deliver("nta.csv --serial 1 --ledger-report ledger.json");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(
        issuer.statement(MANIFEST)["predicate"]["ledger"],
        json!({
            "refused": false, "deliveries": 1, "came": PEOPLE, "gone": 0, "changed": 0, "least": 10, "allowed": 0,
            "people": PEOPLE, "groups": 1, "alone": 0, "in_small_groups": 0,
        })
    );
    let received = issuer.receive(SEALED);
    assert!(
        sample_keys::stdout(&received).contains("ledger      accepted, 0 people are in small groups of one history\n"),
        "{received:?}"
    );
    is_refused(&issuer.deliver("nta.csv --serial 2 --ledger-report ledger.json"), "no verdict given is about nta.csv");
    is_refused(&issuer.deliver("nta.csv --serial 2 --ledger-report audit.json"), "is not such a report");
    assert_eq!(judge("judge", 2, " --least 2000", "refused.json"), Some(1));
    is_refused(&issuer.deliver("nta.csv --serial 2 --ledger-report refused.json"), "the ledger refuses nta.csv");
    assert_eq!(issuer.names("outbox"), ["agency-nta-1-1"]);
    let output = issuer.deliver("nta.csv --serial 2 --ledger-report refused.json --although-linked");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}
