//! Epochs and their dates: `fugo key rotate`, `dates` and `destroy`, and what `convert`, `symbol verify` and `check` do
//! on which day. One test per behaviour. The dates are relative to today, because the tool has no other clock.

mod sample_keys;

use std::{
    fs,
    process::Output,
    time::{SystemTime, UNIX_EPOCH},
};

use sample_keys::{Keys, NUMBER, TEXT, answer, root, set_mode, stderr, stdout};

const HEADER: &str = "purpose,scope,epoch,tag,valid-from,accept-until,destroyed\n";
/// What an overwritten key file begins with.
const ERASED: &str = "fugo: this key is destroyed\n";
const ROSTER: &str = "my_number,name\n123456789018,a\n000000000019,b\n";

/// The day in Japan, so many days from today. Written without the tool's calendar.
fn day(from_today: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let mut left = (now.cast_signed() + 9 * 3600) / 86400 + from_today;
    let (mut year, mut month) = (1970, 1);
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    while left >= 365 + i64::from(is_leap(year)) {
        left -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    for days in [31, 28 + i64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < days {
            break;
        }
        left -= days;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", left + 1)
}

fn key(args: &[&str]) -> Output {
    answer(&[&["key"], args].concat(), "")
}

fn is_refused(output: &Output, reason: &str) {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(output).contains(reason), "{} does not say: {reason}", stderr(output));
    assert_eq!(stdout(output), "");
}

fn succeeds(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

fn rotate(keys: &Keys, scope: &str, from: &str, until: &str, out: &str) -> Output {
    let (root, out) = (keys.arg("root.key"), keys.arg(out));
    let args = ["rotate", "--root", &root, "--scope", scope, "--valid-from", from, "--accept-until", until];
    key(&[&args[..], &["--out", &out, "--plaintext"]].concat())
}

/// A root key and the key of `agency/nta/1`, recorded.
fn with_first_epoch() -> Keys {
    let keys = Keys::root();
    let (root, out) = (keys.arg("root.key"), keys.arg("1.key"));
    let made = ["derive", "--root", &root, "--scope", "agency/nta/1", "--out", &out, "--plaintext"];
    succeeds(&key(&made));
    keys
}

/// The same with the key of the second epoch, and a registry with these dates.
fn with_two_epochs(old: &str, new: &str) -> Keys {
    let keys = with_first_epoch();
    succeeds(&rotate(&keys, "agency/nta/1", &day(1), &day(1), "2.key"));
    keys.file(
        "root.key.scopes",
        &format!("{HEADER}agency,nta,1,7c2cb2a1,{old}\nagency,nta,2,{},{new}\n", tag_of_second()),
        0o600,
    );
    keys
}

fn tag_of_second() -> String {
    root(fugo_keystore::Use::Test).derive(&"agency/nta/2".parse().expect("a scope")).expect("a root").tag().to_string()
}

fn registry(keys: &Keys) -> String {
    fs::read_to_string(keys.at("root.key.scopes")).expect("a registry")
}

fn convert(keys: &Keys, name: &str, more: &[&str]) -> Output {
    let roster = keys.file("roster.csv", ROSTER, 0o600);
    let (key, out, dir) = (keys.arg(name), keys.arg("out.csv"), keys.arg("."));
    let args = ["convert", &roster, "--key", &key, "--out", &out, "--test-keys", "--operator-dir", &dir];
    answer(&[&args[..], more].concat(), "")
}

fn verify(keys: &Keys, names: &[&str], symbol: &str, more: &[&str]) -> Output {
    let mut args: Vec<String> = ["symbol", "verify", "--test-keys"].map(str::to_owned).to_vec();
    names.iter().for_each(|name| args.extend(["--key".to_owned(), keys.arg(name)]));
    let args: Vec<&str> = args.iter().map(String::as_str).chain(more.iter().copied()).collect();
    answer(&args, format!("{NUMBER}\n{symbol}\n"))
}

/// The symbol of the known number under the second epoch, in text form.
fn text_of_second(keys: &Keys) -> String {
    succeeds(&convert(keys, "2.key", &["--keep", "name"]));
    let out = fs::read_to_string(keys.at("out.csv")).expect("converted");
    fs::remove_file(keys.at("out.csv")).expect("removed");
    let row = out.lines().find(|row| row.ends_with(",a")).expect("the row of the known number");
    row.split(',').next().expect("a symbol").to_owned()
}

#[test]
fn a_rotation_makes_the_key_of_the_next_epoch_and_records_both_dates() {
    let keys = with_first_epoch();
    let made = rotate(&keys, "agency/nta/1", "2027-04-01", "2027-04-30", "2.key");
    succeeds(&made);
    assert!(
        stderr(&made).contains("the test key of agency/nta/2, tag ")
            && stderr(&made).contains("valid from 2027-04-01 on")
    );
    assert!(stderr(&made).contains("agency/nta/1: accepted until 2027-04-30"));
    let derived = keys.scope("agency/nta/2");
    assert_eq!(fs::read(keys.at("2.key")).expect("made"), fs::read(derived).expect("made"), "the key of the ladder");
    let expected =
        format!("{HEADER}agency,nta,1,7c2cb2a1,,2027-04-30,\nagency,nta,2,{},2027-04-01,,\n", tag_of_second());
    assert_eq!(registry(&keys), expected);
}

#[cfg(unix)]
#[test]
fn a_root_key_behind_a_program_is_rotated_with_a_registry_that_is_named() {
    let keys = with_first_epoch();
    let text = "#!/usr/bin/python3\nimport hmac, sys\n\
                sys.stdout.buffer.write(hmac.digest(bytes(range(32)), sys.stdin.buffer.read(), 'sha256'))\n";
    let (root, out) = (format!("exec:{}", keys.file("kms", text, 0o700)), keys.arg("2.key"));
    let dates = ["--valid-from", "2027-04-01", "--accept-until", "2027-04-30"];
    let rotate = ["rotate", "--root", &root, "--scope", "agency/nta/1", "--out", &out, "--plaintext", "--use", "test"];
    is_refused(&key(&[&rotate[..], &dates].concat()), "--registry is missing");
    succeeds(&key(&[&rotate[..], &dates, &["--registry", &keys.arg("root.key.scopes")]].concat()));
    assert_eq!(fs::read(out).expect("made"), fs::read(keys.scope("agency/nta/2")).expect("made"));
    assert!(registry(&keys).contains(&format!("agency,nta,2,{},2027-04-01,,\n", tag_of_second())));
    // A root key in a token is rotated too, where there is a token: crates/keystore/tokens/tokens.py does it.
    let token = "pkcs11:token=a;object=b?module-path=/missing.so";
    let rotate = ["rotate", "--root", token, "--scope", "agency/nta/1", "--in", token];
    is_refused(&key(&[&rotate[..], &dates].concat()), "--registry is missing");
    is_refused(
        &key(&[&rotate[..], &dates, &["--registry", &keys.arg("root.key.scopes")]].concat()),
        "/missing.so is missing",
    );
}

#[test]
fn a_rotation_that_is_refused_records_nothing_and_makes_no_file() {
    let keys = with_first_epoch();
    let before = registry(&keys);
    is_refused(&rotate(&keys, "agency/mof/1", "2027-04-01", "2027-04-30", "2.key"), "is not recorded");
    is_refused(
        &rotate(&keys, "agency/nta/1", "2027-04-01", "2027-03-31", "2.key"),
        "must be accepted until the new one",
    );
    is_refused(&rotate(&keys, "agency/nta/1", "2027-04-01", "2027-04-30", "1.key"), "never replaced");
    is_refused(&rotate(&keys, "agency/nta/4294967295", "2027-04-01", "2027-04-30", "2.key"), "the last epoch");
    for date in ["2027-02-29", "20270401", "tomorrow"] {
        is_refused(&rotate(&keys, "agency/nta/1", date, "2027-04-30", "2.key"), "YYYY-MM-DD");
    }
    assert_eq!(registry(&keys), before);
    assert!(!keys.at("2.key").exists());
}

#[test]
fn a_rotation_whose_file_could_not_be_written_is_finished_by_the_same_command() {
    let keys = with_first_epoch();
    let refused = rotate(&keys, "agency/nta/1", "2027-04-01", "2027-04-30", "missing/2.key");
    is_refused(&refused, "the registry has the dates already: run the same command again");
    let recorded = registry(&keys);
    is_refused(&rotate(&keys, "agency/nta/1", "2027-04-02", "2027-04-30", "2.key"), "with other dates already");
    succeeds(&rotate(&keys, "agency/nta/1", "2027-04-01", "2027-04-30", "2.key"));
    assert_eq!(registry(&keys), recorded);
}

#[test]
fn of_two_rotations_at_once_with_other_dates_one_succeeds() {
    let keys = with_first_epoch();
    let outcomes: Vec<Option<i32>> = std::thread::scope(|threads| {
        let keys = &keys;
        let runs: Vec<_> = [("2027-04-01", "a.key"), ("2027-05-01", "b.key")]
            .into_iter()
            .map(|(from, out)| threads.spawn(move || rotate(keys, "agency/nta/1", from, from, out).status.code()))
            .collect();
        runs.into_iter().map(|run| run.join().expect("no panic")).collect()
    });
    assert!(outcomes == [Some(0), Some(2)] || outcomes == [Some(2), Some(0)], "{outcomes:?}");
    let (won, lost, date) = if outcomes[0] == Some(0) { ("a", "b", "2027-04-01") } else { ("b", "a", "2027-05-01") };
    assert!(keys.at(&format!("{won}.key")).exists() && !keys.at(&format!("{lost}.key")).exists());
    let expected = format!("{HEADER}agency,nta,1,7c2cb2a1,,{date},\nagency,nta,2,{},{date},,\n", tag_of_second());
    assert_eq!(registry(&keys), expected);
}

#[test]
fn convert_refuses_a_key_outside_its_days_unless_it_is_told() {
    for (old, new, first, second) in [
        // Tomorrow begins the second epoch.
        (format!(",{},", day(2)), format!("{},,", day(1)), None, Some("in Japan it is not that day yet")),
        // Today it began; the first is still accepted, but not made.
        (format!(",{},", day(2)), format!("{},,", day(0)), Some("was replaced: agency/nta/2"), None),
        // The last day of a scope without a second epoch is a day of it.
        (format!(",{},", day(0)), ",,".to_owned(), None, None),
        (format!(",{},", day(-1)), ",,".to_owned(), Some("that day has ended in Japan"), None),
        (format!(",,{}", day(-1)), ",,".to_owned(), Some("was destroyed on"), None),
    ] {
        let keys = with_two_epochs(&old, &new);
        let registry = keys.arg("root.key.scopes");
        for (name, refusal) in [("1.key", first), ("2.key", second)] {
            let output = convert(&keys, name, &["--registry", &registry]);
            match refusal {
                None => succeeds(&output),
                Some(reason) => {
                    is_refused(&output, reason);
                    assert!(!keys.at("out.csv").exists());
                    let output = convert(&keys, name, &["--registry", &registry, "--ignore-dates"]);
                    if reason == "was destroyed on" {
                        is_refused(&output, reason);
                        assert!(stderr(&output).contains("destroy this copy too"), "{output:?}");
                        continue;
                    }
                    succeeds(&output);
                    assert!(stderr(&output).contains("used because of --ignore-dates"), "{output:?}");
                }
            }
            fs::remove_file(keys.at("out.csv")).expect("an output");
            succeeds(&convert(&keys, name, &[]));
            fs::remove_file(keys.at("out.csv")).expect("an output");
        }
    }
}

#[test]
fn convert_refuses_a_key_that_its_registry_does_not_record() {
    let keys = with_first_epoch();
    keys.scope("agency/mof/1");
    let registry = keys.arg("root.key.scopes");
    is_refused(&convert(&keys, "agency-mof-1.key", &["--registry", &registry]), "is not recorded");
    is_refused(&convert(&keys, "1.key", &["--registry", &keys.arg("missing")]), "registry of scopes");
    assert!(!keys.at("out.csv").exists());
}

#[test]
fn convert_never_replaces_the_registry_that_it_reads() {
    let keys = with_first_epoch();
    let before = registry(&keys);
    let (roster, path) = (keys.file("roster.csv", ROSTER, 0o600), keys.arg("root.key.scopes"));
    let key = keys.arg("1.key");
    let args = ["convert", &roster, "--key", &key, "--out", &path, "--overwrite", &path, "--registry", &path];
    assert_eq!(answer(&[&args[..], &["--test-keys"]].concat(), "").status.code(), Some(2));
    assert_eq!(registry(&keys), before);
}

#[test]
fn verify_knows_the_epoch_of_a_symbol_by_its_tag_while_both_are_accepted() {
    let keys = with_two_epochs(&format!(",{},", day(0)), &format!("{},,", day(0)));
    let second = text_of_second(&keys);
    let registry = keys.arg("root.key.scopes");
    let more = ["--registry", registry.as_str()];
    for (symbol, scope) in [(TEXT, "agency/nta/1, tag 7c2cb2a1"), (second.as_str(), "agency/nta/2, tag ")] {
        let output = verify(&keys, &["1.key", "2.key"], symbol, &more);
        succeeds(&output);
        let expected = format!("yes: this is the symbol of the number for {scope}");
        assert!(stdout(&output).starts_with(&expected), "{output:?}");
    }
    let output = verify(&keys, &["2.key"], TEXT, &more);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).ends_with("; by its tag it is a symbol of agency/nta/1\n"), "{output:?}");
    let hex = answer(&["symbol", "decode"], second.as_str());
    let output = verify(&keys, &["1.key", "2.key"], stdout(&hex).trim(), &more);
    assert!(stdout(&output).starts_with("yes: this is the symbol of the number for agency/nta/2"), "{output:?}");
}

