//! `fugo grant`: grants are made, signed by several people, and verified by a policy; translations need one.

mod rosters;
mod sample_keys;
mod translations;

use std::{fs, process::Output};

use rosters::{MOJ, NTA, file_of, keys_of, numbers, read};
use sample_keys::{Keys, stderr, stdout};
use translations::{Grants, asked_of, refused, roster_of, standard, translate};

fn grant(keys: &Keys, args: &[&str]) -> Output {
    sample_keys::fugo(&[&["grant"], args].concat()).current_dir(keys.at("")).output().expect("the tool runs")
}

fn verify(keys: &Keys, file: &str) -> Output {
    grant(keys, &["verify", file, "--policy", "grants.toml", "--at", "2026-11-29T09:00:00Z"])
}

#[test]
fn a_grant_counts_when_as_many_signers_of_the_policy_as_it_asks_for_have_signed() {
    let keys = keys_of(&[NTA, MOJ]);
    let grants = Grants::new(&keys);
    grants.write("0.note", &[]);
    let said = refused(&grant(
        &keys,
        &["sign", "0.note", "--test-keys", "--key", "tanaka.key", "--name", "tan aka", "--out", "x.note"],
    ));
    assert!(said.contains("without spaces"), "{said}");
    grants.sign("0.note", "tanaka", "1.note");
    grants.sign("1.note", "sato", "2.note");
    let said = refused(&verify(&keys, "0.note"));
    assert!(said.contains("0 of the signers of the policy have signed this grant; 2 must"), "{said}");
    let said = refused(&verify(&keys, "1.note"));
    assert!(said.contains("1 of the signers of the policy has signed this grant; 2 must"), "{said}");
    let output = verify(&keys, "2.note");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(
        stdout(&output),
        "grant 2026-0001, signed by sato, tanaka, valid from 2026-11-01T00:00:00Z to 2099-12-31T23:59:59Z\n"
    );
    let at = |time: &str| grant(&keys, &["verify", "2.note", "--policy", "grants.toml", "--at", time]);
    for time in ["2026-11-01T00:00:00Z", "2099-12-31T23:59:59Z"] {
        assert_eq!(at(time).status.code(), Some(0), "{time}");
    }
    assert!(refused(&at("2026-10-31T23:59:59Z")).contains("is not valid before 2026-11-01T00:00:00Z"));
    assert!(refused(&at("2100-01-01T00:00:00Z")).contains("has expired"));
    // One clerk, twice: under a name that the policy does not have, and again under the same name.
    let said = refused(&grant(
        &keys,
        &["sign", "1.note", "--test-keys", "--key", "tanaka.key", "--name", "tanaka", "--out", "x.note"],
    ));
    assert!(said.contains("this key has signed under this name already"), "{said}");
    grants.sign_as("1.note", "tanaka", "suzuki", "two.note");
    let said = refused(&verify(&keys, "two.note"));
    assert!(said.contains("1 of the signers"), "{said}");
    // The line of a signature twice.
    let text = String::from_utf8(read(&keys, "1.note")).expect("text");
    let line = text.lines().last().expect("a line").to_owned();
    keys.file("twice.note", &format!("{text}{line}\n"), 0o600);
    assert!(refused(&verify(&keys, "twice.note")).contains("1 of the signers"));
    let shown = grant(&keys, &["inspect", "two.note"]);
    assert!(stdout(&shown).contains("signatures in the name of (not verified): tanaka, suzuki"), "{shown:?}");
    assert!(stdout(&shown).contains("legal-basis: 番号法 19条8号"), "{shown:?}");
}

