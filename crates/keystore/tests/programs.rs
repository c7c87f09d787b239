//! Programs as sources of keys: what they may do, and what is refused. Each program is a script in a folder of its own.
#![cfg(unix)]

use std::{
    ffi::OsStr,
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    time::{Duration, Instant},
};

use fugo::{KeyTag, RootKey, Scope, mac};
use fugo_keystore::{
    Unlock, Use,
    source::{AddressError, Holder, KeyAddress, Program, ProgramError, ScopeSource, SourceError},
};

/// MACs its standard input with the root key of the known answer.
const MAC: &str = "#!/usr/bin/python3
import hashlib, hmac, sys
sys.stdout.buffer.write(hmac.digest(bytes(range(32)), sys.stdin.buffer.read(), hashlib.sha256))
";
const TAG: &str = "7c2cb2a1";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a program that its owner can run.
    fn program(&self, text: &str) -> PathBuf {
        let path = self.path("program");
        fs::write(&path, text).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("changed");
        path
    }
}

fn address(text: &str) -> Result<KeyAddress, AddressError> {
    KeyAddress::parse(OsStr::new(text))
}

fn program(words: &str) -> Program {
    match address(&format!("exec:{words}")).expect("an address").holder {
        Holder::Program(program) => program,
        holder => panic!("{holder:?}"),
    }
}

/// The error of a program that is asked for the tag of its key, and the time that it took.
fn refused(text: &str, settings: &str) -> (ProgramError, Duration) {
    let folder = Folder::new();
    let path = folder.program(text);
    let started = Instant::now();
    match mac::tag(&program(&format!("{settings}{}", path.display()))) {
        Err(SourceError::Program { path: of, error }) => {
            assert_eq!(of, path);
            (error, started.elapsed())
        }
        other => panic!("{other:?}"),
    }
}

fn opened(address_text: &str, unlock: &Unlock) -> Result<ScopeSource, SourceError> {
    ScopeSource::open(&address(address_text)?, unlock, &mut |_| None)
}

#[test]
fn a_program_that_macs_with_the_root_key_gives_the_key_of_every_scope() {
    let folder = Folder::new();
    let program = program(&folder.program(MAC).display().to_string());
    let root = RootKey::from_bytes(&std::array::from_fn(|i| i as u8));
    assert_eq!(mac::tag(&program).expect("an answer"), root.tag());
    for scope in ["agency/nta/1", "insurers/all/1", "eligibility/all/4294967295", "portal/a/2"] {
        let scope: Scope = scope.parse().expect("a scope");
        assert_eq!(mac::scope_key(&program, &scope).expect("an answer"), root.scope_key(&scope));
    }
}

#[test]
fn the_tag_in_the_address_confirms_the_answer() {
    let folder = Folder::new();
    let path = folder.program(MAC);
    let path = path.display();
    let unlock = Unlock::default().with_test_keys();
    let source = opened(&format!("test:agency/nta/1={TAG}@exec:{path}"), &unlock).expect("a key");
    assert_eq!((source.tag().to_string(), source.usage()), (TAG.to_owned(), Use::Test));
    let wrong = opened(&format!("test:agency/mof/1={TAG}@exec:{path}"), &unlock);
    assert!(
        matches!(wrong, Err(SourceError::WrongTag { expected, .. }) if expected == TAG.parse::<KeyTag>().expect("a tag"))
    );
    // A program that answers with 32 other bytes is found out.
    folder.program("#!/bin/sh\nprintf 0123456789abcdef0123456789abcdef\n");
    let wrong = opened(&format!("test:agency/nta/1={TAG}@exec:{path}"), &unlock);
    assert!(matches!(wrong, Err(SourceError::WrongTag { .. })), "{wrong:?}");
}

#[test]
fn a_root_key_behind_a_program_needs_a_scope_and_the_use_of_the_key() {
    let folder = Folder::new();
    let path = folder.program(MAC);
    let path = path.display();
    assert!(matches!(opened(&format!("exec:{path}"), &Unlock::default()), Err(SourceError::ScopeMissing)));
    let test_key = opened(&format!("test:agency/nta/1={TAG}@exec:{path}"), &Unlock::default());
    assert!(matches!(&test_key, Err(error) if error.kind() == "test-key"), "{test_key:?}");
    let published = opened(&format!("agency/nta/1={TAG}@exec:{path}"), &Unlock::default());
    assert!(matches!(&published, Err(error) if error.kind() == "weak-key"), "{published:?}");
}

#[test]
fn only_the_names_that_the_address_gives_are_in_the_environment() {
    // CARGO and HOME are set in every test.
    let text = "#!/bin/sh\n[ -z \"$CARGO\" ] && [ -n \"$HOME\" ] || exit 9\nprintf 0123456789abcdef0123456789abcdef\n";
    let folder = Folder::new();
    let path = folder.program(text);
    assert!(mac::tag(&program(&format!("env=HOME {}", path.display()))).is_ok());
    assert_eq!(refused(text, "").0, ProgramError::Status { code: 9 });
    assert_eq!(refused(text, "env=HOME env=CARGO ").0, ProgramError::Status { code: 9 });
}

#[test]
fn arguments_are_given_as_they_are_without_a_shell() {
    let folder = Folder::new();
    let path = folder.program(
        "#!/bin/sh\n[ \"$1\" = '$(id) *' ] && [ $# = 2 ] || exit 9\nprintf 0123456789abcdef0123456789abcdef\n",
    );
    assert!(mac::tag(&program(&format!("{} $(id)%20* ;", path.display()))).is_ok());
}