#[test]
fn verify_refuses_an_epoch_that_is_not_accepted_today() {
    let keys = with_two_epochs(&format!(",{},", day(-1)), &format!("{},,", day(-1)));
    let registry = keys.arg("root.key.scopes");
    is_refused(&verify(&keys, &["1.key", "2.key"], TEXT, &["--registry", &registry]), "that day has ended in Japan");
    succeeds(&verify(&keys, &["1.key"], TEXT, &["--registry", &registry, "--ignore-dates"]));
    succeeds(&verify(&keys, &["1.key"], TEXT, &[]));
}

#[test]
fn check_accepts_both_epochs_in_the_overlap_and_counts_each() {
    let keys = with_two_epochs(&format!(",{},", day(0)), &format!("{},,", day(0)));
    let file = keys.file("symbols", &format!("{TEXT}\n{}\n{TEXT}\n", text_of_second(&keys)), 0o600);
    let registry = keys.arg("root.key.scopes");
    let output = answer(&["check", "--symbols", &file, "--registry", &registry], "");
    succeeds(&output);
    assert_eq!(stdout(&output), "");
    let says = stderr(&output);
    assert!(says.contains("3 lines: 3 good, 0 bad\n"), "{says}");
    assert!(says.contains(&format!("agency/nta/1, tag 7c2cb2a1, accepted until {}: 2 lines\n", day(0))), "{says}");
    assert!(says.contains(&format!("agency/nta/2, tag {}: 1 lines\n", tag_of_second())), "{says}");
}

