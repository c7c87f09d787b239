//! `fugo symbol`: one test per behaviour.

mod sample_keys;

use std::process::Output;

use sample_keys::{Keys, NUMBER, SYMBOL, TEXT, answer, stderr, stdout};

fn symbol(args: &[&str], input: impl Into<Vec<u8>>) -> Output {
    let test_keys: &[&str] = if args.contains(&"verify") { &["--test-keys"] } else { &[] };
    answer(&[&["symbol"], args, test_keys].concat(), input)
}

#[test]
fn the_known_symbol_goes_to_text_and_back() {
    let output = symbol(&["encode", "--purpose", "agency", "--tag", "7c2cb2a1"], SYMBOL);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), format!("{TEXT}\n").as_str()));
    let output = symbol(&["decode"], format!("{TEXT}\r\n{TEXT}"));
    assert_eq!(stdout(&output), format!("{SYMBOL}\n{SYMBOL}\n"));
}

#[test]
fn a_line_that_is_refused_is_answered_with_an_empty_one() {
    let output = symbol(&["decode"], format!("{TEXT}\n{}\n{TEXT}\n", TEXT.to_uppercase()));
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), format!("{SYMBOL}\n\n{SYMBOL}\n").as_str()));
    assert!(stderr(&output).starts_with("fugo: line 2: the text is corrupted"));
    let output = symbol(&["encode", "--purpose", "agency", "--tag", "7c2cb2a1"], format!("{}\n", &SYMBOL[1..]));
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), "\n"));
}

#[test]
fn decode_refuses_another_purpose_or_key_if_asked() {
    assert_eq!(symbol(&["decode", "--purpose", "agency", "--tag", "7c2cb2a1"], TEXT).status.code(), Some(0));
    let output = symbol(&["decode", "--purpose", "research"], TEXT);
    assert!(stderr(&output).contains("purpose agency; purpose research was expected"));
    let output = symbol(&["decode", "--tag", "00000000"], TEXT);
    assert!(stderr(&output).contains("the key tagged 7c2cb2a1; the key tagged 00000000 was expected"));
}

#[test]
fn verify_says_yes_of_the_numbers_own_symbol_in_either_form() {
    let keys = Keys::none();
    let nta = keys.scope("agency/nta/1");
    for own in [TEXT, SYMBOL, &SYMBOL.to_uppercase()] {
        let output = symbol(&["verify", "--key", &nta], format!("{NUMBER}\n{own}\n"));
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(stdout(&output).starts_with("yes: "));
    }
}

#[test]
fn verify_says_no_of_any_other_symbol() {
    let keys = Keys::none();
    let nta = keys.scope("agency/nta/1");
    let other = keys.scope("agency/nta/2");
    for (key, number, other) in
        [(&nta, "000000000019", TEXT), (&nta, NUMBER, &SYMBOL.replace('a', "b")), (&other, NUMBER, TEXT)]
    {
        let output = symbol(&["verify", "--key", key], format!("{number}\n{other}\n"));
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(stdout(&output).starts_with("no: "));
    }
}

#[test]
fn verify_refuses_what_is_no_number_and_no_symbol_and_not_two_lines() {
    let keys = Keys::none();
    let nta = keys.scope("agency/nta/1");
    let inputs = [
        format!("123456789012\n{TEXT}\n"),
        format!("{NUMBER}\n{}\n", TEXT.to_uppercase()),
        format!("{NUMBER}\n\n"),
        NUMBER.to_owned(),
        format!("{NUMBER}\n{TEXT}\n{TEXT}\n"),
        String::new(),
    ];
    for input in inputs {
        let output = symbol(&["verify", "--key", &nta], input);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""), "{output:?}");
    }
}

#[test]
fn verify_knows_eligibility_symbols_with_the_insurers_key_beside() {
    let keys = Keys::none();
    let (eligibility, insurers) = (keys.scope("eligibility/all/1"), keys.scope("insurers/all/1"));
    let input = format!("{NUMBER}\nshikaku1jargkyaz5yx3htjhcy4e509e9m8s5fqhm85jd5\n");
    let output = symbol(&["verify", "--key", &eligibility, "--insurers-key", &insurers], input.clone());
    assert_eq!(output.status.code(), Some(0), "{output:?}");

    let output = symbol(&["verify", "--key", &eligibility], input.clone());
    assert!(stderr(&output).contains("needs the insurers' key of epoch 1"));
    let later = keys.scope("insurers/all/2");
    let output = symbol(&["verify", "--key", &eligibility, "--insurers-key", &later], input);
    assert!(stderr(&output).contains("need the insurers' key of epoch 1"));
}

#[test]
fn a_root_key_is_refused_with_the_way_on() {
    let keys = Keys::root();
    let output = symbol(&["verify", "--key", &keys.arg("root.key")], format!("{NUMBER}\n{TEXT}\n"));
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("derive the key of a scope first"));
}

#[test]
fn test_and_production_keys_do_not_mix() {
    let keys = Keys::none();
    let eligibility = keys.scope("eligibility/all/1");
    let (identity, recipient) = keys.identity();
    let seal = fugo_keystore::Seal::recipients(vec![recipient.parse().expect("a recipient")]).expect("one");
    let production = sample_keys::root(fugo_keystore::Use::Production);
    let insurers = production.derive(&"insurers/all/1".parse().expect("a scope")).expect("from a root");
    insurers.create(&keys.at("insurers.key"), &seal).expect("made");
    let args = ["verify", "--key", &eligibility, "--insurers-key", &keys.arg("insurers.key"), "--identity", &identity];
    let output = symbol(&args, "");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("test keys and production keys cannot be used together"));
}

#[test]
fn a_test_key_is_refused_unless_it_is_asked_for_and_then_warned_of() {
    let keys = Keys::none();
    let nta = keys.scope("agency/nta/1");
    let refused = answer(&["symbol", "verify", "--key", &nta], format!("{NUMBER}\n{TEXT}\n"));
    assert_eq!((refused.status.code(), stdout(&refused)), (Some(2), ""));
    assert!(stderr(&refused).contains("--test-keys"));
    let keys = Keys::none();
    let output = symbol(&["verify", "--key", &keys.scope("agency/nta/1")], format!("{NUMBER}\n{TEXT}\n"));
    assert!(stderr(&output).contains("is a test key"));
}
