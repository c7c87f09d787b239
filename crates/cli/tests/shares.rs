//! `fugo key split`, `fugo key join` and `--root-shares`: one test per behaviour.

mod sample_keys;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use age::{secrecy::ExposeSecret, x25519};
use fugo_keystore::Use;
use sample_keys::{Keys, NTA_HEX, ROOT_HEX, answer, root, set_mode, stderr, stdout};

struct Custodians {
    keys: Keys,
    recipients: Vec<String>,
}

impl Custodians {
    /// This many, each with an identity in `custodian-N.txt`; and the test root key.
    fn of(count: usize) -> Self {
        let keys = Keys::root();
        let recipients = (1..=count).map(|number| {
            let identity = x25519::Identity::generate();
            keys.file(&format!("custodian-{number}.txt"), identity.to_string().expose_secret(), 0o600);
            identity.to_public().to_string()
        });
        let recipients = recipients.collect();
        Self { keys, recipients }
    }

    fn split_args<'a>(&'a self, threshold: &'a str, dir: &'a str) -> Vec<&'a str> {
        let mut args = vec!["key", "split", "--threshold", threshold, "--out-dir", dir];
        self.recipients.iter().for_each(|recipient| args.extend(["--to", recipient]));
        args
    }

    /// Splits the test root key into `shares`.
    fn split(&self, threshold: &str) -> Output {
        let (root, dir) = (self.keys.arg("root.key"), self.keys.arg("shares"));
        let mut args = self.split_args(threshold, &dir);
        args.push(&root);
        answer(&args, "")
    }

    fn share(&self, number: usize) -> PathBuf {
        let count = self.recipients.len();
        self.keys.at(&format!("shares/root-0e84213a-share-{number}-of-{count}.age"))
    }

    /// The shares of these custodians and their identities, as arguments.
    fn with(&self, command: &[&str], numbers: &[usize], more: &[&str]) -> Output {
        let shares: Vec<String> =
            numbers.iter().map(|number| self.share(*number).to_str().expect("text").into()).collect();
        let identities: Vec<String> =
            (1..=self.recipients.len()).map(|number| self.keys.arg(&format!("custodian-{number}.txt"))).collect();
        let mut args = command.to_vec();
        args.extend(shares.iter().map(String::as_str));
        identities.iter().for_each(|identity| args.extend(["--root-identity", identity]));
        args.extend(more);
        answer(&args, "")
    }

    fn join(&self, numbers: &[usize], more: &[&str]) -> Output {
        self.with(&["key", "join"], numbers, more)
    }

    /// The text of a share, opened by its custodian with age alone.
    fn text(&self, number: usize) -> String {
        let identity = fs::read_to_string(self.keys.at(&format!("custodian-{number}.txt"))).expect("an identity");
        let identity: x25519::Identity = identity.trim().parse().expect("an identity");
        let sealed = fs::read(self.share(number)).expect("a share");
        String::from_utf8(age::decrypt(&identity, &sealed).expect("its identity opens it")).expect("text")
    }

    /// Replaces a share by another text, sealed to its custodian.
    fn replace(&self, number: usize, text: &str) {
        let recipient: x25519::Recipient = self.recipients[number - 1].parse().expect("a recipient");
        fs::write(self.share(number), age::encrypt(&recipient, text.as_bytes()).expect("sealed")).expect("written");
    }
}

fn succeeds(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

fn is_refused(output: &Output, reason: &str) {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(output).contains(reason), "{} does not say: {reason}", stderr(output));
    assert_eq!(stdout(output), "");
}

/// The files of a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        files.map(|file| file.expect("a file").file_name().into_string().expect("text")).collect();
    names.sort();
    names
}

