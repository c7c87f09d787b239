//! `fugo receive`: what came is what was signed, or it is refused with its own message.

mod deliveries;
mod rosters;
mod sample_keys;
mod tables;

use std::fs;

use deliveries::{Files, Issuer, MANIFEST, PEOPLE, SEALED, is_refused, packed, unpacked};
use rosters::{NTA_KEY, convert, read};
use sample_keys::{stderr, stdout};

/// Nothing was put in place.
fn is_empty(issuer: &Issuer) {
    assert!(issuer.names("inbox").is_empty(), "{:?}", issuer.names("inbox"));
}

#[test]
fn what_was_delivered_is_received_and_described() {
    let issuer = Issuer::delivered();
    let output = issuer.receive(SEALED);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(issuer.names("inbox"), ["agency-nta-1-1.csv", "agency-nta-1-1.manifest.json"]);
    assert_eq!(read(&issuer.keys, "inbox/agency-nta-1-1.csv"), read(&issuer.keys, "nta.csv"));
    assert_eq!(read(&issuer.keys, "inbox/agency-nta-1-1.manifest.json"), read(&issuer.keys, MANIFEST));
    let tag = rosters::scope_key(rosters::NTA).tag();
    for line in [
        "file        inbox/agency-nta-1-1.csv\n",
        &format!("scope       agency/nta/1, tag {tag}\n"),
        "serial      1 (no earlier one is in the folder)\n",
        "rows        1,200\n",
        "lines       1,201\n",
        "columns     symbol, group\n",
        "policy      none was stated\n",
        "audits      1, of which 0 say that the file links\n",
        "rejected    2 rows of the roster\n",
    ] {
        assert!(stdout(&output).contains(line), "{} has no {line}", stdout(&output));
    }
}

#[test]
fn a_delivery_without_a_report_says_that_rejects_are_not_stated() {
    let issuer = Issuer::new();
    issuer.deliver("nta.csv --serial 1 --scope agency/nta/1 --without-audit");
    let output = issuer.receive(SEALED);
    assert!(stdout(&output).contains("audits      none\n"), "{output:?}");
    assert!(stdout(&output).contains("rejected    not stated\n"), "{output:?}");
}

#[test]
fn tables_are_delivered_and_received_too() {
    for format in tables::FORMATS {
        let issuer = Issuer::new();
        let args = ["roster.csv", "--key", NTA_KEY, "--keep", "group", "--report", "table.json", "--out"];
        let name = format!("table.{format}");
        assert_eq!(convert(&issuer.keys, &[&args[..], &[&name]].concat()).status.code(), Some(1));
        let output = issuer.deliver(&format!("{name} --serial 1 --report table.json --without-audit"));
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let output = issuer.receive(SEALED);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let received = read(&issuer.keys, &format!("inbox/agency-nta-1-1.{format}"));
        assert_eq!(received, read(&issuer.keys, &name));
        assert!(stdout(&output).contains("rows        1,200\n") && !stdout(&output).contains("lines"), "{output:?}");
    }
}

#[test]
fn another_issuers_signature_is_refused_and_named() {
    let issuer = Issuer::delivered();
    issuer.run("key signing --plaintext --out other.key");
    is_refused(&issuer.receive(&format!("{SEALED} --signer other.key.pub")), "the manifest is signed by the key");
    is_refused(&issuer.receive(&format!("{SEALED} --signer sign.key")), "`fugo-public-key` was expected");
    is_empty(&issuer);
}

#[test]
fn an_identity_of_another_recipient_is_refused() {
    let issuer = Issuer::delivered();
    let refused = issuer.receive(&format!("{SEALED} --identity moj.identity"));
    is_refused(&refused, "the delivery is sealed to others");
    is_empty(&issuer);
}

#[test]
fn an_altered_byte_anywhere_in_the_sealed_file_is_found() {
    let issuer = Issuer::delivered();
    let sealed = read(&issuer.keys, SEALED);
    let steps = 60;
    let places = (0..steps).map(|step| step * (sealed.len() - 1) / (steps - 1));
    for at in places {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        fs::write(issuer.keys.at(SEALED), altered).expect("written");
        is_refused(&issuer.receive(SEALED), "is not the file that its manifest names: it was altered or cut");
    }
    for other in [&sealed[..sealed.len() - 1], &[&sealed[..], b"\n"].concat(), b""] {
        fs::write(issuer.keys.at(SEALED), other).expect("written");
        is_refused(&issuer.receive(SEALED), "is not the file that its manifest names: it was altered or cut");
    }
    is_empty(&issuer);
}