#[test]
fn check_names_the_lines_that_are_not_accepted_and_shows_no_symbol() {
    let keys = with_two_epochs(&format!(",{},", day(-1)), &format!("{},,", day(-1)));
    let second = text_of_second(&keys);
    let registry = format!("{}agency,mof,1,00000001,,,\n", registry(&keys));
    let registry = keys.file("registry", &registry, 0o600);
    let of = |part: &str, tag: [u8; 4]| {
        let purpose = fugo::Purpose::from_text_part(part).expect("a purpose");
        fugo::text::TextEncoder::new(purpose, fugo::KeyTag::from_bytes(tag)).encode(&[7; 16]).to_string()
    };
    let lines =
        [&second, TEXT, &of("kikan", [0, 0, 0, 1]), &of("kikan", [9; 4]), &of("kenkyu", [0, 0, 0, 1]), "kikan1x"];
    let output = answer(&["check", "--symbols", "--registry", &registry], lines.join("\n"));
    assert_eq!(output.status.code(), Some(1));
    let says: Vec<&str> = stdout(&output).lines().collect();
    assert_eq!(says.len(), 5, "{says:?}");
    assert!(says[0].starts_with("line 2: agency/nta/1 was accepted until "), "{says:?}");
    assert_eq!(says[1], "line 3: a symbol of agency/mof/1, but the file begins with symbols of agency/nta/2");
    assert_eq!(says[2], "line 4: a symbol under the key tagged 09090909, which the registry does not have");
    assert_eq!(says[3], "line 5: a symbol under the key tagged 00000001, which the registry does not have");
    assert!(says[4].starts_with("line 6: the text is corrupted"), "{says:?}");
    assert!(!stdout(&output).contains("kikan1") && !stderr(&output).contains("kikan1"));
    is_refused(&answer(&["check", "--symbols"], ""), "--registry");
}

