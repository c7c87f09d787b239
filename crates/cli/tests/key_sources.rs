//! Keys that a program holds: `key derive`, `convert` and `symbol verify` take its address.
#![cfg(unix)]

mod sample_keys;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use sample_keys::{Keys, NTA_HEX, NUMBER, SYMBOL, TEXT, answer, fugo, stderr, stdout};

/// MACs with the root key of the known answer.
const MAC: &str = "#!/usr/bin/python3
import hashlib, hmac, sys
sys.stdout.buffer.write(hmac.digest(bytes(range(32)), sys.stdin.buffer.read(), hashlib.sha256))
";

/// The address of a program with this text.
fn program(keys: &Keys, text: &str) -> String {
    let path = keys.arg("kms-mac");
    fs::write(&path, text).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("changed");
    format!("exec:{}", Path::new(&path).display())
}

#[test]
fn a_program_gives_the_key_of_the_known_answer_and_its_tag_is_recorded() {
    let keys = Keys::none();
    let (root, out, registry) = (program(&keys, MAC), keys.arg("nta.key"), keys.arg("scopes"));
    let derive = ["key", "derive", "--root", &root, "--scope", "agency/nta/1", "--registry", &registry];
    let made = answer(&[&derive[..], &["--out", &out, "--use", "test", "--plaintext"]].concat(), "");
    assert_eq!(made.status.code(), Some(0), "{}", stderr(&made));
    assert!(fs::read_to_string(&out).expect("a key file").contains(NTA_HEX));
    let recorded = "purpose,scope,epoch,tag,valid-from,accept-until,destroyed\nagency,nta,1,7c2cb2a1,,,\n";
    assert!(fs::read_to_string(&registry).expect("a registry").starts_with(recorded));
    // The published root key gives no production key.
    let refused = answer(&[&derive[..], &["--record-only"]].concat(), "");
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("published"), "{}", stderr(&refused));
    // Without a file: the tag alone.
    let made = answer(&[&derive[..], &["--record-only", "--use", "test"]].concat(), "");
    assert_eq!(made.status.code(), Some(0), "{}", stderr(&made));
    assert!(stderr(&made).contains("the test key of agency/nta/1, tag 7c2cb2a1"), "{}", stderr(&made));
    // Another root key behind the same registry is found out, and makes no file.
    program(&keys, &MAC.replace("range(32)", "range(1, 33)"));
    let other = keys.arg("other.key");
    let refused = answer(&[&derive[..], &["--out", &other, "--use", "test", "--plaintext"]].concat(), "");
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("another root key"), "{}", stderr(&refused));
    assert!(!Path::new(&other).exists());
}

#[test]
fn convert_and_symbol_verify_take_the_key_of_a_program() {
    let keys = Keys::none();
    let address = format!("test:agency/nta/1=7c2cb2a1@{}", program(&keys, MAC));
    let (roster, out) = (keys.arg("roster.csv"), keys.arg("nta.csv"));
    fs::write(&roster, format!("my_number\n{NUMBER}\n")).expect("written");
    let words = ["convert", &roster, "--key", &address, "--out", &out];
    let refused = answer(&words, "");
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("--test-keys"), "{}", stderr(&refused));
    let converted = answer(&[&words[..], &["--test-keys"]].concat(), "");
    assert_eq!(converted.status.code(), Some(0), "{}", stderr(&converted));
    assert_eq!(fs::read_to_string(&out).expect("an output"), format!("symbol\n{TEXT}\n"));
    let verified = answer(&["symbol", "verify", "--key", &address, "--test-keys"], format!("{NUMBER}\n{SYMBOL}\n"));
    assert_eq!((verified.status.code(), stdout(&verified).starts_with("yes")), (Some(0), true));
    // The tag of the address does not fit: nothing is replaced.
    let wrong = address.replace("7c2cb2a1", "7c2cb2a2");
    let refused = answer(&["convert", &roster, "--key", &wrong, "--out", &out, "--test-keys"], "");
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("7c2cb2a2 was expected"), "{}", stderr(&refused));
    assert_eq!(fs::read_to_string(&out).expect("an output"), format!("symbol\n{TEXT}\n"));
}

