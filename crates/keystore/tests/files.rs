//! Key files on a disk: they are written, locked, opened and refused.

use std::{fs, path::PathBuf};

use age::{secrecy::ExposeSecret, x25519};
use fugo::{RootKey, Scope};
use fugo_keystore::{
    Key, KeyFile, Lock, Recorded, Registry, Seal, SealedKeyFile, SecretFileError, TestKeys, Unlock, Use,
    read_passphrase,
};

/// Bytes without a pattern.
const KEY: [u8; 32] = *b"\x97\x01\xfe\x3c\xd2\x58\x0b\x6a\xe5\x40\x19\x8f\xc4\x7d\x23\xb6\x5e\xa1\x0c\xf8\x34\x92\xdb\x67\x11\x4f\xba\x85\xec\x2d\x76\xc9";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn test_root() -> KeyFile {
    KeyFile::root(RootKey::from_bytes(&KEY), Use::Test)
}

fn production_root() -> KeyFile {
    KeyFile::root(RootKey::from_bytes(&KEY), Use::Production)
}

fn scope(text: &str) -> Scope {
    text.parse().expect("a scope")
}

fn to(identity: &x25519::Identity) -> Seal {
    let recipient = identity.to_public().to_string().parse().expect("a recipient");
    Seal::recipients(vec![recipient]).expect("one recipient")
}

fn file_with(folder: &tempfile::TempDir, name: &str, text: &str, mode: u32) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("written");
    set_mode(&path, mode);
    path
}

#[cfg(unix)]
fn set_mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
}

#[cfg(unix)]
fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).expect("metadata").permissions().mode() & 0o777
}

/// Opens test keys that are not locked.
fn nothing() -> Unlock {
    Unlock::default().with_test_keys()
}

fn load_kind(path: &std::path::Path, unlock: &Unlock) -> &'static str {
    KeyFile::load(path, unlock).expect_err("a refusal").kind().as_str()
}