#[test]
fn dates_shows_each_epoch_and_what_it_is_today() {
    let keys = with_two_epochs(&format!(",{},", day(0)), &format!("{},,", day(0)));
    let root = keys.arg("root.key");
    let output = key(&["dates", "--root", &root, "--scope", "agency/nta/1"]);
    succeeds(&output);
    let expected = format!(
        "agency/nta/1, tag 7c2cb2a1, accepted until {0}: symbols are accepted today and not made\n\
         agency/nta/2, tag {1}, valid from {0}: symbols are made and accepted today\n",
        day(0),
        tag_of_second()
    );
    assert_eq!(stdout(&output), expected);
    let set = ["dates", "--root", &root, "--scope", "agency/nta/1", "--accept-until", &day(9)];
    assert!(stdout(&key(&set)).starts_with(&format!("agency/nta/1, tag 7c2cb2a1, accepted until {}", day(9))));
    assert!(registry(&keys).contains(&format!("agency,nta,1,7c2cb2a1,,{},\n", day(9))));
    let order = ["dates", "--root", &root, "--scope", "agency/nta/1", "--valid-from", &day(10)];
    is_refused(&key(&order), "from must not be after until");
    is_refused(
        &key(&["dates", "--root", &root, "--scope", "agency/mof/1", "--valid-from", &day(1)]),
        "not in the registry",
    );
    is_refused(&key(&["dates"]), "--registry");
}

