//! A hardened tool has no commands for tests and demonstrations: `cargo test -p fugo-cli --no-default-features`.

use assert_cmd::Command;

#[test]
fn commands_for_tests_and_demonstrations_are_there_only_with_their_feature() {
    let fugo = |arguments: &[&str]| Command::cargo_bin("fugo").expect("it is built").args(arguments).output();
    let help = fugo(&["--help"]).expect("it runs");
    let help = String::from_utf8(help.stdout).expect("text");
    let lists = |name: &str| help.lines().any(|line| line.split_whitespace().next() == Some(name));
    assert!(["audit", "check", "convert", "key", "symbol"].into_iter().all(lists), "{help}");
    for name in ["demo", "synth", "vectors"] {
        assert_eq!(lists(name), cfg!(feature = "demonstrations"), "{name} in {help}");
        let outcome = fugo(&[name, "--help"]).expect("it runs").status;
        assert_eq!(outcome.success(), cfg!(feature = "demonstrations"), "{name}");
    }
}