#[test]
fn no_output_overwrites_the_program_that_holds_the_key() {
    let keys = Keys::none();
    let address = format!("test:agency/nta/1=7c2cb2a1@{}", program(&keys, MAC));
    let roster = keys.arg("roster.csv");
    fs::write(&roster, format!("my_number\n{NUMBER}\n")).expect("written");
    let path = keys.arg("kms-mac");
    let words = ["convert", &roster, "--key", &address, "--out", &path, "--test-keys", "--overwrite", &path];
    let refused = answer(&words, "");
    assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
    assert_eq!(fs::read_to_string(&path).expect("the program"), MAC);
}

#[test]
fn what_a_program_writes_to_standard_error_is_in_no_message() {
    let keys = Keys::none();
    let root = program(&keys, "#!/bin/sh\necho secret-of-the-kms >&2\nexit 4\n");
    let registry = keys.arg("scopes");
    let refused = answer(
        &["key", "derive", "--root", &root, "--scope", "agency/nta/1", "--registry", &registry, "--record-only"],
        "",
    );
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("status 4") && !stderr(&refused).contains("secret-of"), "{}", stderr(&refused));
    assert!(!Path::new(&registry).exists());
}

#[test]
fn a_program_gets_no_open_file_of_the_tool() {
    let keys = Keys::none();
    let secret = keys.file("pin-of-another-key", "12345678\n", 0o600);
    let mark = keys.arg("mark");
    // `$$` is the shell that runs the script, which has the script itself open.
    let text = format!(
        "#!/bin/bash\nfor fd in /proc/$$/fd/*; do readlink $fd; done >{mark}\n{}",
        &MAC[MAC.find('\n').expect("a line")..]
    );
    let text = text.replace("import hashlib", "exec python3 -c 'import hashlib").trim_end().to_owned() + "'\n";
    let (root, registry) = (program(&keys, &text), keys.arg("scopes"));
    let opened = "exec 7<\"$0\"; exec \"$@\"";
    let tool = env!("CARGO_BIN_EXE_fugo");
    let derive = ["key", "derive", "--root", &root, "--scope", "agency/nta/1", "--registry", &registry];
    let run = |command: &[&str]| {
        let done = Command::new("bash").args(["-c", opened, &secret]).args(command).output().expect("bash");
        assert_eq!(done.status.code(), Some(0), "{done:?}");
        fs::read_to_string(&mark).expect("a list")
    };
    let listed = run(&[&[tool], &derive[..], &["--record-only", "--use", "test"]].concat());
    assert!(!listed.contains("pin-of-another-key"), "{listed}");
    // The same program gets it from a caller that closes nothing.
    let listed = run(&[Path::new(&keys.arg("kms-mac")).to_str().expect("text")]);
    assert!(listed.contains("pin-of-another-key"), "{listed}");
}

#[test]
fn a_signal_ends_the_program_and_what_it_started_before_the_tool_ends() {
    let (roster, out) = ("roster.csv", "nta.csv");
    for signal in ["TERM", "INT", "HUP"] {
        for converts in [false, true] {
            let keys = Keys::none();
            let mark = keys.arg("pids");
            let text = format!("#!/bin/sh\nsleep 60 &\necho $$ $! >{mark}.new\nmv {mark}.new {mark}\nwait\n");
            let (root, registry) = (program(&keys, &text), keys.arg("scopes"));
            keys.file(roster, &format!("my_number\n{NUMBER}\n"), 0o600);
            let address = format!("test:agency/nta/1=7c2cb2a1@{root}");
            let words = if converts {
                vec!["convert", roster, "--key", &address, "--out", out, "--test-keys"]
            } else {
                vec![
                    "key",
                    "derive",
                    "--root",
                    &root,
                    "--scope",
                    "agency/nta/1",
                    "--registry",
                    &registry,
                    "--record-only",
                ]
            };
            // A check in the background ignores SIGINT, and the tool would too.
            let mut run = Command::new("env");
            run.arg("--default-signal=INT,TERM,HUP").arg(env!("CARGO_BIN_EXE_fugo"));
            run.args(&words).current_dir(keys.arg("")).stdin(Stdio::null()).stderr(Stdio::piped());
            let run = run.spawn().expect("the tool starts");
            let until = Instant::now() + Duration::from_secs(20);
            let pids = loop {
                match fs::read_to_string(&mark) {
                    Ok(pids) => break pids,
                    Err(_) => assert!(Instant::now() < until, "the program did not start"),
                }
                thread::sleep(Duration::from_millis(5));
            };
            let killed = Command::new("kill").args([&format!("-{signal}"), &run.id().to_string()]).status();
            assert!(killed.expect("kill").success());
            let ended = run.wait_with_output().expect("it ends");
            assert_eq!(ended.status.code(), Some(130), "{signal}: {ended:?}");
            assert!(Instant::now() < until, "{signal}: it took long");
            for pid in pids.split_whitespace() {
                assert!(is_ended(pid, until), "{signal}: {pid} is alive");
            }
            assert!(!keys.at("scopes").exists() && !keys.at(out).exists());
        }
    }
}