#[test]
fn a_destroyed_key_is_gone_and_its_tag_and_day_stay() {
    let keys = with_two_epochs(&format!(",{},", day(-1)), &format!("{},,", day(-1)));
    let root = keys.arg("root.key");
    let copy = keys.at("copy");
    fs::hard_link(keys.at("1.key"), &copy).expect("a second name");
    let len = fs::metadata(&copy).expect("a file").len() as usize;
    let output = key(&["destroy", &keys.arg("1.key"), "--root", &root]);
    succeeds(&output);
    assert!(stderr(&output).contains(&format!("agency/nta/1, tag 7c2cb2a1, destroyed on {}", day(0))), "{output:?}");
    assert!(!keys.at("1.key").exists());
    let left = fs::read(copy).expect("the second name");
    assert_eq!(left, ERASED.repeat(99).as_bytes()[..len], "the content was overwritten");
    assert!(registry(&keys).contains(&format!("agency,nta,1,7c2cb2a1,,{},{}\n", day(-1), day(0))));

    let out = keys.arg("again.key");
    let again = ["derive", "--root", &root, "--scope", "agency/nta/1", "--out", &out, "--plaintext"];
    is_refused(&key(&again), "a destroyed key is not made again");
    is_refused(&rotate(&keys, "agency/nta/1", &day(-1), &day(-1), "again.key"), "a destroyed key is not made again");
    assert!(!keys.at("again.key").exists());
}

#[test]
fn a_rotation_to_a_destroyed_epoch_is_refused() {
    let keys = with_two_epochs(",,", &format!(",,{}", day(-1)));
    let before = registry(&keys);
    is_refused(&rotate(&keys, "agency/nta/1", &day(1), &day(2), "again.key"), "the key of agency/nta/2 was destroyed");
    assert_eq!(registry(&keys), before);
}

#[test]
fn a_key_whose_symbols_are_accepted_is_destroyed_only_if_it_is_told() {
    for (dates, reason) in
        [(format!(",{},", day(0)), "are accepted until"), (",,".to_owned(), "are accepted without an end")]
    {
        let keys = with_two_epochs(&dates, ",,");
        let (root, file) = (keys.arg("root.key"), keys.arg("1.key"));
        let before = registry(&keys);
        is_refused(&key(&["destroy", &file, "--root", &root]), reason);
        assert_eq!(registry(&keys), before);
        assert!(keys.at("1.key").exists());
        succeeds(&key(&["destroy", &file, "--root", &root, "--although-accepted"]));
        assert!(!keys.at("1.key").exists());
    }
}

#[test]
fn a_copy_of_a_destroyed_key_is_destroyed_by_the_same_command() {
    let keys = with_two_epochs(&format!(",{},{}", day(-9), day(-8)), ",,");
    let output = key(&["destroy", &keys.arg("1.key"), "--root", &keys.arg("root.key")]);
    succeeds(&output);
    assert!(stderr(&output).contains(&format!("destroyed on {}", day(-8))), "{output:?}");
    assert!(!keys.at("1.key").exists());
}

