//! The registry of scopes: its form, the dates of epochs, and changes at once.

use std::fs;

use fugo::{KeyTag, Scope};
use fugo_keystore::{Day, Recorded, Registry, RegistryError};

const HEADER: &str = "purpose,scope,epoch,tag,valid-from,accept-until,destroyed\n";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn registry(&self) -> Registry {
        Registry::at(self.0.path().join("scopes"))
    }

    fn holding(text: &str) -> (Self, Registry) {
        let folder = Self::new();
        let registry = folder.registry();
        fs::write(registry.path(), text).expect("written");
        (folder, registry)
    }
}

fn scope(text: &str) -> Scope {
    text.parse().expect("a scope")
}

fn tag(number: u32) -> KeyTag {
    KeyTag::from_bytes(number.to_be_bytes())
}

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

fn text(registry: &Registry) -> String {
    fs::read_to_string(registry.path()).expect("a registry")
}

fn rotate(registry: &Registry, from: &str, until: &str) -> Result<Recorded, RegistryError> {
    let (old, new) = (scope("agency/nta/1"), scope("agency/nta/2"));
    registry.rotate((&old, tag(1)), (&new, tag(2)), day(from), day(until))
}

#[test]
fn a_registry_of_four_columns_is_read_and_is_upgraded_when_something_is_recorded() {
    let earlier = "purpose,scope,epoch,tag\nagency,nta,1,00000001\nagency,mof,1,00000003\n";
    let (_folder, registry) = Folder::holding(earlier);
    let scopes = registry.scopes().expect("parsed");
    assert_eq!((scopes.len(), scopes[1].scope, scopes[1].tag), (2, scope("agency/mof/1"), tag(3)));
    assert_eq!(registry.record(&scope("agency/nta/1"), tag(1)).expect("known"), Recorded::Known);
    assert_eq!(text(&registry), earlier, "nothing was recorded");
    registry.record(&scope("agency/nta/2"), tag(2)).expect("recorded");
    let expected = format!("{HEADER}agency,nta,1,00000001,,,\nagency,mof,1,00000003,,,\nagency,nta,2,00000002,,,\n");
    assert_eq!(text(&registry), expected);
}

#[test]
fn each_date_is_an_iso_date_or_empty_and_a_line_has_all_columns() {
    let message = |line: &str| {
        let (_folder, registry) = Folder::holding(&format!("{HEADER}{line}\n"));
        registry.scopes().map_or_else(|error| error.to_string(), |_| String::new())
    };
    assert_eq!(message("agency,nta,1,00000001,2027-04-01,2027-04-30,2027-05-01"), "");
    assert_eq!(message("agency,nta,1,00000001,,,"), "");
    for line in [
        "agency,nta,1,00000001",
        "agency,nta,1,00000001,,",
        "agency,nta,1,00000001,,,,",
        "agency,nta,1,00000001,2027-02-29,,",
        "agency,nta,1,00000001,,20270401,",
        "agency,nta,1,00000001,,,soon",
    ] {
        assert!(message(line).starts_with("line 2 of the registry is not valid"), "{line}");
    }
    let (_folder, registry) = Folder::holding("purpose,scope,epoch,tag\nagency,nta,1,00000001,,,\n");
    assert!(registry.scopes().is_err(), "the earlier header has no dates");
}