#[test]
fn a_grant_that_was_altered_in_any_field_is_refused() {
    let keys = keys_of(&[NTA, MOJ]);
    let grants = Grants::new(&keys);
    grants.signed("good.note", &[]);
    assert_eq!(verify(&keys, "good.note").status.code(), Some(0));
    let text = String::from_utf8(read(&keys, "good.note")).expect("text");
    let refusal = |text: &str| {
        keys.file("bad.note", text, 0o600);
        refused(&verify(&keys, "bad.note"))
    };
    for (from, to) in [
        ("most-people: 1000", "most-people: 9000"),
        ("年金", "内閣"),
        ("break-glass: no", "break-glass: yes"),
        ("2099", "2199"),
    ] {
        assert!(text.contains(from));
        let said = refusal(&text.replace(from, to));
        assert!(said.contains("was altered") || said.contains("break-glass"), "{from}: {said}");
    }
    for (from, to, says) in [
        ("\n", "\r\n", "line 1 has a carriage return"),
        ("年金", "年\u{202E}金", "line 3 has a character that changes the direction of text or is not seen"),
        ("年金", "年\u{7f}金", "line 3 has a control character"),
        ("purpose:", "reason:", "line 9: a grant has no field of this name"),
        ("items: 所得\n", "", "the field `items` is missing"),
        ("items: 所得\n", "items: 所得\nitems: 病名\n", "line 8: the field `items` is there twice"),
        ("fugo-grant 1", "fugo-grant 2", "line 1 is not `fugo-grant 1`"),
    ] {
        let said = refusal(&text.replace(from, to));
        assert!(said.contains(says), "{says}: {said}");
    }
}

#[test]
fn a_policy_whose_signers_share_a_key_or_are_too_few_is_refused() {
    let keys = keys_of(&[NTA, MOJ]);
    let grants = Grants::new(&keys);
    grants.signed("good.note", &[]);
    let policy = String::from_utf8(read(&keys, "grants.toml")).expect("text");
    let refusal = |policy: &str| {
        fs::write(keys.at("grants.toml"), policy).expect("written");
        refused(&verify(&keys, "good.note"))
    };
    let tanaka = stdout(&grant(&keys, &["signer", "tanaka.key.pub", "--test-keys", "--name", "other"])).to_owned();
    let said = refusal(&format!("{policy}{tanaka}"));
    assert!(said.contains("have the same key; each signer has a key of its own"), "{said}");
    for (from, to, says) in [
        ("signatures = 2", "signatures = 4", "`signatures` is 4, and the number of signers is 3"),
        ("signatures = 2", "signatures = 0", "`signatures` must be a whole number from 1"),
        ("version = 1", "version = 2", "`version` must be 1"),
        ("version = 1", "version = 1\nmore = 1", "`more` is unknown"),
        ("break-glass-hours = 24\n", "", "go together"),
        ("[signers]", "[signatories]", "`signatories` is unknown"),
        ("+A", "+B", "a signer is written NAME+ID+KEY"),
    ] {
        let said = refusal(&policy.replacen(from, to, 1));
        assert!(said.contains(says), "{says}: {said}");
    }
}

#[test]
fn a_break_glass_grant_needs_one_signature_and_lasts_hours() {
    let keys = keys_of(&[NTA, MOJ]);
    let grants = Grants::new(&keys);
    let day = ["--break-glass", "--not-before", "2026-11-29T00:00:00Z", "--not-after", "2026-11-30T00:00:00Z"];
    grants.write("day.text", &day);
    grants.sign("day.text", "sato", "day.note");
    let output = verify(&keys, "day.note");
    assert!(stdout(&output).starts_with("break-glass grant 2026-0001, signed by sato, valid from"), "{output:?}");
    let longer = [&day[..4], &["2026-11-30T00:00:01Z"]].concat();
    grants.write("longer.text", &longer);
    grants.sign("longer.text", "sato", "longer.note");
    let said = refused(&verify(&keys, "longer.note"));
    assert!(said.contains("valid for 25 hours; the policy allows 24"), "{said}");
    // A policy without break-glass.
    grants.signed("usual.note", &[]);
    let policy = String::from_utf8(read(&keys, "grants.toml")).expect("text");
    let without = policy.replace("break-glass-signatures = 1\nbreak-glass-hours = 24\n", "");
    fs::write(keys.at("grants.toml"), &without).expect("written");
    assert_eq!(verify(&keys, "usual.note").status.code(), Some(0));
    let said = refused(&verify(&keys, "day.note"));
    assert!(said.contains("the policy allows none"), "{said}");
    fs::write(keys.at("grants.toml"), policy.replace("break-glass-signatures = 1\n", "")).expect("written");
    assert!(refused(&verify(&keys, "usual.note")).contains("go together"));
}