#[test]
fn each_custodian_gets_a_file_that_only_the_own_identity_opens() {
    let custodians = Custodians::of(3);
    let made = custodians.split("2");
    succeeds(&made);
    assert!(stderr(&made).contains("any 2 of 3 shares give the test root key with the tag 0e84213a"), "{made:?}");
    for number in 1..=3 {
        assert!(custodians.text(number).starts_with("fugo-share 1\nshare: testshare1"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(custodians.share(number)).expect("a share").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            let folder = custodians.share(number).parent().expect("a folder").to_owned();
            assert_eq!(fs::metadata(folder).expect("a folder").permissions().mode() & 0o777, 0o700);
        }
    }
    let (share, other) = (custodians.share(1), custodians.keys.arg("custodian-2.txt"));
    let args = ["key", "join", share.to_str().expect("text"), "--root-identity", &other];
    is_refused(&answer(&args, ""), "none of the identities given opens");
}

#[test]
fn any_three_of_five_join_to_the_root_key_and_two_do_not() {
    let custodians = Custodians::of(5);
    succeeds(&custodians.split("3"));
    for numbers in [[1, 2, 3], [5, 1, 4], [2, 4, 5]] {
        let joined = custodians.join(&numbers, &[]);
        succeeds(&joined);
        assert!(stderr(&joined).contains("3 shares join to the test root key with the tag 0e84213a"), "{joined:?}");
    }
    is_refused(&custodians.join(&[1, 5], &[]), "2 shares are too few; 3 different shares of the set are needed");
    assert_eq!(names(&custodians.keys.at("shares")).len(), 5, "a check writes nothing");
    let out = custodians.keys.arg("again.key");
    succeeds(&custodians.join(&[1, 2, 3, 4, 5], &["--out", &out, "--plaintext"]));
    assert!(fs::read_to_string(&out).expect("made").contains(ROOT_HEX));
}

#[test]
fn keys_are_derived_from_shares_and_the_root_is_written_nowhere() {
    let custodians = Custodians::of(5);
    succeeds(&custodians.split("3"));
    fs::remove_file(custodians.keys.at("root.key")).expect("removed");
    let (out, registry) = (custodians.keys.arg("nta.key"), custodians.keys.arg("scopes"));
    let more = ["--scope", "agency/nta/1", "--out", &out, "--registry", &registry, "--plaintext"];
    succeeds(&custodians.with(&["key", "derive", "--root-shares"], &[2, 3, 5], &more));
    assert!(fs::read_to_string(&out).expect("made").contains(NTA_HEX));
    let next = custodians.keys.arg("nta-2.key");
    let dates = ["--valid-from", "2027-04-01", "--accept-until", "2027-04-30"];
    let more =
        [&["--scope", "agency/nta/1", "--out", &next, "--registry", &registry, "--plaintext"], &dates[..]].concat();
    succeeds(&custodians.with(&["key", "rotate", "--root-shares"], &[1, 2, 3], &more));
    let second = root(Use::Test).derive(&"agency/nta/2".parse().expect("a scope")).expect("derived");
    assert!(fs::read_to_string(&registry).expect("recorded").contains(&second.tag().to_string()));
    let files = custodians.keys.names();
    assert!(files.iter().all(|name| {
        let path = custodians.keys.at(name);
        path.is_dir() || !fs::read_to_string(path).expect("text").contains(ROOT_HEX)
    }));
    let without = ["--scope", "agency/nta/3", "--out", &out, "--plaintext"];
    is_refused(&custodians.with(&["key", "derive", "--root-shares"], &[1, 2, 3], &without), "--registry");
}

#[test]
fn a_root_can_be_born_as_shares() {
    let custodians = Custodians::of(3);
    fs::remove_file(custodians.keys.at("root.key")).expect("removed");
    let dir = custodians.keys.arg("shares");
    let made = answer(&[&custodians.split_args("2", &dir)[..], &["--new"]].concat(), "");
    succeeds(&made);
    assert!(stderr(&made).contains("any 2 of 3 shares give the production root key"), "{made:?}");
    assert_eq!(custodians.keys.names(), ["custodian-1.txt", "custodian-2.txt", "custodian-3.txt", "shares"]);
    let other = custodians.keys.arg("new/shares");
    let again = answer(&[&custodians.split_args("2", &other)[..], &["--new", "--use", "test"]].concat(), "");
    succeeds(&again);
    let files = [names(&custodians.keys.at("shares")), names(&custodians.keys.at("new/shares"))].concat();
    let different: std::collections::BTreeSet<&String> = files.iter().collect();
    assert_eq!((files.len(), different.len()), (6, 6), "two roots, and each has a tag: {files:?}");
    is_refused(&answer(&custodians.split_args("2", &dir), ""), "<ROOT|--new|--root-shares <FILE>...>");
}

#[test]
fn a_new_set_is_made_from_shares_in_memory_and_the_old_one_still_joins() {
    let custodians = Custodians::of(3);
    succeeds(&custodians.split("2"));
    fs::remove_file(custodians.keys.at("root.key")).expect("removed");
    let dir = custodians.keys.arg("new-shares");
    let mut more = custodians.split_args("3", &dir);
    let more = more.split_off(2);
    let made = custodians.with(&["key", "split", "--root-shares"], &[1, 3], &more);
    succeeds(&made);
    assert!(stderr(&made).contains("any 3 of 3 shares give the test root key with the tag 0e84213a"), "{made:?}");
    assert!(!custodians.keys.at("root.key").exists());
    succeeds(&custodians.join(&[1, 2], &[]));
    let new = custodians.keys.arg("new-shares/root-0e84213a-share-1-of-3.age");
    is_refused(&custodians.join(&[1, 2], &[&new]), "share-1-of-3.age: the share is of another set");
}

#[test]
fn a_spoilt_share_is_named_by_its_file() {
    let custodians = Custodians::of(5);
    succeeds(&custodians.split("3"));
    let name = |number: usize| format!("root-0e84213a-share-{number}-of-5.age: the share is spoilt");
    let original = custodians.text(2);
    let line = |text: &str| text.lines().nth(1).expect("a line").to_owned();

    // The line of another custodian: its checksum is good.
    custodians.replace(2, &original.replace(&line(&original), &line(&custodians.text(4))));
    is_refused(&custodians.join(&[1, 2, 3], &[]), &name(2));
    succeeds(&custodians.join(&[1, 3, 4], &[]));

    // Another check value of itself: only the others know better.
    let own = original.lines().nth(3).expect("checks").split([' ', ',']).nth(2).expect("its check").to_owned();
    custodians.replace(2, &original.replace(&own, &"0".repeat(64)));
    is_refused(&custodians.join(&[1, 3, 2], &[]), &name(2));

    // A wrong character in the line: it is not a share.
    custodians.replace(2, &original.replace("share: testshare1qy", "share: testshare1qz"));
    is_refused(&custodians.join(&[1, 2, 3], &[]), "share-2-of-5.age: line 2: the value of `share`");
    custodians.replace(2, &original);
    succeeds(&custodians.join(&[1, 2, 3], &[]));
}

#[test]
fn shares_of_two_sets_and_shares_given_twice_are_named() {
    let custodians = Custodians::of(3);
    succeeds(&custodians.split("2"));
    let first = fs::read(custodians.share(1)).expect("a share");
    fs::remove_dir_all(custodians.keys.at("shares")).expect("removed");
    succeeds(&custodians.split("2"));
    is_refused(&custodians.join(&[2, 3, 2], &[]), "share-2-of-3.age: the share was given twice");
    fs::write(custodians.share(1), first).expect("the share of the first set");
    is_refused(&custodians.join(&[2, 1], &[]), "share-1-of-3.age: the share is of another set");
}

#[test]
fn all_shares_are_made_or_none() {
    let custodians = Custodians::of(3);
    fs::create_dir(custodians.keys.at("shares")).expect("a folder");
    fs::write(custodians.share(3), "mine").expect("a file in the way");
    is_refused(&custodians.split("2"), "never replaced");
    assert_eq!(names(&custodians.keys.at("shares")), ["root-0e84213a-share-3-of-3.age"]);
    assert_eq!(fs::read_to_string(custodians.share(3)).expect("kept"), "mine");
    // An empty directory is one that somebody made for something else.
    fs::remove_file(custodians.share(3)).expect("removed");
    is_refused(&custodians.split("2"), "name a new directory");
    assert!(names(&custodians.keys.at("shares")).is_empty());
}

#[test]
fn what_a_killed_split_left_is_removed_by_the_next_one_and_joins_with_nothing() {
    let custodians = Custodians::of(3);
    let folder = custodians.keys.at("");
    // A directory of shares before it gets its name: this is all that a killed run leaves.
    let dead = folder.join(".fugo-run-dead");
    fs::create_dir_all(dead.join("folder-1")).expect("a folder");
    fs::write(dead.join("fugo-run"), "").expect("a mark");
    for share in 1..=2 {
        fs::write(dead.join(format!("folder-1/root-0e84213a-share-{share}-of-3.age")), "age").expect("a share");
    }
    succeeds(&custodians.split("2"));
    assert_eq!(names(&custodians.keys.at("shares")).len(), 3);
    let hidden: Vec<String> = names(&folder).into_iter().filter(|name| name.starts_with('.')).collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}

#[test]
fn a_wrong_threshold_and_a_custodian_with_two_shares_are_refused() {
    let custodians = Custodians::of(3);
    for threshold in ["0", "1", "4", "255", "256", "300", "99999999999"] {
        is_refused(&custodians.split(threshold), "the threshold must be 2 or more, and at most the number of shares");
    }
    let (root, dir) = (custodians.keys.arg("root.key"), custodians.keys.arg("shares"));
    let one = custodians.recipients[0].as_str();
    let twice = ["key", "split", &root, "--threshold", "2", "--out-dir", &dir, "--to", one, "--to", one];
    is_refused(&answer(&twice, ""), "the same recipient");
    let again = one.to_uppercase();
    let twice = ["key", "split", &root, "--threshold", "2", "--out-dir", &dir, "--to", one, "--to", &again];
    is_refused(&answer(&twice, ""), "the same recipient");
    let identity = fs::read_to_string(custodians.keys.at("custodian-1.txt")).expect("an identity");
    let swapped = ["key", "split", &root, "--threshold", "2", "--out-dir", &dir, "--to", one, "--to", identity.trim()];
    let refused = answer(&swapped, "");
    is_refused(&refused, "a recipient must be");
    assert!(!stderr(&refused).contains(identity.trim()));
    assert!(!custodians.keys.at("shares").exists());
}

#[test]
fn a_scope_key_is_not_split_and_a_share_is_not_a_key() {
    let custodians = Custodians::of(2);
    let nta = custodians.keys.scope("agency/nta/1");
    let dir = custodians.keys.arg("shares");
    let mut args = custodians.split_args("2", &dir);
    args.push(&nta);
    is_refused(&answer(&args, ""), "only a root key is split");
    succeeds(&custodians.split("2"));
    let share = custodians.share(1);
    let args = ["key", "inspect", share.to_str().expect("text"), "--identity", &custodians.keys.arg("custodian-1.txt")];
    is_refused(&answer(&args, ""), "line 1 is not valid");
    // An opened share that others can read is refused as other keys are.
    fs::write(&share, custodians.text(1)).expect("written");
    set_mode(&share, 0o644);
    is_refused(&custodians.join(&[1, 2], &[]), "chmod 600");
}