#[test]
fn a_scope_or_a_tag_with_two_lines_is_refused_by_every_call_and_both_lines_are_named() {
    // Copies of one registry, from before and after a destruction, that `sort -u` merged: the line without the day of the
    // destruction is first.
    let merged = format!("{HEADER}agency,nta,1,00000001,,,\nagency,nta,1,00000001,,,2027-05-01\n");
    let other_scope = format!("{HEADER}agency,nta,1,00000001,,,\nagency,mof,1,00000002,,,\nagency,nta,2,00000001,,,\n");
    let other_tag = format!("{HEADER}agency,nta,1,00000001,,,\nagency,nta,1,00000002,,,\n");
    let earlier = "purpose,scope,epoch,tag\nagency,nta,1,00000001\nagency,nta,1,00000001\n".to_owned();
    for (content, line, what) in [
        (merged.as_str(), 3, "scope of line 2"),
        (&format!("{merged}\r\n"), 4, "not valid"),
        (&other_scope, 4, "tag of line 2"),
        (&other_tag, 3, "scope of line 2"),
        (&earlier, 3, "scope of line 2"),
    ] {
        let (_folder, registry) = Folder::holding(content);
        let (nta, until) = (scope("agency/nta/1"), Some(day("2030-01-01")));
        for outcome in [
            registry.scopes().map(drop),
            registry.verify(&nta, tag(1)),
            registry.record(&nta, tag(1)).map(drop),
            registry.record(&scope("agency/moj/1"), tag(9)).map(drop),
            registry.set_dates(&nta, None, until).map(drop),
            registry.record_destroyed(&nta, tag(1), day("2027-06-01")).map(drop),
            rotate(&registry, "2027-04-01", "2027-04-30").map(drop),
        ] {
            let error = outcome.expect_err("a registry with two lines");
            assert!(error.to_string().starts_with(&format!("line {line} of the registry")), "{error}");
            assert!(error.to_string().contains(what), "{error}");
            assert_eq!((error.kind().as_str(), error.place()), ("line", Some(fugo::Place::Line(line))));
        }
        assert_eq!(text(&registry), content, "nothing was changed");
    }
}

#[test]
fn impossible_orders_of_dates_are_refused_by_name() {
    let message = |lines: &str| {
        let (_folder, registry) = Folder::holding(&format!("{HEADER}{lines}"));
        registry.scopes().map_or_else(|error| error.to_string(), |_| String::new())
    };
    assert_eq!(
        message("agency,nta,1,00000001,2027-04-02,2027-04-01,\n"),
        "agency/nta/1 would be accepted until 2027-04-01 and be valid from 2027-04-02 on: from must not be after until"
    );
    assert_eq!(message("agency,nta,1,00000001,2027-04-01,2027-04-01,\n"), "", "one day is a day");
    assert_eq!(
        message("agency,nta,2,00000002,2027-04-01,,\nagency,nta,1,00000001,2027-04-01,,\n"),
        "agency/nta/2 would be valid from 2027-04-01 on, but the older agency/nta/1 from 2027-04-01 on: epochs begin in \
         their order"
    );
    assert_eq!(
        message("agency,nta,1,00000001,2027-04-01,,\nagency,mof,2,00000002,2027-04-01,,\n"),
        "",
        "the epochs of two organisations have nothing to do with each other"
    );
    let folder = Folder::new();
    let registry = folder.registry();
    registry.record(&scope("agency/nta/1"), tag(1)).expect("recorded");
    let gap = rotate(&registry, "2027-04-01", "2027-03-31").expect_err("a gap");
    assert_eq!(
        gap.to_string(),
        "agency/nta/1 would be accepted until 2027-03-31, but agency/nta/2 would begin on 2027-04-01: the old epoch must \
         be accepted until the new one has begun"
    );
    assert_eq!(gap.kind().as_str(), "date-order");
    assert_eq!(text(&registry), format!("{HEADER}agency,nta,1,00000001,,,\n"));
}

#[test]
fn a_rotation_records_both_dates_or_nothing_and_is_the_same_when_it_is_repeated() {
    let folder = Folder::new();
    let registry = folder.registry();
    let kind = |from: &str, until: &str| rotate(&registry, from, until).expect_err("a refusal").kind().as_str();
    assert_eq!(kind("2027-04-01", "2027-04-30"), "not-recorded", "the old epoch is not known");
    registry.record(&scope("agency/nta/1"), tag(1)).expect("recorded");
    assert_eq!(rotate(&registry, "2027-04-01", "2027-04-30").expect("recorded"), Recorded::Added);
    let recorded = format!("{HEADER}agency,nta,1,00000001,,2027-04-30,\nagency,nta,2,00000002,2027-04-01,,\n");
    assert_eq!(text(&registry), recorded);
    assert_eq!(rotate(&registry, "2027-04-01", "2027-04-30").expect("the same"), Recorded::Known);
    assert_eq!(kind("2027-04-02", "2027-04-30"), "other-dates");
    assert_eq!(kind("2027-04-01", "2027-05-30"), "other-dates");
    assert_eq!(text(&registry), recorded);
}