#[test]
fn a_translation_is_refused_by_the_name_of_what_is_wrong_before_a_row_is_read() {
    let (keys, people) = (keys_of(&[NTA, MOJ, "agency/nenkin/1"]), numbers(30));
    roster_of(&keys, &people);
    asked_of(&keys, NTA, "symbol,memo,more", &standard(&people));
    // Nobody gets to read it.
    fs::remove_file(keys.at("roster.csv")).expect("removed");
    let grants = Grants::new(&keys);
    for (name, more, says) in [
        (
            "expired",
            &["--not-after", "2026-11-02T00:00:00Z"][..],
            "has expired: it was valid until 2026-11-02T00:00:00Z",
        ),
        ("early", &["--not-before", "2099-01-01T00:00:00Z"], "is not valid before 2099-01-01T00:00:00Z"),
        ("foreign", &["--to", "agency/nenkin/1"], "is for agency/nenkin/1 with the tag"),
        ("epoch", &["--from", "agency/nta/2"], "--from-key is agency/nta/1 with the tag 7c2cb2a1"),
        ("tag", &["--from-tag", "00000000"], "is for agency/nta/1 with the tag 00000000"),
    ] {
        grants.signed(name, more);
        let said = refused(&translate(&keys, &["--grant", name, "--grant-policy", "grants.toml"]));
        assert!(said.contains(says), "{name}: {said}");
    }
    let said = refused(
        &translations::bare(
            &keys,
            &["asked.csv", "--from-key", "agency-nta-1.key", "--to-key", "agency-moj-1.key", "--out", "moj.csv"],
        )
        .output()
        .expect("the tool runs"),
    );
    assert!(said.contains("--grant <FILE>"), "{said}");
}

#[test]
fn more_people_than_are_granted_are_refused_and_rows_of_one_person_count_once() {
    let (keys, people) = (keys_of(&[NTA, MOJ]), numbers(20));
    roster_of(&keys, &people);
    let mut rows = standard(&people[..5]);
    // One person twice, with equal rows, and fifteen symbols that nobody has.
    rows.push(rows[0].clone());
    rows.extend(standard(&numbers(100)[80..95]));
    asked_of(&keys, NTA, "symbol,memo,more", &rows);
    let grants = Grants::new(&keys);
    grants.signed("five.note", &["--most-people", "5"]);
    grants.signed("four.note", &["--most-people", "4"]);
    let said = refused(&translate(&keys, &["--grant", "four.note", "--grant-policy", "grants.toml"]));
    assert!(said.contains("5 people were found, and the grant 2026-0001 is for 4 people"), "{said}");
    assert!(!keys.at("moj.csv").exists());
    let output =
        translate(&keys, &["--grant", "five.note", "--grant-policy", "grants.toml", "--report", "report.json"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(read(&keys, "moj.csv") == file_of(MOJ, "symbol,memo,more", &rows[..5]));
    assert!(stderr(&output).contains("under the grant 2026-0001, signed by sato, tanaka"), "{output:?}");
    let report: serde_json::Value = serde_json::from_slice(&read(&keys, "report.json")).expect("JSON");
    assert_eq!(report["grant"]["id"], "2026-0001");
    assert_eq!(report["grant"]["signers"], serde_json::json!(["sato", "tanaka"]));
}
