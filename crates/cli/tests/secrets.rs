//! No command repeats a number or a key.

mod sample_keys;

use std::{fs, process::Output};

use sample_keys::{Keys, NTA_HEX, NUMBER, ROOT_HEX, SYMBOL, TEXT, answer, stderr, stdout};

/// A number with a wrong check digit, and a number in a form that only the lenient format accepts.
const NOT_A_NUMBER: &str = "987654321098";
const GROUPED: &str = "9876-5432-1098";

fn keeps_its_secrets(output: &Output, what: &str) {
    for secret in [NUMBER, "12345678901", NOT_A_NUMBER, "98765432109", GROUPED, "9876-5432", ROOT_HEX, NTA_HEX] {
        for text in [stdout(output), stderr(output)] {
            assert!(!text.contains(secret), "{what} repeats {secret}");
        }
    }
    for part in [&ROOT_HEX[16..32], &NTA_HEX[..16], &NTA_HEX[48..]] {
        assert!(!stdout(output).contains(part) && !stderr(output).contains(part), "{what} repeats a part of a key");
    }
}

#[test]
fn an_output_that_repeats_a_secret_is_found_out() {
    for secret in [NUMBER, GROUPED, &NOT_A_NUMBER[..11], ROOT_HEX, &NTA_HEX[48..]] {
        let text = format!("line 1: {secret} is refused\n").into_bytes();
        for [stdout, stderr] in [[text.clone(), Vec::new()], [Vec::new(), text]] {
            let output = Output { status: std::process::ExitStatus::default(), stdout, stderr };
            assert!(std::panic::catch_unwind(|| keeps_its_secrets(&output, "a command")).is_err(), "{secret}");
        }
    }
}

#[test]
fn check_repeats_no_number() {
    let input = format!(
        "{NUMBER}\n{NOT_A_NUMBER}\n{GROUPED}\n{NUMBER}9\nx{NUMBER}\n１２３４５６７８９０１２\n{}",
        &NUMBER[1..]
    );
    for args in [&["check"][..], &["check", "--lenient"], &["check", "--lenient", "--restore-zeros"]] {
        let output = answer(args, input.clone());
        assert_eq!(output.status.code(), Some(1));
        keeps_its_secrets(&output, "check");
    }
}

#[test]
fn key_commands_repeat_no_key() {
    let keys = Keys::root();
    let root = keys.arg("root.key");
    let derive = |out: &str, scope: &str| {
        answer(&["key", "derive", "--root", &root, "--scope", scope, "--out", out, "--plaintext"], "")
    };
    let nta = keys.arg("nta.key");
    for output in [derive(&nta, "agency/nta/1"), derive(&nta, "agency/nta/1"), derive(&nta, "agency/nta/0")] {
        keeps_its_secrets(&output, "key derive");
    }
    for path in [&root, &nta] {
        keeps_its_secrets(&answer(&["key", "inspect", path], ""), "key inspect");
    }
    let text = fs::read_to_string(&nta).expect("made");
    for (from, to) in [
        ("key: 7", "key: 8"),
        ("key: 7", "key: x"),
        ("key: ", "key:"),
        ("key: ", "key "),
        ("tag: ", ""),
        ("c0\n", "c0"),
    ] {
        let altered = text.replace(from, to);
        assert_ne!(altered, text);
        let output = answer(&["key", "inspect", &keys.file("altered.key", &altered, 0o600)], "");
        assert_eq!(output.status.code(), Some(2));
        keeps_its_secrets(&output, "key inspect");
    }
}

#[test]
fn symbol_commands_repeat_no_number() {
    let keys = Keys::root();
    let nta = keys.scope("agency/nta/1");
    for number in [NUMBER, NOT_A_NUMBER, GROUPED] {
        for symbol in [TEXT, SYMBOL, number] {
            for key in [&nta, &keys.arg("root.key")] {
                let output =
                    answer(&["symbol", "verify", "--test-keys", "--key", key], format!("{number}\n{symbol}\n"));
                keeps_its_secrets(&output, "symbol verify");
                assert!(!stdout(&output).contains(SYMBOL) && !stderr(&output).contains(SYMBOL));
            }
        }
        keeps_its_secrets(&answer(&["symbol", "decode"], number), "symbol decode");
        keeps_its_secrets(
            &answer(&["symbol", "encode", "--purpose", "agency", "--tag", "7c2cb2a1"], number),
            "symbol encode",
        );
    }
}

#[cfg(feature = "demonstrations")]
#[test]
fn vectors_repeats_no_number_and_no_key() {
    for (root, number) in [(ROOT_HEX, NUMBER), (ROOT_HEX, NOT_A_NUMBER), (NTA_HEX, GROUPED), (&ROOT_HEX[1..], NUMBER)] {
        let line = format!(r#"{{"root":"{root}","purpose":"agency","scope":"nta","epoch":1,"number":"{number}"}}"#);
        for line in [line.clone(), format!("{line}}}")] {
            keeps_its_secrets(&answer(&["vectors"], line), "vectors");
        }
    }
}