#[test]
fn of_rotations_at_once_with_other_dates_one_wins_completely() {
    for _ in 0..8 {
        let folder = Folder::new();
        let registry = folder.registry();
        registry.record(&scope("agency/nta/1"), tag(1)).expect("recorded");
        let wins: usize = std::thread::scope(|threads| {
            let runs: Vec<_> = (1..=6)
                .map(|month| {
                    let registry = registry.clone();
                    threads.spawn(move || {
                        rotate(&registry, &format!("2027-0{month}-01"), &format!("2027-0{month}-28")).is_ok()
                    })
                })
                .collect();
            runs.into_iter().map(|run| usize::from(run.join().expect("no panic"))).sum()
        });
        assert_eq!(wins, 1);
        let scopes = registry.scopes().expect("parsed");
        let (until, from) = (scopes[0].dates.accept_until, scopes[1].dates.valid_from);
        let (until, from) = (until.expect("a date").to_string(), from.expect("a date").to_string());
        assert_eq!(until[..7], from[..7], "both dates are of one rotation");
    }
}

#[test]
fn a_destroyed_key_stays_recorded_and_is_not_made_again() {
    let folder = Folder::new();
    let registry = folder.registry();
    let nta = scope("agency/nta/1");
    let on = day("2027-05-01");
    assert_eq!(registry.record_destroyed(&nta, tag(1), on).expect_err("unknown").kind().as_str(), "not-recorded");
    registry.record(&nta, tag(1)).expect("recorded");
    assert_eq!(registry.record_destroyed(&nta, tag(1), on).expect("recorded"), Recorded::Added);
    assert_eq!(registry.record_destroyed(&nta, tag(1), day("2028-01-01")).expect("known"), Recorded::Known);
    let recorded = format!("{HEADER}agency,nta,1,00000001,,,2027-05-01\n");
    assert_eq!(text(&registry), recorded, "the first date stays");
    let again = registry.record(&nta, tag(1)).expect_err("destroyed");
    assert_eq!(
        (again.to_string().as_str(), again.kind().as_str()),
        ("the key of agency/nta/1 was destroyed on 2027-05-01; a destroyed key is not made again", "destroyed")
    );
    assert_eq!(rotate(&registry, "2027-06-01", "2027-06-30").expect_err("destroyed").kind().as_str(), "destroyed");
    let dates = registry.set_dates(&nta, None, Some(day("2030-01-01")));
    assert_eq!(dates.expect_err("destroyed").kind().as_str(), "destroyed");
    assert_eq!(text(&registry), recorded);
}

#[test]
fn dates_open_no_gap_between_two_epochs_that_a_rotation_would_refuse() {
    let folder = Folder::new();
    let registry = folder.registry();
    let (old, new) = (scope("agency/nta/1"), scope("agency/nta/2"));
    registry.record(&old, tag(1)).expect("recorded");
    rotate(&registry, "2027-04-01", "2027-04-30").expect("recorded");
    let before = text(&registry);
    let gap = "agency/nta/1 would be accepted until 2027-03-31, but agency/nta/2 would begin on 2027-04-01";
    let earlier = registry.set_dates(&old, None, Some(day("2027-03-31"))).expect_err("a gap");
    assert!(earlier.to_string().starts_with(gap), "{earlier}");
    assert_eq!(
        registry.set_dates(&new, Some(day("2027-05-01")), None).expect_err("a gap").kind().as_str(),
        "date-order"
    );
    assert_eq!(text(&registry), before);
    registry.set_dates(&new, Some(day("2027-04-30")), None).expect("the last day of the old epoch");
    // After the end of a key there is nothing to accept until the next one begins. Other scopes have nothing to do with it.
    registry.record_destroyed(&old, tag(1), day("2027-05-01")).expect("recorded");
    registry.set_dates(&new, Some(day("2028-04-01")), None).expect("a new provision");
    registry.record(&scope("agency/mof/2"), tag(9)).expect("recorded");
    registry.set_dates(&scope("agency/mof/2"), Some(day("2030-04-01")), None).expect("of another organisation");
}

