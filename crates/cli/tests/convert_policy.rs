//! `fugo convert --policy`: which columns an output has, how coarse they are, and how small a group of people may be.

mod rosters;
mod sample_keys;
mod tables;

use std::{fs, process::Output};

use rosters::{MOJ, MOJ_KEY, NTA, NTA_KEY, convert, file_of, keys_of, lines, numbers, read};
use sample_keys::{Keys, stderr};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tables::{batch, column_texts, rejects, table, texts, write};

const POLICY: &str = r#"
version = 1

["agency/nta"]
columns = { birth = "year", sex = "exact", code = "first 3", memo = "drop" }

["agency/moj"]
columns = { birth = "drop", sex = "exact", code = "drop", memo = "drop" }
"#;

fn agencies(policy: &str) -> Keys {
    let keys = keys_of(&[NTA, MOJ]);
    fs::write(keys.at("policy.toml"), policy).expect("written");
    keys
}

/// Converts `roster.csv` for the first agency, under the policy.
fn for_nta(keys: &Keys, roster: &str, more: &[&str]) -> Output {
    fs::write(keys.at("roster.csv"), roster).expect("written");
    let args = ["roster.csv", "--policy", "policy.toml", "--key", NTA_KEY, "--out", "nta.csv"];
    convert(keys, &[&args[..], &["--report", "report.json", "--max-rejects", "100%"], more].concat())
}

fn report(keys: &Keys) -> Value {
    serde_json::from_slice(&read(keys, "report.json")).expect("JSON")
}

#[test]
fn a_policy_decides_the_columns_of_each_output_and_how_coarse_they_are() {
    let (keys, people) = (agencies(POLICY), numbers(3));
    let cells = [",1985-04-01,1,100-0001,a", ",2001/2/3,2,1500002,b", ",,1,,c"];
    let rows: Vec<String> = people.iter().zip(cells).map(|(number, cells)| format!("{number}{cells}\n")).collect();
    fs::write(keys.at("roster.csv"), format!("my_number,birth,sex,code,memo\n{}", rows.concat())).expect("written");
    let output = convert(
        &keys,
        &[
            "roster.csv",
            "--policy",
            "policy.toml",
            "--key",
            NTA_KEY,
            "--key",
            MOJ_KEY,
            "--out",
            "nta.csv",
            "--out",
            "moj.csv",
            "--report",
            "report.json",
        ],
    );
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let of = |cells: [&'static str; 3]| people.iter().cloned().zip(cells).collect::<Vec<_>>();
    assert_eq!(
        read(&keys, "nta.csv"),
        file_of(NTA, "symbol,birth,sex,code", &of([",1985,1,100", ",2001,2,150", ",,1,"]))
    );
    assert_eq!(read(&keys, "moj.csv"), file_of(MOJ, "symbol,sex", &of([",1", ",2", ",1"])));
    let report = report(&keys);
    assert_eq!(report["policy"]["sha256"], base16ct::lower::encode_string(&Sha256::digest(POLICY)));
    let column = |name: &str, rule: &str| json!({ "name": name, "rule": rule });
    assert_eq!(
        report["outputs"][0]["columns"],
        json!([column("birth", "year"), column("sex", "exact"), column("code", "first 3")])
    );
    assert_eq!(report["outputs"][1]["columns"], json!([column("sex", "exact")]));
}

#[test]
fn columns_and_scopes_that_the_policy_does_not_name_are_refused() {
    let people = numbers(2);
    let roster = format!("my_number,sex,name\n{},1,a\n{},2,b\n", people[0], people[1]);
    for (policy, more, expected) in [
        (POLICY, &["--keep", "sex,name"][..], "does not name the column `name`"),
        ("version = 1\n[\"agency/moj\"]\ncolumns = {}\n", &[], "does not name the scope agency/nta/1"),
        ("version = 1\n[\"agency/nta\"]\ngroup-size = 2\ncolumns = {}\n", &["--order", "input"], "group-size"),
        ("version = 1\n[\"agency/nta\"]\ncolumns = { sex = \"round\" }\n", &[], "column `sex`"),
        (
            "version = 1\n[\"agency/nta\"]\nleast-rows = 3\ncolumns = {}\n",
            &[],
            "at least 3. Of 2 rows read, 0 were rejected;",
        ),
    ] {
        let keys = agencies(policy);
        let output = for_nta(&keys, &roster, more);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains(expected), "{expected}: {}", stderr(&output));
        assert!(!keys.at("nta.csv").exists() && !keys.at("report.json").exists());
    }
}