// Every byte and every bit of an envelope: `manifest/envelope.rs`.
#[test]
fn an_altered_byte_anywhere_in_the_manifest_is_found() {
    let issuer = Issuer::delivered();
    let manifest = read(&issuer.keys, MANIFEST);
    let mut reasons = [0; 4];
    for at in (0..manifest.len()).step_by(29) {
        let mut altered = manifest.clone();
        altered[at] ^= 1;
        fs::write(issuer.keys.at(MANIFEST), altered).expect("written");
        let output = issuer.receive(SEALED);
        let said = stderr(&output);
        let known =
            ["this is not a signed manifest", "the signature does not fit", "is signed by the key", "outside of"];
        let reason = known.iter().position(|reason| said.contains(reason));
        reasons[reason.unwrap_or_else(|| panic!("byte {at}: {said}"))] += 1;
        assert_eq!(output.status.code(), Some(2), "byte {at}: {said}");
    }
    assert!(reasons[1] > 10, "{reasons:?}");
    is_empty(&issuer);
}

#[test]
fn a_manifest_of_another_file_is_refused_and_names_that_file() {
    let issuer = Issuer::delivered();
    issuer.deliver("nta.csv --serial 2");
    let second = "outbox/agency-nta-1-2/agency-nta-1-2.manifest.json";
    let refused = issuer.receive(&format!("{SEALED} --manifest {second}"));
    is_refused(&refused, "is the manifest of another file: agency-nta-1-2.tar.age");
    is_refused(
        &issuer.receive(&format!("{MANIFEST} --manifest {MANIFEST}")),
        "of another file: agency-nta-1-1.tar.age",
    );
    is_empty(&issuer);
}

#[test]
fn an_exchanged_manifest_under_the_right_name_is_found() {
    let issuer = Issuer::delivered();
    issuer.deliver("nta.csv --serial 2");
    fs::copy(issuer.keys.at("outbox/agency-nta-1-2/agency-nta-1-2.manifest.json"), issuer.keys.at(MANIFEST))
        .expect("copied");
    is_refused(&issuer.receive(SEALED), "is the manifest of another file: agency-nta-1-2.tar.age");
    // The same serial, sealed for others: only the digest tells them apart.
    fs::create_dir(issuer.keys.at("again")).expect("made");
    issuer
        .deliver(&format!("nta.csv --serial 1 --out-dir again --recipient {} --recipient {}", issuer.nta, issuer.moj));
    let again = MANIFEST.replace("outbox", "again");
    fs::copy(issuer.keys.at(&again), issuer.keys.at(MANIFEST)).expect("copied");
    is_refused(&issuer.receive(SEALED), "is not the file that its manifest names");
    is_empty(&issuer);
}