#[test]
fn a_lock_that_another_process_holds_is_named_and_not_waited_for_without_end() {
    let folder = Folder::new();
    let registry = folder.registry();
    registry.record(&scope("agency/nta/1"), tag(1)).expect("recorded");
    let lock = registry.path().with_extension("lock");
    let held = fs::File::open(&lock).expect("a lock file");
    held.lock().expect("locked");
    let busy = registry.record(&scope("agency/nta/2"), tag(2)).expect_err("held");
    assert!(busy.to_string().contains("scopes.lock for 10 seconds"), "{busy}");
    drop(held);
    registry.record(&scope("agency/nta/2"), tag(2)).expect("recorded");
    // What cannot be a lock file is named, and not the registry.
    fs::remove_file(&lock).expect("removed");
    fs::create_dir(&lock).expect("a folder");
    let folder = registry.record(&scope("agency/nta/3"), tag(3)).expect_err("a folder");
    assert!(folder.to_string().contains("the lock file") && folder.to_string().contains("scopes.lock: "), "{folder}");
}

#[cfg(unix)]
#[test]
fn a_change_by_root_leaves_the_registry_and_its_lock_to_their_owner() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    let folder = Folder::new();
    let registry = folder.registry();
    registry.record(&scope("agency/nta/1"), tag(1)).expect("recorded");
    let lock = registry.path().with_extension("lock");
    fs::set_permissions(registry.path(), fs::Permissions::from_mode(0o640)).expect("changed");
    // Only root can give a file away.
    let owner = if rustix::process::geteuid().is_root() { 65534 } else { rustix::process::geteuid().as_raw() };
    chown(registry.path(), Some(owner), None).expect("given");
    registry.record(&scope("agency/nta/2"), tag(2)).expect("recorded");
    let found = fs::metadata(registry.path()).expect("a registry");
    assert_eq!((found.uid(), found.mode() & 0o777), (owner, 0o640));
    let found = fs::metadata(lock).expect("a lock file");
    assert_eq!((found.uid(), found.mode() & 0o777), (owner, 0o600));
}

#[test]
fn a_day_before_a_recorded_destruction_is_not_today() {
    let (_folder, registry) =
        Folder::holding(&format!("{HEADER}agency,nta,1,00000001,,,2027-05-01\nagency,nta,2,00000002,,,\n"));
    let before = text(&registry);
    let second = scope("agency/nta/2");
    for early in ["1970-01-01", "2027-04-30"] {
        let late = registry.record_destroyed(&second, tag(2), day(early)).expect_err("a clock that is late");
        assert_eq!(
            (late.to_string().contains("agency/nta/1 was destroyed on 2027-05-01"), late.kind().as_str()),
            (true, "date-order"),
            "{late}"
        );
        registry.scopes().expect("read").check_clock(day(early)).expect_err("a clock that is late");
    }
    // A copy of the key that is destroyed already changes nothing.
    let copy = registry.record_destroyed(&scope("agency/nta/1"), tag(1), day("1970-01-01"));
    assert_eq!(copy.expect("known"), Recorded::Known);
    assert_eq!(text(&registry), before);
    registry.scopes().expect("read").check_clock(day("2027-05-01")).expect("the same day");
    registry.record_destroyed(&second, tag(2), day("2027-05-01")).expect("recorded");
}