#[test]
fn a_key_locked_to_a_recipient_opens_with_its_identity() {
    let folder = folder();
    let path = folder.path().join("root.key");
    let (mine, other) = (x25519::Identity::generate(), x25519::Identity::generate());
    production_root().create(&path, &to(&mine)).expect("made");
    assert!(fs::read(&path).expect("read").starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----"));
    assert_eq!(SealedKeyFile::read(&path).expect("read").lock(), Lock::Identity);

    let identity = |identity: &x25519::Identity| {
        let text = format!("# made for a test\n\n{}\n", identity.to_string().expose_secret());
        let path = file_with(&folder, "identity", &text, 0o600);
        nothing().with_identity_file(&path).expect("an identity file")
    };
    let found = KeyFile::load(&path, &identity(&mine)).expect("opened");
    assert!(matches!(found.key(), Key::Root(key) if *key == RootKey::from_bytes(&KEY)));
    assert_eq!(found.usage(), Use::Production);
    assert_eq!(load_kind(&path, &identity(&other)), "wrong-identity");
    assert_eq!(load_kind(&path, &nothing()), "identity-needed");
}

#[test]
fn a_new_key_locked_with_a_passphrase_takes_the_full_work() {
    let folder = folder();
    let path = folder.path().join("root.key");
    let seal = Seal::passphrase("correct horse battery".into()).expect("not empty");
    production_root().create(&path, &seal).expect("made");
    assert_eq!(SealedKeyFile::read(&path).expect("read").lock(), Lock::Passphrase);
    let opened = KeyFile::load(&path, &nothing().with_passphrase("correct horse battery".into()));
    assert_eq!(opened.expect("opened").tag(), production_root().tag());

    let mut work = age::scrypt::Identity::new("correct horse battery".into());
    work.set_max_work_factor(17);
    let armored = fs::read(&path).expect("read");
    assert!(matches!(age::decrypt(&work, &armored), Err(age::DecryptError::ExcessiveWork { required: 18, .. })));
}

#[test]
fn each_passphrase_given_is_tried() {
    let folder = folder();
    let plaintext = plaintext_of(&test_root(), &folder);
    let mut recipient = age::scrypt::Recipient::new("the right one".into());
    // The least work that scrypt allows, because the file is only for this test.
    recipient.set_work_factor(1);
    let path = folder.path().join("root.key");
    fs::write(&path, age::encrypt(&recipient, plaintext.as_bytes()).expect("encrypted")).expect("written");

    let wrong = || nothing().with_passphrase("another one".into());
    assert_eq!(load_kind(&path, &nothing()), "passphrase-needed");
    assert_eq!(load_kind(&path, &wrong()), "wrong-passphrase");
    let both = wrong().with_passphrase("the right one".into());
    assert_eq!(KeyFile::load(&path, &both).expect("opened").tag(), test_root().tag());
}

#[test]
fn a_binary_age_file_opens_too() {
    let folder = folder();
    let identity = x25519::Identity::generate();
    let plaintext = plaintext_of(&test_root(), &folder);
    let path = folder.path().join("binary.key");
    fs::write(&path, age::encrypt(&identity.to_public(), plaintext.as_bytes()).expect("encrypted")).expect("written");
    let file = file_with(&folder, "identity", identity.to_string().expose_secret(), 0o600);
    let unlock = nothing().with_identity_file(&file).expect("an identity file");
    assert_eq!(KeyFile::load(&path, &unlock).expect("opened").tag(), test_root().tag());
}

fn plaintext_of(file: &KeyFile, folder: &tempfile::TempDir) -> String {
    let path = folder.path().join("plaintext.key");
    file.create(&path, &Seal::plaintext()).expect("made");
    fs::read_to_string(path).expect("read")
}

#[test]
fn a_file_that_asks_for_too_much_work_is_refused_at_once() {
    let folder = folder();
    let path = folder.path().join("root.key");
    let stanza = "age-encryption.org/v1\n-> scrypt bBjlhJVYZeE4aqUdmtRHfw 30\n";
    // The end of the header would be checked only after the work, which is refused.
    let rest = "gUKDX3Yy4bvYzM8r9x2QGtK7hdY3fMbFFTV9wZZ6Cpo\n--- MVzLXFyBVXH2vsTFnpVTHf1fs0Hjkz8ytvJX1XYwDiE\n0123456789abcdef";
    fs::write(&path, format!("{stanza}{rest}")).expect("written");
    assert_eq!(load_kind(&path, &nothing().with_passphrase("any".into())), "excessive-work");
}

#[test]
fn a_cut_or_altered_age_file_is_damaged() {
    let folder = folder();
    let path = folder.path().join("root.key");
    let identity = x25519::Identity::generate();
    test_root().create(&path, &to(&identity)).expect("made");
    let whole = fs::read(&path).expect("read");
    let file = file_with(&folder, "identity", identity.to_string().expose_secret(), 0o600);
    let unlock = nothing().with_identity_file(&file).expect("an identity file");
    for cut in [40, whole.len() / 2, whole.len() - 60] {
        fs::write(&path, &whole[..cut]).expect("written");
        assert_eq!(load_kind(&path, &unlock), "damaged", "cut to {cut} of {}", whole.len());
    }
}

#[test]
fn a_new_key_file_is_its_owners_only_and_leaves_nothing_beside_it() {
    let folder = folder();
    let path = folder.path().join("root.key");
    test_root().create(&path, &Seal::plaintext()).expect("made");
    #[cfg(unix)]
    assert_eq!(mode(&path), 0o600);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[test]
fn a_key_file_is_never_replaced() {
    let folder = folder();
    let path = file_with(&folder, "root.key", "something else", 0o600);
    let error = test_root().create(&path, &Seal::plaintext()).expect_err("a refusal");
    assert_eq!(error.kind().as_str(), "exists");
    assert_eq!(fs::read_to_string(&path).expect("read"), "something else");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[cfg(unix)]
#[test]
fn a_plaintext_key_that_others_can_read_is_refused() {
    let folder = folder();
    let path = folder.path().join("root.key");
    test_root().create(&path, &Seal::plaintext()).expect("made");
    for open in [0o640, 0o604, 0o660, 0o610, 0o602] {
        set_mode(&path, open);
        let error = KeyFile::load(&path, &nothing()).expect_err("a refusal");
        assert_eq!(error.kind().as_str(), "others-can-read", "mode {open:o}");
        assert!(error.to_string().contains("chmod 600"));
    }
    set_mode(&path, 0o400);
    assert!(KeyFile::load(&path, &nothing()).is_ok());
}

#[test]
fn a_production_key_in_plaintext_is_neither_made_nor_loaded() {
    let folder = folder();
    let path = folder.path().join("root.key");
    let error = production_root().create(&path, &Seal::plaintext()).expect_err("a refusal");
    assert_eq!(error.kind().as_str(), "plaintext-production");
    assert!(!path.exists());
    let text = plaintext_of(&test_root(), &folder).replace("use: test", "use: production");
    let path = file_with(&folder, "edited.key", &text, 0o600);
    assert_eq!(load_kind(&path, &nothing()), "plaintext-production");
}

#[test]
fn what_is_no_key_file_is_refused() {
    let folder = folder();
    let kind = |text: &str| load_kind(&file_with(&folder, "file", text, 0o600), &nothing());
    assert_eq!(kind(""), "not-a-key-file");
    assert_eq!(kind("number,name\n"), "not-a-key-file");
    assert_eq!(kind("age-encryption.org/v9\nwhat comes later\n"), "damaged");
    assert_eq!(kind(&"fugo-key 1\n".repeat(10_000)), "too-large");
    assert_eq!(load_kind(&folder.path().join("absent"), &nothing()), "io");
}

#[test]
fn a_scope_key_keeps_the_use_of_its_root() {
    let derived = test_root().derive(&scope("agency/nta/1")).expect("from a root");
    assert_eq!(derived.usage(), Use::Test);
    assert!(derived.derive(&scope("agency/nta/2")).is_none());
}

#[cfg(unix)]
#[test]
fn a_secret_that_root_hands_to_the_group_of_this_process_is_read() {
    use std::os::unix::fs::MetadataExt;
    let folder = folder();
    let path = file_with(&folder, "secret", "a passphrase of root\n", 0o440);
    let file = fs::metadata(&path).expect("metadata");
    let is_roots = file.uid() == 0 && file.gid() == rustix::process::getegid().as_raw();
    assert_eq!(read_passphrase(&path).is_ok(), is_roots, "only a file of root's, of a group of ours");
    for open in [0o640, 0o444, 0o460, 0o450, 0o441, 0o040] {
        set_mode(&path, open);
        assert!(matches!(read_passphrase(&path), Err(SecretFileError::OthersCanRead)), "mode {open:o}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_refused_at_once_as_a_key_a_passphrase_an_identity_or_a_registry() {
    let folder = folder();
    let fifo = folder.path().join("fifo");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("a FIFO");
    for path in [fifo.as_path(), folder.path(), std::path::Path::new("/dev/null")] {
        assert_eq!(load_kind(path, &nothing()), "not-a-file", "{path:?}");
        assert_eq!(read_passphrase(path).expect_err("a refusal").kind().as_str(), "not-a-file", "{path:?}");
        assert_eq!(
            nothing().with_identity_file(path).expect_err("a refusal").kind().as_str(),
            "not-a-file",
            "{path:?}"
        );
        assert_eq!(Registry::at(path).scopes().expect_err("a refusal").kind().as_str(), "not-a-file", "{path:?}");
    }
}

#[test]
fn a_test_key_is_opened_only_where_test_keys_are_asked_for() {
    let folder = folder();
    let path = folder.path().join("root.key");
    test_root().create(&path, &Seal::plaintext()).expect("made");
    assert_eq!(load_kind(&path, &Unlock::default()), "test-key");
    assert!(KeyFile::load(&path, &nothing()).is_ok());
    let bytes = fs::read(&path).expect("read");
    assert_eq!(KeyFile::open(&bytes, &Unlock::default()).expect_err("a refusal").kind().as_str(), "test-key");
    assert_eq!(KeyFile::open(&bytes, &nothing()).expect("opened").tag(), test_root().tag());
    let parsed = KeyFile::parse_plaintext(&bytes).expect("a plaintext");
    assert_eq!(parsed.check(TestKeys::Refuse).expect_err("a refusal").kind().as_str(), "test-key");
    assert!(parsed.check(TestKeys::Allow).is_ok());
}

#[test]
fn a_key_that_anybody_can_guess_is_no_production_key() {
    let folder = folder();
    let path = folder.path().join("root.key");
    let mine = x25519::Identity::generate();
    let mut published = [0; 32];
    published.iter_mut().zip(0..).for_each(|(byte, i)| *byte = i);
    for bytes in [published, [0; 32], [0xff; 32], *b"0123456789abcdef0123456789abcdef"] {
        let root = KeyFile::root(RootKey::from_bytes(&bytes), Use::Production);
        assert_eq!(root.create(&path, &to(&mine)).expect_err("a refusal").kind().as_str(), "weak-key");
        let derived = root.derive(&scope("agency/nta/1")).expect("from a root");
        let is_named = bytes != *b"0123456789abcdef0123456789abcdef";
        assert_eq!(derived.create(&path, &to(&mine)).is_err(), is_named, "a scope's key of such a root");
        let _ = fs::remove_file(&path);

        // As another program would write it.
        let test = KeyFile::root(RootKey::from_bytes(&bytes), Use::Test);
        let text = test.to_bytes(&Seal::plaintext()).expect("a test key");
        let text = String::from_utf8(text.to_vec()).expect("text").replace("use: test", "use: production");
        let sealed = age::encrypt(&mine.to_public(), text.as_bytes()).expect("encrypted");
        let unlock = Unlock::default().with_identities(mine.to_string().expose_secret().as_bytes()).expect("one");
        assert_eq!(KeyFile::open(&sealed, &unlock).expect_err("a refusal").kind().as_str(), "weak-key");
    }
    assert!(production_root().create(&path, &to(&mine)).is_ok(), "a random one");
}

#[test]
fn a_production_key_that_a_passphrase_locks_with_little_work_is_refused() {
    let text = production_root().derive(&scope("agency/nta/1")).expect("from a root");
    let mine = x25519::Identity::generate();
    // The plaintext of a production key. It is available only through encryption.
    let sealed = text.to_bytes(&to(&mine)).expect("made");
    let plaintext = age::decrypt(&mine, &sealed).expect("opened");
    let locked = |work: u8| {
        let mut recipient = age::scrypt::Recipient::new("a long passphrase".into());
        recipient.set_work_factor(work);
        age::encrypt(&recipient, &plaintext).expect("encrypted")
    };
    let unlock = Unlock::default().with_passphrase("a long passphrase".into());
    for work in [1, 10] {
        let error = KeyFile::open(&locked(work), &unlock).expect_err("a refusal");
        assert_eq!(error.kind().as_str(), "insufficient-work");
        assert!(error.to_string().contains("2^17"));
    }
    assert!(KeyFile::open(&locked(17), &unlock).is_ok());
}

#[test]
fn identities_and_recipients_are_bounded() {
    let mine = x25519::Identity::generate();
    let recipient = || mine.to_public().to_string().parse().expect("a recipient");
    let error = Seal::recipients((0..65).map(|_| recipient()).collect()).expect_err("a refusal");
    assert_eq!(error.kind().as_str(), "too-many-recipients");
    assert!(Seal::recipients((0..64).map(|_| recipient()).collect()).is_ok());
    let many: Vec<x25519::Recipient> = (0..65).map(|_| mine.to_public()).collect();
    let encryptor = age::Encryptor::with_recipients(many.iter().map(|recipient| recipient as _)).expect("recipients");
    let mut sealed = Vec::new();
    let mut writer = encryptor.wrap_output(&mut sealed).expect("a header");
    std::io::Write::write_all(&mut writer, b"any").expect("written");
    writer.finish().expect("finished");
    assert_eq!(KeyFile::open(&sealed, &nothing()).expect_err("a refusal").kind().as_str(), "too-many-recipients");
    let text = format!("{}\n", mine.to_string().expose_secret()).repeat(65);
    let error = nothing().with_identities(text.as_bytes()).expect_err("a refusal");
    assert_eq!(error.kind().as_str(), "too-many-identities");
    let some = |count| format!("{}\n", mine.to_string().expose_secret()).repeat(count);
    let full = nothing().with_identities(some(64).as_bytes()).expect("64");
    assert_eq!(full.with_identities(some(1).as_bytes()).expect_err("one more").kind().as_str(), "too-many-identities");
    let most = nothing().with_identities(some(63).as_bytes()).expect("63");
    assert!(most.with_identities(some(1).as_bytes()).is_ok());
}

#[test]
fn a_new_passphrase_has_twelve_characters_and_five_different_ones() {
    for short in [
        "a",
        " ",
        "password",
        "eleven char",
        "            ",
        "aaaaaaaaaaaa",
        "abababababababab",
        "一二三四五六七八九十一",
    ] {
        assert_eq!(
            Seal::passphrase(short.into()).expect_err("a refusal").kind().as_str(),
            "short-passphrase",
            "{short}"
        );
    }
    for long in ["twelve chars", "abcdeabcdeab", "correct horse battery", "正しい馬と電池とホチキスの針"]
    {
        assert!(Seal::passphrase(long.into()).is_ok(), "{long}");
    }
}

#[test]
fn a_passphrase_that_no_terminal_gives_is_refused() {
    let folder = folder();
    for text in ["\u{FEFF}a passphrase\n", "a\0pass\n", "a\tpassphrase\n", "\x1a\n"] {
        let error = read_passphrase(&file_with(&folder, "secret", text, 0o600)).expect_err("a refusal");
        assert_eq!(error.kind().as_str(), "control-character", "{text:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_key_file_of_a_process_whose_mask_takes_every_right_is_its_owners() {
    // The umask is that of the whole process, so another process creates the file.
    if std::env::var_os("FUGO_TEST_UNDER_A_MASK").is_none() {
        let name = "a_key_file_of_a_process_whose_mask_takes_every_right_is_its_owners";
        let status = std::process::Command::new(std::env::current_exe().expect("this test"))
            .args([name, "--exact"])
            .env("FUGO_TEST_UNDER_A_MASK", "1")
            .status();
        assert!(status.expect("it runs").success());
        return;
    }
    let folder = folder();
    rustix::process::umask(0o777.into());
    let path = folder.path().join("root.key");
    test_root().create(&path, &Seal::plaintext()).expect("made");
    let registry = Registry::beside(&path);
    for epoch in [1_u32, 2] {
        let scope = scope(&format!("agency/nta/{epoch}"));
        registry.record(&scope, fugo::KeyTag::from_bytes(epoch.to_be_bytes())).expect("recorded");
    }
    for made in ["root.key", "root.key.scopes", "root.key.scopes.lock"] {
        assert_eq!(mode(&folder.path().join(made)), 0o600, "{made}");
    }
    set_mode(folder.path(), 0o700);
}

#[cfg(unix)]
#[test]
fn a_registry_behind_a_link_is_the_file_that_the_link_leads_to() {
    let (folder, central) = (folder(), folder());
    let tag = |text: &str| text.parse().expect("a tag");
    let there = central.path().join("registry");
    Registry::at(&there).record(&scope("agency/mof/1"), tag("7c2cb2a1")).expect("recorded");
    let link = folder.path().join("root.key.scopes");
    std::os::unix::fs::symlink(&there, &link).expect("a link");
    let linked = Registry::at(&link);
    assert_eq!(
        linked.record(&scope("agency/nta/1"), tag("7c2cb2a1")).expect_err("a clash").kind().as_str(),
        "tag-clash"
    );
    linked.record(&scope("agency/nta/1"), tag("00000001")).expect("recorded");
    assert!(link.symlink_metadata().expect("there").is_symlink());
    assert_eq!(Registry::at(&there).scopes().expect("parsed").len(), 2);

    let dangling = Registry::at(folder.path().join("dangling"));
    std::os::unix::fs::symlink(central.path().join("absent"), dangling.path()).expect("a link");
    let error = dangling.record(&scope("agency/nta/1"), tag("00000001")).expect_err("a refusal");
    assert_eq!(error.kind().as_str(), "dangling-link");
    let other_name = central.path().join("other name");
    fs::hard_link(&there, &other_name).expect("a second name");
    let error = linked.record(&scope("agency/nta/2"), tag("00000002")).expect_err("a refusal");
    assert_eq!(error.kind().as_str(), "other-names");
}

#[cfg(unix)]
#[test]
fn a_root_has_one_registry_whatever_it_is_called() {
    let (folder, vault) = (folder(), folder());
    let root = vault.path().join("root.key");
    test_root().create(&root, &Seal::plaintext()).expect("made");
    let link = folder.path().join("today.key");
    std::os::unix::fs::symlink(&root, &link).expect("a link");
    let expected = root.canonicalize().expect("there").with_file_name("root.key.scopes");
    assert_eq!(Registry::beside(&link).path(), expected);
}

#[test]
fn a_label_is_held_against_the_registry() {
    let folder = folder();
    let registry = Registry::at(folder.path().join("scopes"));
    let tag = |text: &str| text.parse().expect("a tag");
    registry.record(&scope("agency/nta/1"), tag("7c2cb2a1")).expect("recorded");
    assert!(registry.verify(&scope("agency/nta/1"), tag("7c2cb2a1")).is_ok());
    let kind =
        |text: &str, other: &str| registry.verify(&scope(text), tag(other)).expect_err("a refusal").kind().as_str();
    assert_eq!(kind("agency/mof/1", "7c2cb2a1"), "tag-clash");
    assert_eq!(kind("agency/nta/2", "7c2cb2a1"), "tag-clash");
    assert_eq!(kind("agency/nta/1", "00000001"), "other-root");
    assert_eq!(kind("agency/mof/1", "00000001"), "not-recorded");
}

#[cfg(unix)]
#[test]
fn files_with_secrets_that_others_can_read_are_refused() {
    let folder = folder();
    let path = file_with(&folder, "secret", "a passphrase\n", 0o644);
    assert!(matches!(read_passphrase(&path), Err(SecretFileError::OthersCanRead)));
    let error = nothing().with_identity_file(&path).expect_err("a refusal");
    assert_eq!(error.kind().as_str(), "others-can-read");
}

#[test]
fn a_passphrase_is_the_first_line_of_its_file() {
    let folder = folder();
    let read = |text: &str| {
        let passphrase = read_passphrase(&file_with(&folder, "secret", text, 0o600));
        passphrase.map(|passphrase| passphrase.expose_secret().to_owned()).map_err(|error| error.kind().as_str())
    };
    for text in ["a phrase", "a phrase\n", "a phrase\r\n", "a phrase\nsecond line\n"] {
        assert_eq!(read(text), Ok("a phrase".to_owned()));
    }
    assert_eq!(read(" spaces count "), Ok(" spaces count ".to_owned()));
    assert_eq!(read(""), Err("empty"));
    assert_eq!(read("\nsecond line"), Err("empty"));
}

#[test]
fn a_secret_that_is_encrypted_itself_is_refused() {
    let folder = folder();
    for text in ["age-encryption.org/v1\n-> X25519 a\n", "-----BEGIN AGE ENCRYPTED FILE-----\n"] {
        let error = read_passphrase(&file_with(&folder, "secret", text, 0o600)).expect_err("a refusal");
        assert!(matches!(error, SecretFileError::Encrypted), "{text:?}");
    }
}

#[test]
fn an_identity_file_is_refused_by_line() {
    let folder = folder();
    let kind = |text: &str| {
        let path = file_with(&folder, "identity", text, 0o600);
        nothing().with_identity_file(&path).expect_err("a refusal").to_string()
    };
    assert!(kind("# a comment\nAGE-SECRET-KEY-1QQQ\n").starts_with("line 2 "));
    assert!(!kind("# a comment\nAGE-SECRET-KEY-1QQQ\n").contains("1QQQ"));
    assert!(kind("# a comment\n").contains("empty"));
}

#[test]
fn no_debug_prints_more_than_its_type() {
    let debug = |value: &dyn std::fmt::Debug| format!("{value:?}");
    assert_eq!(debug(&test_root()), "KeyFile(..)");
    assert_eq!(debug(test_root().key()), "Root(..)");
    assert_eq!(debug(test_root().derive(&scope("agency/nta/1")).expect("derived").key()), "Scope(..)");
    assert_eq!(debug(&Seal::plaintext()), "Seal(..)");
    let bytes = test_root().to_bytes(&Seal::plaintext()).expect("a test key");
    assert_eq!(debug(&SealedKeyFile::from_bytes(&bytes).expect("a key file")), "SealedKeyFile(..)");
    assert_eq!(debug(&nothing().with_passphrase("a phrase".into())), "Unlock(..)");
}

#[test]
fn a_registry_records_each_scope_once() {
    let folder = folder();
    let registry = Registry::beside(&folder.path().join("root.key"));
    assert_eq!(registry.path(), folder.path().join("root.key.scopes"));
    let (nta, mof) = (scope("agency/nta/1"), scope("agency/mof/1"));
    let tag = |text: &str| text.parse().expect("a tag");
    assert_eq!(registry.record(&nta, tag("7c2cb2a1")).expect("recorded"), Recorded::Added);
    assert_eq!(registry.record(&nta, tag("7c2cb2a1")).expect("recorded"), Recorded::Known);
    assert_eq!(registry.record(&mof, tag("00000001")).expect("recorded"), Recorded::Added);
    let text = fs::read_to_string(registry.path()).expect("read");
    assert_eq!(
        text,
        "purpose,scope,epoch,tag,valid-from,accept-until,destroyed\nagency,nta,1,7c2cb2a1,,,\nagency,mof,1,00000001,,,\n"
    );
}

#[test]
fn a_clash_of_tags_and_a_registry_of_another_root_are_refused() {
    let folder = folder();
    let registry = Registry::at(folder.path().join("scopes"));
    let tag = |text: &str| text.parse().expect("a tag");
    registry.record(&scope("agency/nta/1"), tag("7c2cb2a1")).expect("recorded");
    let before = fs::read(registry.path()).expect("read");
    let error = registry.record(&scope("agency/nta/2"), tag("7c2cb2a1")).expect_err("a refusal");
    assert_eq!(error.kind().as_str(), "tag-clash");
    let error = registry.record(&scope("agency/nta/1"), tag("7c2cb2a2")).expect_err("a refusal");
    assert_eq!(error.kind().as_str(), "other-root");
    assert_eq!(fs::read(registry.path()).expect("read"), before);
}

#[test]
fn a_registry_that_does_not_parse_is_refused_by_line() {
    let folder = folder();
    let message = |text: &str| {
        let registry = Registry::at(file_with(&folder, "scopes", text, 0o600));
        registry.scopes().expect_err("a refusal").to_string()
    };
    assert!(message("").starts_with("line 1 "));
    assert!(message("purpose,scope,epoch\n").starts_with("line 1 "));
    for line in ["agency,nta,1", "agency,nta,0,7c2cb2a1", "agency,nta,1,7C2CB2A1", "agency/nta/1,7c2cb2a1", ""] {
        assert!(message(&format!("purpose,scope,epoch,tag\n{line}\n")).starts_with("line 2 "), "{line}");
    }
}

#[test]
fn derivations_at_once_lose_no_scope() {
    let folder = folder();
    let registry = Registry::at(folder.path().join("scopes"));
    std::thread::scope(|threads| {
        for thread in 0..8u32 {
            let registry = registry.clone();
            threads.spawn(move || {
                for epoch in 1..=8 {
                    let scope = scope(&format!("agency/a{thread}/{epoch}"));
                    let tag = fugo::KeyTag::from_bytes((thread * 8 + epoch).to_be_bytes());
                    registry.record(&scope, tag).expect("recorded");
                }
            });
        }
    });
    assert_eq!(registry.scopes().expect("parsed").len(), 64);
}
