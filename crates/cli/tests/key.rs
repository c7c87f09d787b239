//! `fugo key`: one test per behaviour.

mod sample_keys;

use std::{fs, process::Output};

use fugo_keystore::{Seal, Use};
use sample_keys::{Keys, NTA_HEX, answer, root, set_mode, stderr, stdout};

fn key(args: &[&str]) -> Output {
    answer(&[&["key"], args].concat(), "")
}

fn derive(keys: &Keys, scope: &str, out: &str, more: &[&str]) -> Output {
    let (root, out) = (keys.arg("root.key"), keys.arg(out));
    key(&[&["derive", "--root", &root, "--scope", scope, "--out", &out], more].concat())
}

fn is_refused(output: &Output, reason: &str) {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(output).contains(reason), "{} does not say: {reason}", stderr(output));
    assert_eq!(stdout(output), "");
}

#[test]
fn a_plaintext_key_is_a_test_key_and_says_so_loudly() {
    let keys = Keys::none();
    let made = key(&["new", "--out", &keys.arg("root.key"), "--plaintext"]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    assert!(stderr(&made).contains("warning: ") && stderr(&made).contains("NOT ENCRYPTED"));
    let shown = key(&["inspect", &keys.arg("root.key")]);
    assert!(stdout(&shown).starts_with("kind: root\nuse: test\ntag: "), "{shown:?}");
    assert_eq!(stdout(&shown).lines().count(), 3);
}

#[test]
fn a_production_key_in_plaintext_is_refused() {
    let keys = Keys::none();
    let refused = key(&["new", "--out", &keys.arg("root.key"), "--plaintext", "--use", "production"]);
    is_refused(&refused, "never kept in plaintext");
    assert!(keys.names().is_empty());
}

#[test]
fn each_new_key_is_another_one() {
    let keys = Keys::none();
    for name in ["a", "b"] {
        key(&["new", "--out", &keys.arg(name), "--plaintext"]);
    }
    assert_ne!(fs::read(keys.at("a")).expect("made"), fs::read(keys.at("b")).expect("made"));
}

#[test]
fn a_key_file_is_never_replaced() {
    let keys = Keys::root();
    let before = fs::read(keys.at("root.key")).expect("made");
    is_refused(&key(&["new", "--out", &keys.arg("root.key"), "--plaintext"]), "never replaced");
    is_refused(&derive(&keys, "agency/nta/1", "root.key", &["--plaintext"]), "never replaced");
    assert_eq!(fs::read(keys.at("root.key")).expect("kept"), before);
}

#[test]
fn a_derived_key_is_the_known_one_and_is_recorded_beside_its_root() {
    let keys = Keys::root();
    let made = derive(&keys, "agency/nta/1", "nta.key", &["--plaintext"]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    assert!(fs::read_to_string(keys.at("nta.key")).expect("made").contains(NTA_HEX));
    let recorded = fs::read_to_string(keys.at("root.key.scopes")).expect("recorded");
    assert_eq!(recorded, "purpose,scope,epoch,tag,valid-from,accept-until,destroyed\nagency,nta,1,7c2cb2a1,,,\n");
    let shown = key(&["inspect", &keys.arg("nta.key")]);
    assert_eq!(stdout(&shown), "kind: scope\npurpose: agency\nscope: nta\nepoch: 1\nuse: test\ntag: 7c2cb2a1\n");
}

#[test]
fn a_key_that_cannot_be_written_leaves_its_scope_recorded_and_says_so() {
    let keys = Keys::root();
    let refused = derive(&keys, "agency/nta/1", "missing/nta.key", &["--plaintext"]);
    is_refused(&refused, "no key file was made, and the registry has the scope already: run the same command again");
    let registry = fs::read_to_string(keys.at("root.key.scopes")).expect("made");
    assert!(registry.contains("agency,nta,1,"), "{registry}");
    assert_eq!(derive(&keys, "agency/nta/1", "nta.key", &["--plaintext"]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(keys.at("root.key.scopes")).expect("kept"), registry);
}

#[test]
fn the_same_scope_derives_the_same_key_again() {
    let keys = Keys::root();
    for name in ["a.key", "b.key"] {
        assert_eq!(derive(&keys, "agency/nta/1", name, &["--plaintext"]).status.code(), Some(0));
    }
    assert_eq!(fs::read(keys.at("a.key")).expect("made"), fs::read(keys.at("b.key")).expect("made"));
    assert_eq!(fs::read_to_string(keys.at("root.key.scopes")).expect("recorded").lines().count(), 2);
}

#[test]
fn a_tag_that_another_scope_has_is_refused_before_a_key_is_made() {
    let keys = Keys::root();
    let registry = keys.file("scopes", "purpose,scope,epoch,tag\nagency,mof,1,7c2cb2a1\n", 0o600);
    let refused = derive(&keys, "agency/nta/1", "nta.key", &["--plaintext", "--registry", &registry]);
    is_refused(&refused, "agency/mof/1 has already");
    assert!(!keys.at("nta.key").exists());
}

#[test]
fn a_registry_of_another_root_is_refused() {
    let keys = Keys::root();
    keys.file("root.key.scopes", "purpose,scope,epoch,tag\nagency,nta,1,00000000\n", 0o600);
    is_refused(&derive(&keys, "agency/nta/1", "nta.key", &["--plaintext"]), "another root key");
    assert!(!keys.at("nta.key").exists());
}

#[test]
fn a_scope_key_derives_nothing() {
    let keys = Keys::none();
    let nta = keys.scope("agency/nta/1");
    let out = keys.arg("out.key");
    let refused = key(&["derive", "--root", &nta, "--scope", "agency/nta/2", "--out", &out, "--plaintext"]);
    is_refused(&refused, "keys are derived from root keys only");
}

#[test]
fn a_scope_that_is_none_is_refused() {
    let keys = Keys::root();
    for scope in ["agency/nta", "agency/nta/0", "insurers/nta/1", "tax/nta/1", "agency/NTA/1"] {
        assert_eq!(derive(&keys, scope, "out.key", &["--plaintext"]).status.code(), Some(2), "{scope}");
    }
    assert_eq!(keys.names(), ["root.key"]);
}

#[test]
fn a_key_locked_to_recipients_opens_with_an_identity_and_derives_production_keys() {
    let keys = Keys::none();
    let (identity, recipient) = keys.identity();
    let made = key(&["new", "--out", &keys.arg("root.key"), "--recipient", &recipient]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let made = derive(&keys, "agency/nta/1", "nta.key", &["--root-identity", &identity, "--recipient", &recipient]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let shown = key(&["inspect", &keys.arg("nta.key"), "--identity", &identity]);
    assert!(stdout(&shown).starts_with("kind: scope\npurpose: agency\nscope: nta\nepoch: 1\nuse: production\n"));
    is_refused(&key(&["inspect", &keys.arg("nta.key")]), "give --identity");
}

#[test]
fn a_production_root_derives_no_plaintext_key_and_records_none() {
    let keys = Keys::none();
    let (identity, recipient) = keys.identity();
    let seal = Seal::recipients(vec![recipient.parse().expect("a recipient")]).expect("one recipient");
    root(Use::Production).create(&keys.at("root.key"), &seal).expect("made");
    let refused = derive(&keys, "agency/nta/1", "nta.key", &["--root-identity", &identity, "--plaintext"]);
    is_refused(&refused, "never kept in plaintext");
    assert_eq!(keys.names(), ["identity", "root.key"]);
}

#[test]
fn a_passphrase_file_locks_and_opens_a_key() {
    let keys = Keys::none();
    let right = keys.file("right", "correct horse battery\n", 0o600);
    let made = key(&["new", "--out", &keys.arg("root.key"), "--passphrase-file", &right]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let shown = key(&["inspect", &keys.arg("root.key"), "--passphrase-file", &right]);
    assert!(stdout(&shown).starts_with("kind: root\nuse: production\n"), "{shown:?}");
}

#[test]
fn a_passphrase_from_a_file_is_held_to_the_rule_of_typed_ones() {
    let keys = Keys::none();
    for text in ["a\n", " \n", "password\n", "            \n", "aaaaaaaaaaaa\n"] {
        let short = keys.file("short", text, 0o600);
        is_refused(&key(&["new", "--out", &keys.arg("root.key"), "--passphrase-file", &short]), "12 characters");
    }
    assert_eq!(keys.names(), ["short"]);
}

#[test]
fn the_published_root_derives_no_production_key() {
    let keys = Keys::root();
    let (identity, recipient) = keys.identity();
    let text = fs::read_to_string(keys.at("root.key")).expect("made").replace("use: test", "use: production");
    let sealed = age::encrypt(&recipient.parse::<age::x25519::Recipient>().expect("one"), text.as_bytes());
    fs::write(keys.at("edited.key"), sealed.expect("encrypted")).expect("written");
    let edited = keys.arg("edited.key");
    is_refused(&key(&["inspect", &edited, "--identity", &identity]), "anybody can guess it");
    let args = ["derive", "--root", &edited, "--root-identity", &identity, "--scope", "agency/nta/1"];
    is_refused(&key(&[&args[..], &["--out", &keys.arg("nta.key"), "--recipient", &recipient]].concat()), "guess");
    assert!(!keys.at("nta.key").exists());
}

#[test]
fn a_key_with_another_label_is_told_by_the_registry() {
    let keys = Keys::root();
    assert_eq!(derive(&keys, "agency/nta/1", "nta.key", &["--plaintext"]).status.code(), Some(0));
    let text = fs::read_to_string(keys.at("nta.key")).expect("made");
    let edited = keys.file("mof.key", &text.replace("scope: nta", "scope: mof"), 0o600);
    assert_eq!(key(&["inspect", &edited]).status.code(), Some(0), "the tag does not bind the label");
    let registry = keys.arg("root.key.scopes");
    is_refused(&key(&["inspect", &edited, "--registry", &registry]), "agency/nta/1 has already");
    assert_eq!(key(&["inspect", &keys.arg("nta.key"), "--registry", &registry]).status.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_fifo_as_a_key_or_a_passphrase_file_is_refused_at_once() {
    let keys = Keys::root();
    rustix::fs::mknodat(rustix::fs::CWD, keys.at("fifo"), rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("a FIFO");
    let fifo = keys.arg("fifo");
    is_refused(&key(&["inspect", &fifo]), "not a regular file");
    is_refused(&key(&["inspect", &keys.arg("root.key"), "--passphrase-file", &fifo]), "not a regular file");
    is_refused(&key(&["inspect", &keys.arg("root.key"), "--identity", &fifo]), "not a regular file");
    is_refused(&derive(&keys, "agency/nta/1", "o.key", &["--plaintext", "--registry", &fifo]), "not a regular file");
}

#[test]
fn a_wrong_passphrase_is_refused_and_none_is_asked_for() {
    let keys = Keys::none();
    let mut recipient = age::scrypt::Recipient::new("the right one".into());
    // As little work as there is; the file is for this test.
    recipient.set_work_factor(1);
    fs::write(keys.at("root.key"), age::encrypt(&recipient, b"any").expect("encrypted")).expect("written");
    let wrong = keys.file("wrong", "a wrong one\n", 0o600);
    let refused = key(&["inspect", &keys.arg("root.key"), "--passphrase-file", &wrong]);
    is_refused(&refused, "the passphrase does not open");
    assert!(!stderr(&refused).contains("a wrong one"));
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_terminal_a_passphrase_comes_from_a_file_or_not_at_all() {
    let keys = Keys::none();
    // In a session of its own the tool has no terminal, whoever runs the tests.
    let refused = assert_cmd::Command::new("setsid")
        .args(["--wait", env!("CARGO_BIN_EXE_fugo"), "key", "new", "--out", &keys.arg("root.key")])
        .output()
        .expect("setsid runs");
    is_refused(&refused, "no terminal");
    assert_eq!(stderr(&refused).lines().count(), 2);
    assert!(keys.names().is_empty());
}

#[cfg(unix)]
#[test]
fn files_with_secrets_that_others_can_read_are_refused_with_the_mend() {
    let keys = Keys::root();
    let open = keys.file("open", "correct horse battery\n", 0o644);
    let out = keys.arg("out.key");
    is_refused(&key(&["new", "--out", &out, "--passphrase-file", &open]), "chmod 600");
    is_refused(&key(&["inspect", &keys.arg("root.key"), "--identity", &open]), "chmod 600");
    assert!(!keys.at("out.key").exists());
}

#[cfg(unix)]
#[test]
fn a_plaintext_key_that_others_can_read_is_refused() {
    let keys = Keys::root();
    set_mode(&keys.at("root.key"), 0o640);
    is_refused(&key(&["inspect", &keys.arg("root.key")]), "chmod 600");
}

#[test]
fn an_empty_passphrase_is_refused() {
    let keys = Keys::none();
    for text in ["", "\n", "\r\n", "\nsecond line\n"] {
        let empty = keys.file("empty", text, 0o600);
        is_refused(&key(&["new", "--out", &keys.arg("root.key"), "--passphrase-file", &empty]), "empty");
    }
}

#[test]
fn an_identity_given_for_a_recipient_is_refused_and_not_repeated() {
    let keys = Keys::none();
    let (identity, _) = keys.identity();
    let secret = fs::read_to_string(identity).expect("made");
    let refused = key(&["new", "--out", &keys.arg("root.key"), "--recipient", secret.trim()]);
    is_refused(&refused, "public key");
    assert!(!stderr(&refused).contains(secret.trim()));
}

#[test]
fn an_altered_key_file_is_refused_by_its_line() {
    let keys = Keys::root();
    let text = fs::read_to_string(keys.at("root.key")).expect("made");
    let altered = keys.file("altered.key", &text.replace("key: 00", "key: 01"), 0o600);
    is_refused(&key(&["inspect", &altered]), "line 4: the tag is not that of the key");
    let longer = keys.file("longer.key", &format!("{text}comment: mine\n"), 0o600);
    is_refused(&key(&["inspect", &longer]), "line 6 is not valid");
}

/// An answer that names one of several ways sends the operator to the wrong one.
#[test]
fn what_can_be_given_in_several_ways_is_asked_for_in_all_of_them() {
    let roots = "<--root <ADDRESS>|--root-shares <FILE>...>";
    let places = "<--out <FILE>|--in <URI>|--record-only>";
    for (words, ways) in [
        (&["key", "new"][..], &["<--out <FILE>|--in <URI>>"][..]),
        (&["key", "derive"], &[roots, places]),
        (&["key", "rotate"], &[roots, places]),
        (&["key", "split"], &["<ROOT|--new|--root-shares <FILE>...>"]),
        (&["key", "import"], &["<FILE|--root-shares <FILE>...>"]),
        (&["key", "destroy"], &["<--registry <FILE>|--root <FILE>>"]),
        (&["key", "dates"], &["<--registry <FILE>|--root <FILE>>"]),
        (&["receive"], &["<--identity <FILE>|--opened <FILE>>"]),
    ] {
        let refused = answer(words, "");
        for way in ways {
            is_refused(&refused, &format!("\n  {way}\n"));
        }
    }
}