#[test]
fn dates_are_set_one_by_one_and_must_be_in_order() {
    let folder = Folder::new();
    let registry = folder.registry();
    let study = scope("research/study-7/1");
    let unknown = registry.set_dates(&study, None, Some(day("2027-03-31"))).expect_err("unknown");
    assert_eq!(unknown.to_string(), "research/study-7/1 is not in the registry of scopes");
    registry.record(&study, tag(1)).expect("recorded");
    registry.set_dates(&study, None, Some(day("2027-03-31"))).expect("set");
    registry.set_dates(&study, Some(day("2026-04-01")), None).expect("set");
    assert_eq!(text(&registry), format!("{HEADER}research,study-7,1,00000001,2026-04-01,2027-03-31,\n"));
    let order = registry.set_dates(&study, Some(day("2027-04-01")), None).expect_err("an order");
    assert_eq!(order.kind().as_str(), "date-order");
    registry.set_dates(&study, None, Some(day("2028-03-31"))).expect("a longer provision");
    assert_eq!(text(&registry), format!("{HEADER}research,study-7,1,00000001,2026-04-01,2028-03-31,\n"));
}

#[test]
fn a_registry_is_made_empty_before_the_first_key_and_what_is_there_stays() {
    let folder = Folder::new();
    let registry = folder.registry();
    registry.prepare().expect("made");
    assert_eq!(text(&registry), HEADER);
    registry.record(&scope("agency/nta/1"), tag(1)).expect("recorded");
    let recorded = text(&registry);
    registry.prepare().expect("there");
    assert_eq!(text(&registry), recorded);
    fs::write(registry.path(), "something else").expect("written");
    assert_eq!(registry.prepare().expect_err("a refusal").kind().as_str(), "line");
    let nowhere = Registry::at(folder.0.path().join("no-such-folder").join("scopes"));
    assert_eq!(nowhere.prepare().expect_err("a refusal").kind().as_str(), "io");
}

#[test]
fn a_registry_that_cannot_be_opened_is_not_empty() {
    let folder = Folder::new();
    fs::write(folder.0.path().join("file"), "").expect("written");
    let inside = Registry::at(folder.0.path().join("file").join("scopes"));
    assert_eq!(inside.scopes().expect_err("a refusal").kind().as_str(), "io");
}

#[test]
fn what_a_killed_run_left_is_replaced_and_another_file_of_that_name_is_not() {
    let left = |text: &str| {
        let folder = Folder::new();
        let registry = folder.registry();
        let beside = folder.0.path().join("scopes.fugo-new");
        fs::write(&beside, text).expect("written");
        let recorded = registry.record(&scope("agency/nta/1"), tag(1)).map_err(|error| error.kind().as_str());
        (recorded, fs::read_to_string(beside).ok())
    };
    let earlier = "purpose,scope,epoch,tag\n";
    for text in ["", "purp", &HEADER[..HEADER.len() - 1], HEADER, earlier, &format!("{earlier}agency,nta,1,0000")] {
        assert_eq!(left(text), (Ok(Recorded::Added), None), "{text:?}");
    }
    for text in ["notes", "purpose,scope,epoch,tag-of-mine\n"] {
        assert_eq!(left(text), (Err("io"), Some(text.into())), "{text:?}");
    }
}

#[test]
fn a_registry_has_sixteen_mebibytes_at_most() {
    for (more, kind) in [(0, "line"), (1, "too-large")] {
        let (_folder, registry) = Folder::holding(&format!("{HEADER}{}", "x".repeat((16 << 20) - HEADER.len() + more)));
        assert_eq!(registry.scopes().expect_err("a refusal").kind().as_str(), kind);
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_the_lock_is_not_followed() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let (folder, registry) = Folder::holding(HEADER);
    let other = folder.0.path().join("other");
    fs::write(&other, "").expect("written");
    fs::set_permissions(&other, fs::Permissions::from_mode(0o644)).expect("permissions");
    symlink(&other, folder.0.path().join("scopes.lock")).expect("linked");
    assert_eq!(registry.record(&scope("agency/nta/1"), tag(1)).expect_err("a refusal").kind().as_str(), "io");
    assert_eq!(fs::metadata(&other).expect("there").permissions().mode() & 0o777, 0o644, "its rights stay");
}