#[test]
fn a_cell_that_cannot_be_made_coarser_rejects_its_row_and_is_not_repeated() {
    let (keys, people) = (agencies(POLICY), numbers(3));
    let cells = [",1985-04-01,1,1000001,a", ",S60.13.1,1,1000001,a", ",1985-04-01,1,10,a"];
    let rows: Vec<String> = people.iter().zip(cells).map(|(number, cells)| format!("{number}{cells}\n")).collect();
    let output = for_nta(&keys, &format!("my_number,birth,sex,code,memo\n{}", rows.concat()), &[]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let listed = lines(&keys, "nta.rejects.csv");
    assert!(listed[1].starts_with("2,3,") && listed[1].contains(",birth,kept-not-coarser,"), "{listed:?}");
    assert!(listed[2].starts_with("3,4,") && listed[2].contains(",code,kept-not-coarser,"), "{listed:?}");
    assert!(!listed.concat().contains("S60"));
    assert_eq!(lines(&keys, "nta.csv").len(), 2);
    assert_eq!(report(&keys)["rejected_by_reason"], json!({ "kept-not-coarser": 2 }));
}

#[test]
fn a_column_that_is_exact_at_first_has_only_values_that_its_next_rule_reads() {
    let groups = "group-size = 2\nsmall-groups = \"coarsen\"\nleave-out-at-most = \"0%\"";
    let people = numbers(4);
    let cells_of_roster = ["1985-04-01", "1985-05-01", "unknown", "1985-04-01"];
    let rows: Vec<String> =
        people.iter().zip(cells_of_roster).map(|(number, cell)| format!("{number},{cell}\n")).collect();
    for allowed in ["0%", "50%"] {
        let keys = agencies(&policy_of(&groups.replace("0%", allowed), "[\"exact\", \"year\"]"));
        let output = for_nta(&keys, &format!("my_number,birth\n{}", rows.concat()), &[]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let listed = lines(&keys, "nta.rejects.csv");
        assert!(listed.len() == 2 && listed[1].contains(",birth,kept-not-coarser,"), "{listed:?}");
        let written: Vec<String> = lines(&keys, "nta.csv").split_off(1);
        let cells: Vec<&str> = written.iter().filter_map(|line| line.split(',').nth(1)).collect();
        assert_eq!(cells, if allowed == "0%" { vec!["1985"; 3] } else { vec!["1985-04-01"; 2] });
        write(
            &keys.at("roster.parquet"),
            &[batch(&[("my_number", texts(&people)), ("birth", texts(cells_of_roster))])],
        );
        let more = ["--key", NTA_KEY, "--out", "table.csv", "--max-rejects", "100%"];
        let output = convert(&keys, &[&["roster.parquet", "--policy", "policy.toml"], &more[..]].concat());
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(read(&keys, "table.csv"), read(&keys, "nta.csv"));
        assert_eq!(rejects(&keys, "table.rejects.csv"), ["3,,,birth,kept-not-coarser"]);
    }
}

#[test]
fn a_column_that_is_exact_at_first_is_written_byte_by_byte_as_one_that_is_exact_alone() {
    let people = numbers(3);
    let cells = ["a\rb", "  spaced  ", "   "];
    let rows: Vec<String> = people.iter().zip(cells).map(|(number, cell)| format!("{number},{cell}\n")).collect();
    for file in ["roster.csv", "roster.parquet"] {
        for out in ["nta.csv", "nta.parquet"] {
            let written = ["\"exact\"", "[\"exact\", \"empty\"]"].map(|rule| {
                let keys = agencies(&policy_of("", rule));
                fs::write(keys.at("roster.csv"), format!("my_number,birth\n{}", rows.concat())).expect("written");
                write(&keys.at("roster.parquet"), &[batch(&[("my_number", texts(&people)), ("birth", texts(cells))])]);
                let output = convert(&keys, &[file, "--policy", "policy.toml", "--key", NTA_KEY, "--out", out]);
                assert_eq!(output.status.code(), Some(0), "{output:?}");
                if out == "nta.csv" {
                    lines(&keys, out).concat()
                } else {
                    format!("{:?}", column_texts(&table(&keys, out), "birth"))
                }
            });
            assert_eq!(written[0], written[1], "{file}, {out}");
        }
    }
}

/// Sixty people of 1985, thirty-seven of 1990, and three of 2001, each month of a year in turn.
fn people_of_three_years() -> (Vec<String>, String) {
    let people = numbers(100);
    let year = |i: usize| match i {
        0..60 => 1985,
        60..97 => 1990,
        _ => 2001,
    };
    let row = |(i, number): (usize, &String)| format!("{number},{}-{:02}-01\n", year(i), 1 + i % 4);
    let rows: String = people.iter().enumerate().map(row).collect();
    (people, format!("my_number,birth\n{rows}"))
}

fn policy_of(groups: &str, birth: &str) -> String {
    format!("version = 1\n[\"agency/nta\"]\n{groups}\ncolumns = {{ birth = {birth} }}\n")
}

#[test]
fn people_in_groups_below_the_size_are_left_out_counted_and_reconciled() {
    let (people, roster) = people_of_three_years();
    let keys = agencies(&policy_of("group-size = 4", "\"year\""));
    let output = for_nta(&keys, &roster, &[]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let kept = |i: usize| if i < 60 { ",1985" } else { ",1990" };
    let rows: Vec<(String, &str)> =
        people[..97].iter().enumerate().map(|(i, number)| (number.clone(), kept(i))).collect();
    assert_eq!(read(&keys, "nta.csv"), file_of(NTA, "symbol,birth", &rows));
    let report = report(&keys);
    assert_eq!(
        report["outputs"][0]["groups"],
        json!({ "level": 0, "groups": 2, "smallest": 37, "people_left_out": 3 })
    );
    assert_eq!((&report["converted"], &report["outputs"][0]["rows"]), (&json!(100), &json!(97)));
    // One of four in a group of that size is there twice, so the group has three people.
    let twice = format!("{roster}{},1985-01-01\n", people[0]);
    let keys = agencies(&policy_of("group-size = 15", "\"month\""));
    assert_eq!(for_nta(&keys, &twice, &[]).status.code(), Some(1));
    assert_eq!(self::report(&keys)["outputs"][0]["groups"]["people_left_out"], 40);
    assert_eq!(lines(&keys, "nta.csv").len(), 61);
    let keys = agencies(&policy_of("group-size = 16", "\"month\""));
    assert_eq!(for_nta(&keys, &twice, &[]).status.code(), Some(1));
    assert_eq!(lines(&keys, "nta.csv").len(), 1, "sixteen rows of a month are fifteen people");
}

#[test]
fn columns_are_made_coarser_until_few_enough_people_are_left_out() {
    let (_, roster) = people_of_three_years();
    let levels = "[\"month\", \"year\", \"decade\", \"empty\"]";
    for (allowed, level, left_out) in [("0%", 3, 0), ("2%", 3, 0), ("3%", 1, 3), ("40%", 0, 30)] {
        let groups = format!("group-size = 10\nsmall-groups = \"coarsen\"\nleave-out-at-most = \"{allowed}\"");
        let keys = agencies(&policy_of(&groups, levels));
        let output = for_nta(&keys, &roster, &["--quiet"]);
        let groups = &report(&keys)["outputs"][0]["groups"];
        assert_eq!((&groups["level"], &groups["people_left_out"]), (&json!(level), &json!(left_out)), "{allowed}");
        assert_eq!(output.status.code(), Some(i32::from(left_out > 0)));
    }
    for groups in ["small-groups = \"refuse\"", "small-groups = \"coarsen\"", "leave-out-at-most = \"2%\""] {
        let keys = agencies(&policy_of(&format!("group-size = 10\n{groups}"), "\"year\""));
        let output = for_nta(&keys, &roster, &[]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains("3 of 100 people are in groups of fewer than 10"), "{output:?}");
        assert!(!keys.at("nta.csv").exists());
    }
}

#[test]
fn rows_of_a_person_that_differ_in_a_dropped_column_are_set_aside_in_every_output() {
    let (keys, people) = (agencies(POLICY), numbers(2));
    let roster = format!(
        "my_number,birth,sex,code,memo\n{0},1985-04-01,1,1000001,a\n{0},1985-04-01,1,1000001,b\n\
         {1},1985-04-01,1,1000001,\"c\"\n{1},1985-04-01,1,1000001,c\n",
        people[0], people[1]
    );
    // A column that --keep names is compared, even if the policy drops it. Without --keep it is not a kept column.
    let output = for_nta(&keys, &roster, &[]);
    assert_eq!((output.status.code(), lines(&keys, "nta.csv").len()), (Some(0), 3), "{output:?}");
    let keep = ["--keep", "birth,sex,code,memo"];
    for more in [&[][..], &["--order", "input", "--unique"]] {
        let output = for_nta(&keys, &roster, &[&keep[..], more].concat());
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(
            read(&keys, "nta.csv"),
            file_of(NTA, "symbol,birth,sex,code", &[(people[1].clone(), ",1985,1,100")])
        );
        assert_eq!(report(&keys)["duplicates"], json!({ "equal": 1, "differing": 2, "people": 2 }));
    }
}

#[test]
fn tables_are_made_coarser_as_csv_is_and_memory_and_threads_change_nothing() {
    let people = numbers(20_000);
    let cells: Vec<[String; 2]> =
        (0..people.len()).map(|i| [format!("{}-{:02}-01", 1950 + i % 70, 1 + i % 12), format!("{}", i % 7)]).collect();
    let policy = policy_of("group-size = 60\nsmall-groups = \"coarsen\"", "[\"month\", \"year\"], n = \"exact\"");
    let keys = agencies(&policy);
    let rows: Vec<String> =
        people.iter().zip(&cells).map(|(number, [birth, n])| format!("{number},{birth},{n}\n")).collect();
    let output = for_nta(&keys, &format!("my_number,birth,n\n{}", rows.concat()), &["--quiet"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let expected = read(&keys, "nta.csv");
    let year = |i: usize| format!(",{},{}", &cells[i][0][..4], cells[i][1]);
    let all: Vec<(String, String)> = people.iter().cloned().zip((0..people.len()).map(year)).collect();
    assert!(expected == file_of(NTA, "symbol,birth,n", &all));
    let columns = [texts(&people), texts(cells.iter().map(|[birth, _]| birth)), texts(cells.iter().map(|[_, n]| n))];
    let [number, birth, n] = columns;
    write(&keys.at("roster.parquet"), &[batch(&[("my_number", number), ("birth", birth), ("n", n)])]);
    let base = ["--policy", "policy.toml", "--key", NTA_KEY, "--quiet", "--out"];
    for (roster, more) in [
        ("roster.parquet", &[][..]),
        ("roster.parquet", &["--memory", "16M", "--threads", "3"]),
        ("roster.csv", &["--memory", "16M", "--threads", "1"]),
    ] {
        let output = convert(&keys, &[&[roster], &base[..], &["again.csv"], more].concat());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(read(&keys, "again.csv") == expected, "{roster} {more:?}");
    }
    let output = convert(&keys, &[&["roster.parquet"], &base[..], &["out.parquet"]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let birth = column_texts(&table(&keys, "out.parquet"), "birth");
    assert!(birth.iter().all(|year| year.as_ref().is_some_and(|year| year.len() == 4)));
    let bad =
        batch(&[("my_number", texts(&people[..2])), ("birth", texts(["1985-04-01", "S60"])), ("n", texts(["1", "2"]))]);
    write(&keys.at("bad.parquet"), &[bad]);
    fs::write(keys.at("policy.toml"), policy_of("", "\"year\"")).expect("written");
    let output = convert(&keys, &[&["bad.parquet"], &base[..], &["bad.csv", "--keep", "birth"]].concat());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(rejects(&keys, "bad.rejects.csv"), ["2,,,birth,kept-not-coarser"]);
}

#[test]
fn no_rule_puts_the_digits_of_a_number_together() {
    let people = numbers(40);
    let other = numbers(41).pop().expect("a number");
    let grouped = format!("{}-{}-{}-{}", &other[..3], &other[3..6], &other[6..9], &other[9..]);
    for (rule, cell) in [("first 8", grouped.clone()), ("band 2", grouped), ("first 8", format!("{}/77", &other[..6]))]
    {
        let rows = people.iter().map(|number| format!("{number},{cell}\n")).collect::<Vec<_>>().concat();
        let keys = agencies(&format!("version = 1\n[\"agency/nta\"]\ncolumns = {{ code = \"{rule}\" }}\n"));
        let output = for_nta(&keys, &format!("my_number,code\n{rows}"), &[]);
        let written = if keys.at("nta.csv").exists() { lines(&keys, "nta.csv").concat() } else { String::new() };
        assert!(!written.contains(&other) && !stderr(&output).contains(&other), "{rule}: {written}");
        if rule == "first 8" && !written.is_empty() {
            assert!(written.contains(&other[..8]) || lines(&keys, "nta.csv").len() == 1, "{written}");
        }
    }
    for rule in ["first 9", "band 10000000001"] {
        let keys = agencies(&format!("version = 1\n[\"agency/nta\"]\ncolumns = {{ code = \"{rule}\" }}\n"));
        let output = for_nta(&keys, "my_number,code\n", &[]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains("a rule is"), "{}", stderr(&output));
    }
}

#[test]
fn a_run_that_leaves_out_most_people_replaces_no_output() {
    let (_, roster) = people_of_three_years();
    let keys = agencies(&policy_of("group-size = 2", "\"year\""));
    assert_eq!(for_nta(&keys, &roster, &[]).status.code(), Some(0));
    let before = read(&keys, "nta.csv");
    keys.file("policy.toml", &policy_of("group-size = 1000", "\"year\""), 0o600);
    let output = for_nta(&keys, &roster, &[]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("100 of 100 rows are missing from the outputs"), "{}", stderr(&output));
    assert_eq!(read(&keys, "nta.csv"), before);
}

#[test]
fn a_column_of_the_policy_that_the_roster_lacks_is_named() {
    let keys = agencies("version = 1\n[\"agency/nta\"]\ncolumns = { birthdate = \"year\", memo = \"drop\" }\n");
    let output = for_nta(&keys, &format!("my_number,birth_date\n{},1985-04-01\n", numbers(1)[0]), &[]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = stderr(&output);
    assert!(
        said.contains("the policy of agency/nta/1 names the column `birthdate`, and the roster has no such"),
        "{said}"
    );
    assert!(!said.contains("memo"), "{said}");
}