#[test]
fn an_older_delivery_and_the_same_one_again_are_refused() {
    let issuer = Issuer::delivered();
    issuer.deliver("nta.csv --serial 2");
    let second = "outbox/agency-nta-1-2/agency-nta-1-2.tar.age";
    let output = issuer.receive(second);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    is_refused(&issuer.receive(SEALED), "is older than one that came before: the last one in the folder has serial 2");
    is_refused(&issuer.receive(second), "came before: the last one in the folder has serial 2");
    issuer.deliver("nta.csv --serial 9");
    let ninth = "outbox/agency-nta-1-9/agency-nta-1-9.tar.age";
    is_refused(&issuer.receive(&format!("{ninth} --after 9")), "came before: --after names 9");
    let output = issuer.receive(&format!("{ninth} --after 2"));
    assert!(stdout(&output).contains("serial      9 (after 2)\n"), "{output:?}");
    // Another scope has its own serials.
    issuer.deliver("moj.csv --serial 1");
    let moj = "outbox/agency-moj-1-1/agency-moj-1-1.tar.age";
    let output = issuer.receive(&format!("{moj} --identity moj.identity"));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn a_delivery_of_another_scope_is_refused_where_a_scope_is_named() {
    let issuer = Issuer::delivered();
    is_refused(&issuer.receive(&format!("{SEALED} --scope agency/moj/1")), "this is a delivery of agency/nta/1");
    is_empty(&issuer);
}

#[test]
fn a_test_signature_must_be_asked_for() {
    let issuer = Issuer::delivered();
    let args = format!("receive {SEALED} --out-dir inbox --signer sign.key.pub --identity nta.identity");
    is_refused(&issuer.run(&args), "this is a test key");
    is_empty(&issuer);
}

#[test]
fn what_age_decrypted_is_received_and_compared_as_well() {
    let issuer = Issuer::delivered();
    let archive = issuer.decrypted(SEALED, "nta.identity");
    let opened = |bytes: &[u8]| {
        fs::write(issuer.keys.at("opened.tar"), bytes).expect("written");
        issuer.receive(&format!("{SEALED} --opened opened.tar"))
    };
    let files = unpacked(&archive);
    let changed = |change: &dyn Fn(&mut Files)| {
        let mut files = files.clone();
        change(&mut files);
        packed(&files)
    };
    // What the other delivery of the same serial has inside is signed too, and names other recipients.
    fs::create_dir(issuer.keys.at("again")).expect("made");
    issuer
        .deliver(&format!("nta.csv --serial 1 --out-dir again --recipient {} --recipient {}", issuer.nta, issuer.moj));
    let other = unpacked(&issuer.decrypted(&SEALED.replace("outbox", "again"), "nta.identity"));
    for (archive, reason) in [
        (changed(&|files| files[0].1[100] ^= 1), "the rows do not have the digest that the manifest states"),
        (changed(&|files| files[1].1 = other[1].1.clone()), "the manifest inside says something else"),
        (changed(&|files| files[1].1[100] ^= 1), "the manifest inside: "),
        (changed(&|files| files[0].0 = "other.csv".into()), "it must be an archive"),
        (changed(&|files| files.swap(0, 1)), "it must be an archive"),
        (changed(&|files| files.push(("more".into(), Vec::new()))), "it must be an archive"),
        (changed(&|files| files.truncate(1)), "it must be an archive"),
        (archive[..2_000].to_vec(), "does not hold a delivery"),
        (read(&issuer.keys, "nta.csv"), "does not hold a delivery"),
    ] {
        is_refused(&opened(&archive), reason);
    }
    is_empty(&issuer);
    let output = opened(&archive);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(rosters::rows_in(&read(&issuer.keys, "inbox/agency-nta-1-1.csv")), PEOPLE);
}

#[test]
fn an_existing_file_is_not_replaced_and_neither_file_comes_alone() {
    let issuer = Issuer::delivered();
    issuer.keys.file("inbox/agency-nta-1-1.csv", "symbol\n", 0o600);
    let refused = issuer.receive(SEALED);
    is_refused(&refused, "deliveries are never replaced");
    assert!(!stderr(&refused).contains("--overwrite"), "this command has no such option");
    assert_eq!(issuer.names("inbox"), ["agency-nta-1-1.csv"]);
    assert_eq!(read(&issuer.keys, "inbox/agency-nta-1-1.csv"), b"symbol\n");
}

#[test]
fn a_receipt_that_was_stopped_between_its_two_files_is_finished_by_the_same_command() {
    let issuer = Issuer::delivered();
    let rows = issuer.keys.at("inbox/agency-nta-1-1.csv");
    fs::copy(issuer.keys.at("nta.csv"), &rows).expect("copied");
    let before = fs::metadata(&rows).expect("there").modified().expect("a time");
    let output = issuer.receive(SEALED);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(issuer.names("inbox"), ["agency-nta-1-1.csv", "agency-nta-1-1.manifest.json"]);
    assert_eq!(fs::metadata(&rows).expect("there").modified().expect("a time"), before, "the rows were written again");
}

#[test]
fn a_pipe_in_place_of_a_file_is_refused_at_once() {
    let issuer = Issuer::delivered();
    let made = std::process::Command::new("mkfifo").arg(issuer.keys.at("pipe")).status().expect("mkfifo runs");
    assert!(made.success());
    is_refused(&issuer.receive(&format!("{SEALED} --manifest pipe")), "pipe is not a regular file");
    is_refused(&issuer.receive(&format!("pipe --manifest {MANIFEST}")), "pipe is not a regular file");
    is_refused(&issuer.receive(&format!("{SEALED} --opened pipe")), "pipe is not a regular file");
    is_refused(&issuer.deliver("nta.csv --serial 2 --audit-report pipe"), "pipe is not a regular file");
    is_empty(&issuer);
}

#[test]
fn the_statement_can_be_printed_for_programs() {
    let issuer = Issuer::delivered();
    let output = issuer.receive(&format!("{SEALED} --json"));
    let printed: serde_json::Value = serde_json::from_str(stdout(&output)).expect("JSON");
    assert_eq!(printed, issuer.statement(MANIFEST));
}