#[test]
fn an_overwritten_file_that_a_stopped_run_left_is_removed_by_the_same_command() {
    let keys = with_two_epochs(&format!(",{},{}", day(-9), day(-8)), ",,");
    let len = fs::metadata(keys.at("1.key")).expect("a file").len() as usize;
    keys.file("1.key", &ERASED.repeat(99)[..len], 0o600);
    let before = registry(&keys);
    let destroy = ["destroy", &keys.arg("1.key"), "--root", &keys.arg("root.key")];
    let output = key(&destroy);
    succeeds(&output);
    assert!(stderr(&output).contains("had overwritten it"), "{output:?}");
    assert!(!keys.at("1.key").exists());
    assert_eq!(registry(&keys), before);

    // A file of zeros was never a key, and stays.
    keys.file("1.key", &"\0".repeat(len), 0o600);
    is_refused(&key(&destroy), "not a key file");
    assert_eq!(fs::read(keys.at("1.key")).expect("kept"), vec![0; len]);

    // Without a key on record that was destroyed, the registry is another one.
    let keys = with_two_epochs(",,", ",,");
    keys.file("1.key", ERASED, 0o600);
    is_refused(&key(&["destroy", &keys.arg("1.key"), "--root", &keys.arg("root.key")]), "the registry records none");
    assert!(keys.at("1.key").exists());
}

#[test]
fn only_recorded_keys_of_scopes_in_regular_files_are_destroyed() {
    let keys = with_first_epoch();
    let root = keys.arg("root.key");
    is_refused(&key(&["destroy", &root, "--root", &root]), "is a root key");
    let mof = keys.scope("agency/mof/1");
    is_refused(&key(&["destroy", &mof, "--root", &root, "--although-accepted"]), "is not recorded");
    is_refused(&key(&["destroy", &mof]), "--registry");
    assert!(keys.at("agency-mof-1.key").exists() && keys.at("root.key").exists());
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(keys.at("1.key"), keys.at("link.key")).expect("a link");
        let before = registry(&keys);
        is_refused(&key(&["destroy", &keys.arg("link.key"), "--root", &root, "--although-accepted"]), "this is a link");
        assert_eq!(registry(&keys), before, "nothing was recorded");
        assert!(keys.at("1.key").exists());
    }
}

#[test]
fn the_first_key_of_the_insurers_is_kept_for_eligibility_symbols() {
    let keys = Keys::root();
    let (root, out) = (keys.arg("root.key"), keys.arg("insurers.key"));
    succeeds(&key(&["derive", "--root", &root, "--scope", "insurers/all/1", "--out", &out, "--plaintext"]));
    let made = rotate(&keys, "insurers/all/1", &day(-9), &day(-9), "insurers-2.key");
    succeeds(&made);
    assert!(stderr(&made).contains("keep that key"));
    is_refused(&key(&["destroy", &out, "--root", &root]), "eligibility symbols of every epoch are derived");
    // Its own symbols are no longer made, but eligibility symbols still are.
    let eligibility = keys.arg("eligibility.key");
    succeeds(&key(&["derive", "--root", &root, "--scope", "eligibility/all/1", "--out", &eligibility, "--plaintext"]));
    let registry = keys.arg("root.key.scopes");
    is_refused(&convert(&keys, "insurers.key", &["--registry", &registry]), "was accepted until");
    succeeds(&convert(&keys, "eligibility.key", &["--insurers-key", &out, "--registry", &registry]));
}

#[test]
fn a_key_is_destroyed_before_its_first_day_only_if_it_is_told() {
    // A clock that is late says that the first day is yet to come. `--although-accepted` alone does not ask for that.
    let keys = with_two_epochs(",,", &format!("{},,", day(3)));
    let (root, file) = (keys.arg("root.key"), keys.arg("2.key"));
    let before = registry(&keys);
    is_refused(&key(&["destroy", &file, "--root", &root]), "are accepted without an end");
    let destroy = ["destroy", &file, "--root", &root, "--although-accepted"];
    is_refused(&key(&destroy), &format!("is valid from {} on, and the clock of this machine says {}", day(3), day(0)));
    assert_eq!(registry(&keys), before);
    assert!(keys.at("2.key").exists());
    let told = [&destroy[..], &["--before-it-begins"]].concat();
    is_refused(&key(&["destroy", &file, "--root", &root, "--before-it-begins"]), "are accepted without an end");
    succeeds(&key(&told));
    assert!(registry(&keys).ends_with(&format!("{},,{}\n", day(3), day(0))));
}

