//! People with several rows, few people, and two deliveries of one scope.

use crate::{PEOPLE, audit, both, deliver, findings, linking, read, roster, sample_keys::stdout, write};

#[test]
fn people_with_several_rows_link_where_both_files_have_them() {
    let keys = both();
    let mut rows: Vec<String> = roster(PEOPLE).lines().map(str::to_owned).collect();
    // One person has seventeen rows, two have three each.
    let person = |row: &str| row.split(',').next().expect("a number").to_owned();
    for (at, more) in [(1, 16), (2, 2), (3, 2)] {
        let person = person(&rows[at]);
        rows.extend((0..more).map(|i| format!("{person},x,{i}")));
    }
    let rows: String = rows.into_iter().map(|row| row + "\n").collect();
    deliver(&keys, &rows, ".csv", &["--order", "input"]);
    for name in ["nta.csv", "moj.csv"] {
        let mut lines = read(&keys, name);
        lines[1..].sort_by_key(|line| fugo::text::decode(line.as_bytes()).expect("a symbol").symbol);
        write(&keys, name, lines);
    }
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), ["several-rows"]);
    let output = audit(&keys, &["nta.csv", "moj.csv"]);
    assert!(
        stdout(&output).contains("3 people have several rows in nta.csv, 3 in moj.csv; 1 of them are the only ones"),
        "{}",
        stdout(&output)
    );
    deliver(&keys, &roster(PEOPLE), "-once.csv", &[]);
    assert_eq!(linking(&keys, &["nta.csv", "moj-once.csv"]), [] as [&str; 0]);
}

#[test]
fn small_files_link_unless_that_is_accepted() {
    let keys = both();
    deliver(&keys, &roster(999), ".csv", &[]);
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), ["few-rows"]);
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv", "--allow", "few-rows"]), [] as [&str; 0]);
    let (found, _) = findings(&keys, &["nta.csv", "moj.csv", "--allow", "few-rows"]);
    assert_eq!(found.iter().filter(|found| **found == ("allowed".into(), "few-rows".into())).count(), 2);
    deliver(&keys, &roster(1_000), ".csv", &[]);
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), [] as [&str; 0]);
    deliver(&keys, "my_number,prefecture,member\n", ".csv", &[]);
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), ["few-rows"]);
}

#[test]
fn two_days_of_one_scope_join_and_link_if_few_people_changed() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), "-1.csv", &["--keep", "prefecture"]);
    let delta = |people: usize| {
        deliver(&keys, &roster(people), "-2.csv", &["--keep", "prefecture"]);
        linking(&keys, &["nta-1.csv", "nta-2.csv", "--allow", "one-scope"])
    };
    assert_eq!(delta(PEOPLE + 1), ["small-delta"]);
    assert_eq!(delta(PEOPLE - 999), ["small-delta"]);
    assert_eq!(delta(PEOPLE + 1_000), [] as [&str; 0]);
    assert_eq!(delta(PEOPLE), [] as [&str; 0]);
    // Without --allow they may be for two organisations.
    assert_eq!(linking(&keys, &["nta-1.csv", "nta-2.csv"]), ["one-scope"]);
    // The people are the same, and five of them moved.
    let moved = roster(PEOPLE).lines().enumerate().map(|(i, row)| if (1..6).contains(&i) { row.replace("府", "市").replace("都", "市").replace("道", "市") } else { row.to_owned() } + "\n").collect::<String>();
    deliver(&keys, &moved, "-3.csv", &["--keep", "prefecture"]);
    assert!(
        stdout(&audit(&keys, &["nta-1.csv", "nta-3.csv"]))
            .contains("5 people are in both files and have different values")
    );
    assert_eq!(linking(&keys, &["nta-1.csv", "nta-3.csv", "--allow", "one-scope"]), ["small-delta"]);
}