#[test]
fn a_program_that_hangs_is_killed_with_all_that_it_started() {
    let folder = Folder::new();
    let mark = folder.path("mark");
    // The program that it started would write the mark after two seconds.
    let text = format!("#!/bin/sh\n(sleep 2; touch {}) &\nsleep 60\n", mark.display());
    let (error, took) = refused(&text, "timeout=1 ");
    assert_eq!(error, ProgramError::TimeLimit { seconds: 1 });
    assert!(took < Duration::from_secs(20), "{took:?}");
    std::thread::sleep(Duration::from_millis(2500));
    assert!(!mark.exists(), "a process of the program's group is alive");
}

#[test]
fn a_child_that_keeps_standard_output_open_does_not_hold_the_caller() {
    let text = "#!/bin/sh\nprintf 0123456789abcdef0123456789abcdef\nsleep 60 &\n";
    let (error, took) = refused(text, "timeout=1 ");
    assert_eq!(error, ProgramError::TimeLimit { seconds: 1 });
    assert!(took < Duration::from_secs(20), "{took:?}");
    // A program that has answered and does not end.
    let (error, took) =
        refused("#!/bin/sh\nprintf 0123456789abcdef0123456789abcdef\nexec >&-\nsleep 60\n", "timeout=1 ");
    assert_eq!(error, ProgramError::TimeLimit { seconds: 1 });
    assert!(took < Duration::from_secs(20), "{took:?}");
    // The same with a child that leaves the group and cannot be killed with it.
    let (error, took) = refused("#!/bin/sh\nprintf 0123456789abcdef0123456789abcdef\nsetsid sleep 5 &\n", "timeout=1 ");
    assert_eq!(error, ProgramError::TimeLimit { seconds: 1 });
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[test]
fn every_length_except_32_bytes_is_refused() {
    for length in [0, 1, 31, 33, 64, 200_000] {
        let text = format!("#!/bin/sh\nhead -c {length} /dev/zero\n");
        assert_eq!(refused(&text, "timeout=20 ").0, ProgramError::Length, "{length}");
    }
    // A program that never ends its output is not waited for, and what it says when the pipe is closed is not the reason.
    for endless in ["exec cat /dev/zero", "cat /dev/zero\nexit 7"] {
        let (error, took) = refused(&format!("#!/bin/sh\n{endless}\n"), "timeout=20 ");
        assert_eq!(error, ProgramError::Length, "{endless}");
        assert!(took < Duration::from_secs(10), "{took:?}");
    }
    let line_end = "#!/bin/sh\necho 0123456789abcdef0123456789abcdef\n";
    assert_eq!(refused(line_end, "").0, ProgramError::Length, "a line end is a byte too");
}

#[test]
fn standard_error_is_not_the_answer() {
    let folder = Folder::new();
    let both = "#!/bin/sh\necho warning >&2\nprintf 0123456789abcdef0123456789abcdef\n";
    assert!(mac::tag(&program(&folder.program(both).display().to_string())).is_ok());
    assert_eq!(refused("#!/bin/sh\nprintf 0123456789abcdef0123456789abcdef >&2\n", "").0, ProgramError::Length);
}

#[test]
fn a_program_that_fails_gives_no_answer_whatever_it_wrote() {
    let wrote = "printf 0123456789abcdef0123456789abcdef";
    assert_eq!(refused(&format!("#!/bin/sh\n{wrote}\nexit 3\n"), "").0, ProgramError::Status { code: 3 });
    assert_eq!(refused(&format!("#!/bin/sh\n{wrote}\nkill -9 $$\n"), "").0, ProgramError::Signal);
    assert_eq!(refused("#!/bin/sh\nexit 255\n", "").0, ProgramError::Status { code: 255 });
    // What a program writes in place of an answer does not hide its status.
    let text = "#!/bin/sh\nhead -c 30000 /dev/zero\nexit 3\n";
    assert_eq!(refused(text, "").0, ProgramError::Status { code: 3 });
}

#[test]
fn a_program_that_closes_standard_input_early_is_heard() {
    let folder = Folder::new();
    let early = "#!/bin/sh\nexec 0<&-\nsleep 0.2\nprintf 0123456789abcdef0123456789abcdef\n";
    // Its answer does not depend on the message, so no tag confirms it.
    assert!(mac::tag(&program(&folder.program(early).display().to_string())).is_ok());
}

#[test]
fn only_a_file_that_its_owner_alone_can_write_is_started() {
    let folder = Folder::new();
    let path = folder.program(MAC);
    let error = |path: &str| match mac::tag(&program(path)) {
        Err(SourceError::Program { error, .. }) => error,
        other => panic!("{other:?}"),
    };
    let mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("changed");
    let text = path.display().to_string();
    for writable in [0o720, 0o702, 0o777] {
        mode(writable);
        assert_eq!(error(&text), ProgramError::OthersCanWrite);
    }
    mode(0o600);
    assert_eq!(error(&text), ProgramError::NotStarted(std::io::ErrorKind::PermissionDenied));
    assert_eq!(
        error(&folder.path("missing").display().to_string()),
        ProgramError::NotStarted(std::io::ErrorKind::NotFound)
    );
    assert_eq!(error(&folder.0.path().display().to_string()), ProgramError::NotAFile);
    // Only root can give a file away.
    if rustix::process::geteuid().is_root() {
        mode(0o755);
        std::os::unix::fs::chown(&path, Some(65534), None).expect("given away");
        assert_eq!(error(&text), ProgramError::OtherOwner);
        std::os::unix::fs::chown(&path, Some(0), None).expect("taken back");
    }
    // Without `#!` a shell would have to guess, and none is started.
    folder.program("printf 0123456789abcdef0123456789abcdef\n");
    assert!(matches!(error(&text), ProgramError::NotStarted(_)), "{}", error(&text));
    assert_eq!(address("exec:program"), Err(AddressError::Program), "a relative path is not searched for");
}