#[test]
fn a_clock_before_a_recorded_destruction_is_refused_where_a_day_counts() {
    let keys = with_two_epochs(",,", &format!(",,{}", day(5)));
    let (root, registry_path) = (keys.arg("root.key"), keys.arg("root.key.scopes"));
    let symbols = keys.file("symbols", &format!("{TEXT}\n"), 0o600);
    let before = registry(&keys);
    let says = format!("the key of agency/nta/2 was destroyed on {}", day(5));
    for refused in [
        convert(&keys, "1.key", &["--registry", &registry_path]),
        verify(&keys, &["1.key"], TEXT, &["--registry", &registry_path]),
        answer(&["check", "--symbols", &symbols, "--registry", &registry_path], ""),
        key(&["destroy", &keys.arg("1.key"), "--root", &root, "--although-accepted"]),
    ] {
        is_refused(&refused, &says);
    }
    assert_eq!(registry(&keys), before);
    assert!(keys.at("1.key").exists());
    // What shows the dates shows them, and warns.
    let shown = key(&["dates", "--root", &root]);
    succeeds(&shown);
    assert!(stderr(&shown).contains(&says), "{shown:?}");
    succeeds(&convert(&keys, "1.key", &["--registry", &registry_path, "--ignore-dates"]));
}

#[test]
fn a_registry_with_two_lines_of_a_scope_is_refused_by_every_command() {
    // Copies from before and after the destruction, merged by `sort -u`: the line without the day is first.
    let keys = with_two_epochs(",,", ",,");
    let text = format!("{HEADER}agency,nta,1,7c2cb2a1,,,\nagency,nta,1,7c2cb2a1,,,{}\n", day(-8));
    let registry = keys.file("root.key.scopes", &text, 0o600);
    let (root, file, out) = (keys.arg("root.key"), keys.arg("1.key"), keys.arg("again.key"));
    let symbols = keys.file("symbols", &format!("{TEXT}\n"), 0o600);
    let derive = ["derive", "--root", &root, "--scope", "agency/nta/1", "--out", &out, "--plaintext"];
    for refused in [
        convert(&keys, "1.key", &["--registry", &registry]),
        verify(&keys, &["1.key"], TEXT, &["--registry", &registry]),
        answer(&["check", "--symbols", &symbols, "--registry", &registry], ""),
        key(&derive),
        key(&["dates", "--root", &root]),
        key(&["destroy", &file, "--root", &root, "--although-accepted"]),
        key(&["inspect", &file, "--registry", &registry]),
        rotate(&keys, "agency/nta/1", &day(1), &day(2), "again.key"),
    ] {
        is_refused(&refused, "line 3 of the registry has the scope of line 2");
    }
    assert!(keys.at("1.key").exists() && !keys.at("again.key").exists() && !keys.at("out.csv").exists());
    assert_eq!(self::registry(&keys), text);
}

#[test]
#[cfg(unix)]
fn a_key_file_that_cannot_be_overwritten_is_not_recorded_as_destroyed() {
    if rustix::process::geteuid().is_root() {
        // Root may write every file: a folder in place of the lock shows the same order of the steps.
        let keys = with_two_epochs(&format!(",{},", day(-1)), ",,");
        fs::remove_file(keys.at("root.key.scopes.lock")).expect("a lock");
        fs::create_dir(keys.at("root.key.scopes.lock")).expect("a folder");
        assert_eq!(key(&["destroy", &keys.arg("1.key"), "--root", &keys.arg("root.key")]).status.code(), Some(2));
        assert!(keys.at("1.key").exists(), "what is not recorded is not destroyed");
        return;
    }
    let keys = with_two_epochs(&format!(",{},", day(-1)), ",,");
    set_mode(&keys.at("1.key"), 0o400);
    let before = registry(&keys);
    assert_eq!(key(&["destroy", &keys.arg("1.key"), "--root", &keys.arg("root.key")]).status.code(), Some(2));
    assert_eq!(registry(&keys), before);
}
