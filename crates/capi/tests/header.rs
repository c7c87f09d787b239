//! The committed header matches the sources:   cargo test -p fugo-capi --test header
//! After a change of the sources:               FUGO_WRITE_HEADER=1 cargo test -p fugo-capi --test header

use std::{env, fs, path::PathBuf, sync::LazyLock};

/// In the order of the header. Other files export nothing.
const SOURCES: [&str; 12] = [
    "version",
    "status",
    "failure",
    "number",
    "scope",
    "ladder",
    "key",
    "derive",
    "text",
    "key_file",
    "lineage",
    "translation",
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Replaces `In<T>` and similar types by the pointers that they wrap (`repr(transparent)`). cbindgen would name them.
fn with_plain_pointers(source: &str) -> String {
    let pointers = [("In<", "*const "), ("Out<", "*mut "), ("Handle<", "*const "), ("Slot<", "*mut *mut ")];
    source.lines().fold(String::new(), |mut plain, line| {
        let mut line = line.to_owned();
        if !line.trim_start().starts_with("//") {
            for (name, pointer) in pointers {
                while let Some(at) = line.find(&format!(": {name}")) {
                    let end = at + line[at..].find('>').expect("an argument is on one line");
                    let inner = line[at + 2 + name.len()..end].to_owned();
                    line.replace_range(at..=end, &format!(": {pointer}{inner}"));
                }
            }
        }
        plain.push_str(&line);
        plain.push('\n');
        plain
    })
}

/// Generated once for all tests of this file.
static GENERATED: LazyLock<String> = LazyLock::new(generated);

fn generated() -> String {
    let sources = SOURCES
        .iter()
        .map(|name| fs::read_to_string(folder().join("src").join(name).with_extension("rs")).expect("a source file"));
    let source = with_plain_pointers(&sources.collect::<String>());
    let input = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("header.rs");
    fs::write(&input, source).expect("a file in the target folder");
    let config = cbindgen::Config::from_file(folder().join("cbindgen.toml")).expect("the configuration");
    let bindings = cbindgen::Builder::new().with_config(config).with_src(&input).generate().expect("a header");
    let mut header = Vec::new();
    bindings.write(&mut header);
    String::from_utf8(header).expect("UTF-8")
}

/// The names of exported functions of all sources.
fn exported() -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder().join("src")).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.ends_with("panic_on_purpose.rs") {
            continue;
        }
        let source = fs::read_to_string(path).expect("a source file");
        let of = |line: &str| Some(line.strip_prefix("pub extern \"C\" fn ")?.split_once('(')?.0.to_owned());
        names.extend(source.lines().filter_map(of));
    }
    names
}

#[test]
fn the_committed_header_is_what_the_sources_say() {
    let (path, generated) = (folder().join("include/fugo.h"), &*GENERATED);
    if env::var_os("FUGO_WRITE_HEADER").is_some() {
        fs::write(&path, generated).expect("the header");
    }
    let committed = fs::read_to_string(&path).expect("the header");
    assert!(committed == *generated, "fugo.h is stale: run FUGO_WRITE_HEADER=1 cargo test -p fugo-capi --test header");
}

#[test]
fn every_exported_function_is_in_the_header_with_a_comment() {
    let (lines, names) = (GENERATED.lines().collect::<Vec<_>>(), exported());
    assert!(names.len() > 35, "{names:?}");
    for name in names {
        let is_declaration = |line: &str| line.contains(&format!("{name}(")) && !line.starts_with([' ', '/', '#']);
        let at = lines.iter().position(|line| is_declaration(line)).unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(lines[at - 1], " */", "{name} has no comment");
    }
}

/// `FUGO_STATUS_NON_DIGIT = 101,` as in the copybook: `88  FUGO-NON-DIGIT … VALUE 101.`
#[test]
fn the_copybook_has_every_status_with_its_number() {
    let copybook = fs::read_to_string(folder().join("cobol/FUGO.cpy")).expect("the copybook");
    let conditions: Vec<Vec<&str>> = copybook.lines().map(|line| line.split_whitespace().collect()).collect();
    let mut statuses = 0;
    for line in GENERATED.lines() {
        let Some(status) = line.trim().strip_prefix("FUGO_STATUS_") else { continue };
        let (name, number) = status.trim_end_matches(',').split_once(" = ").expect("a number");
        let (name, number) = (format!("FUGO-{}", name.replace('_', "-")), format!("{number}."));
        assert!(conditions.iter().any(|words| words[..] == ["88", &name, "VALUE", &number]), "{name} {number}");
        statuses += 1;
    }
    assert_eq!(statuses, conditions.iter().filter(|words| words.first() == Some(&"88")).count());
}
