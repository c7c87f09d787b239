//! The runbooks of docs/custody.md, executed: every block of `sh` in the sections below, in the order of the document, in
//! one empty folder. A block with `refused` must end with status 2. Before a block with `later` the dates of the
//! registry are moved into the past, as if the days had gone by.
#![cfg(target_os = "linux")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

const SECTIONS: [&str; 5] = [
    "## The ceremony",
    "## Splitting a root",
    "## Epochs and dates",
    "## Runbook: rotation after a compromise",
    "## Runbook: the end of a research provision",
];
/// How many days go by before a block with `later`.
const DAYS: i64 = 400;

struct Block {
    section: &'static str,
    info: Vec<String>,
    commands: String,
}

/// The blocks of `sh` in these sections.
fn blocks(document: &str) -> Vec<Block> {
    let (mut blocks, mut section, mut open) = (Vec::new(), None, None::<Block>);
    for line in document.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => {
                blocks.extend(open.take().filter(|block| block.info.first().is_some_and(|info| info == "sh")));
            }
            (Some(block), None) => block.commands.extend([line, "\n"]),
            (None, Some(info)) => {
                let info = info.split_whitespace().map(str::to_owned).collect();
                open = section.map(|section| Block { section, info, commands: String::new() });
            }
            (None, None) if line.starts_with("## ") => section = SECTIONS.into_iter().find(|section| *section == line),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// Runs commands in a folder as a reader of the document would, with the tool that was built.
fn run(commands: &str, folder: &Path) -> Output {
    let tool = Path::new(env!("CARGO_BIN_EXE_fugo")).parent().expect("a folder");
    let path = format!("{}:{}", tool.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", commands]).current_dir(folder).env("PATH", path).output().expect("bash")
}

/// Moves `valid-from` and `accept-until` into the past.
fn let_days_go_by(registry: &Path) {
    let text = fs::read_to_string(registry).expect("a registry");
    let earlier = |field: &str| {
        let date = Command::new("date").args(["-d", &format!("{field} - {DAYS} days"), "+%F"]).output();
        String::from_utf8(date.expect("date").stdout).expect("text").trim().to_owned()
    };
    let mut moved: Vec<String> = text.lines().map(str::to_owned).collect();
    for line in &mut moved[1..] {
        let fields = line.split(',').enumerate();
        let fields = fields.map(|(at, field)| match at {
            4 | 5 if !field.is_empty() => earlier(field),
            _ => field.to_owned(),
        });
        *line = fields.collect::<Vec<_>>().join(",");
    }
    let moved = format!("{}\n", moved.join("\n"));
    assert_ne!(moved, text, "there is a date");
    fs::write(registry, moved).expect("written");
}

fn age_is_missing() -> bool {
    let missing = Command::new("age-keygen").arg("--version").output().is_err();
    assert!(!(missing && std::env::var("CI").is_ok_and(|value| value == "true")), "age-keygen is missing");
    missing
}

#[test]
fn every_command_of_the_runbooks_does_what_the_document_says() {
    if age_is_missing() {
        eprintln!("skipped: age-keygen (Debian package age) is missing");
        return;
    }
    let document =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/custody.md")).expect("the document");
    let blocks = blocks(&document);
    for section in SECTIONS {
        assert!(blocks.iter().any(|block| block.section == section), "{section} has commands");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("roster.csv"), "my_number\n123456789018\n000000000019\n").expect("written");
    let registry = folder.join("root.scopes");
    for (at, block) in blocks.iter().enumerate() {
        let is = |word: &str| block.info.iter().any(|info| info == word);
        if is("later") {
            let_days_go_by(&registry);
        }
        if block.commands.contains("--valid-from") {
            // What the operator had made before the key was lost.
            let made = "fugo convert roster.csv --key keys/agency-nta-1.key --identity operator.txt --out nta-1.csv";
            assert_eq!(run(made, folder).status.code(), Some(0));
        }
        let output = run(&block.commands, folder);
        let expected = if is("refused") { 2 } else { 0 };
        let shown = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.code(),
            Some(expected),
            "block {} of {}:\n{}{shown}",
            at + 1,
            block.section,
            block.commands
        );
        if block.commands.contains("check --symbols") {
            assert!(shown.contains("agency/nta/1, tag ") && shown.contains("agency/nta/2, tag "), "{shown}");
        }
    }
    for (name, exists) in [
        ("nta-2.csv", true),
        ("study-7.csv", true),
        ("keys/agency-nta-2.key", true),
        ("keys/agency-nta-1.key", false),
        ("keys/research-study-7-1.key", false),
        ("keys/again.key", false),
        ("old.csv", false),
        ("late.csv", false),
    ] {
        assert_eq!(folder.join(name).exists(), exists, "{name}");
    }
    let text = fs::read_to_string(&registry).expect("a registry");
    let destroyed =
        |scope: &str| text.lines().find(|line| line.starts_with(scope)).is_some_and(|line| !line.ends_with(','));
    assert!(destroyed("agency,nta,1,") && destroyed("research,study-7,1,") && !destroyed("agency,nta,2,"), "{text}");
}

#[test]
fn a_command_that_does_not_do_what_its_block_says_is_found() {
    let document = "## The ceremony\n```sh\nexit 3\n```\ntext\n```text\nexit 4\n```\n## Other\n```sh\nexit 5\n```\n";
    let blocks = blocks(document);
    assert_eq!(blocks.len(), 1, "blocks of other languages and sections are not commands");
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(run(&blocks[0].commands, folder.path()).status.code(), Some(3));
    assert_eq!(run("false | true\ntrue", folder.path()).status.code(), Some(1), "a part of a pipe that fails counts");
}