/// Whether a process ends in time. One that ended may wait for its parent, which is then init.
fn is_ended(pid: &str, until: Instant) -> bool {
    loop {
        match fs::read_to_string(format!("/proc/{pid}/stat")) {
            Ok(stat) if !stat.contains(") Z") && Instant::now() < until => thread::sleep(Duration::from_millis(5)),
            Ok(stat) => return stat.contains(") Z"),
            Err(_) => return true,
        }
    }
}

#[test]
fn one_wrong_answer_is_not_recorded() {
    let keys = Keys::none();
    let (registry, count) = (keys.arg("scopes"), keys.arg("count"));
    let counting = format!(
        "import os
n = os.path.getsize({count:?}) if os.path.exists({count:?}) else 0
open({count:?}, 'a').write('x')
root = bytes(range(32)) if n != int(sys.argv[1]) else bytes(32)
"
    );
    let text =
        MAC.replace("sys.stdout", &format!("{counting}sys.stdout")).replace("bytes(range(32)), sys", "root, sys");
    let root = program(&keys, &text);
    for (wrong, words) in [
        (0, vec!["derive", "--record-only"]),
        (1, vec!["derive", "--record-only"]),
        // The old epoch is asked for twice, then the new one.
        (2, vec!["rotate", "--valid-from", "2027-04-01", "--accept-until", "2027-04-30", "--record-only"]),
        (3, vec!["rotate", "--valid-from", "2027-04-01", "--accept-until", "2027-04-30", "--record-only"]),
    ] {
        let _ = fs::remove_file(&count);
        let before = "purpose,scope,epoch,tag,valid-from,accept-until,destroyed\nagency,nta,1,7c2cb2a1,,,\n";
        keys.file("scopes", before, 0o600);
        let scope = if words[0] == "derive" { "agency/nta/2" } else { "agency/nta/1" };
        let root = format!("{root} {wrong}");
        let rest = ["--root", &root, "--scope", scope, "--registry", &registry, "--use", "test"];
        let refused = answer(&[&["key"], &words[..], &rest].concat(), "");
        assert_eq!(refused.status.code(), Some(2));
        assert!(stderr(&refused).contains("two answers to one message"), "{}", stderr(&refused));
        assert_eq!(fs::read_to_string(&registry).expect("a registry"), before, "{wrong}");
    }
}

#[test]
fn an_address_with_a_pin_is_refused_and_the_pin_is_not_shown() {
    let keys = Keys::none();
    let address = "pkcs11:token=fugo;object=a?module-path=/usr/lib/p11.so&pin-value=hunter22";
    for words in [
        vec!["key", "derive", "--root", address, "--scope", "agency/nta/1", "--record-only", "--registry", "scopes"],
        vec!["convert", "roster.csv", "--key", address, "--out", "nta.csv"],
        vec!["symbol", "verify", "--key", address],
    ] {
        let refused = fugo(&words).current_dir(keys.arg("")).write_stdin("").output().expect("the tool runs");
        assert_eq!(refused.status.code(), Some(2));
        assert!(
            stderr(&refused).contains("pin-value") && !stderr(&refused).contains("hunter22"),
            "{}",
            stderr(&refused)
        );
    }
}
