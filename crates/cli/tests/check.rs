//! `fugo check`: one test per behaviour.

mod sample_keys;

use std::process::Output;

use sample_keys::{Keys, NUMBER, answer, stderr, stdout};

fn check(args: &[&str], input: impl Into<Vec<u8>>) -> Output {
    answer(&[&["check"], args].concat(), input)
}

fn totals(output: &Output) -> &str {
    stderr(output).lines().next().expect("totals")
}

#[test]
fn an_empty_file_has_no_bad_line() {
    let output = check(&[], "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!((stdout(&output), totals(&output)), ("", "fugo: 0 lines: 0 good, 0 bad"));
}

#[test]
fn each_bad_line_is_named_with_its_reason() {
    let output = check(&[], format!("{NUMBER}\n12345678901\n1234-5678-9018\n123456789012\n000000000000\n\n"));
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert_eq!(
        lines,
        [
            "line 2: the length is 11; a MyNumber has exactly 12 digits",
            "line 3: the byte at offset 4 is not an ASCII digit; a MyNumber is twelve ASCII digits",
            "line 4: the check digit does not match the eleven digits before it",
            "line 5: twelve zeros are never issued",
            "line 6: the length is 0; a MyNumber has exactly 12 digits",
        ]
    );
    assert_eq!(totals(&output), "fugo: 6 lines: 1 good, 5 bad");
}

#[test]
fn strict_takes_lf_and_cr_lf_and_a_last_line_without_end_and_nothing_else() {
    let output = check(&[], format!("{NUMBER}\n{NUMBER}\r\n{NUMBER}"));
    assert_eq!((output.status.code(), totals(&output)), (Some(0), "fugo: 3 lines: 3 good, 0 bad"));
    for other in [format!("{NUMBER} \n"), format!(" {NUMBER}\n"), format!("{NUMBER}\r\r\n"), format!("{NUMBER}\r")] {
        assert_eq!(check(&[], other).status.code(), Some(1));
    }
}

#[test]
fn a_byte_order_mark_is_skipped_by_lenient_only() {
    let input = format!("\u{FEFF}{NUMBER}\n");
    let output = check(&[], input.clone());
    assert!(stdout(&output).starts_with("line 1: the byte at offset 0 "));
    let output = check(&["--lenient"], input);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), ""));
    assert!(stderr(&output).contains("byte order mark"));
}

#[test]
fn lenient_takes_what_the_table_takes() {
    let input = "１２３４－５６７８－９０１８\n 1234 5678 9018 \n1234/5678/9018\n1.23457E+11\n";
    let output = check(&["--lenient"], input);
    assert_eq!(totals(&output), "fugo: 4 lines: 2 good, 2 bad");
    assert!(stdout(&output).starts_with("line 3: the character at byte offset 4"));
    assert!(stdout(&output).contains("line 4: the value is in scientific notation"));
}

#[test]
fn bytes_that_are_no_utf_8_are_named_by_their_offset() {
    let input = [NUMBER.as_bytes(), b"\n12\x82\x4f\n"].concat();
    let output = check(&["--lenient"], input.clone());
    assert_eq!(stdout(&output), "line 2: byte offset 2 is not UTF-8; convert the file first\n");
    let output = check(&[], input);
    assert!(stdout(&output).starts_with("line 2: the byte at offset 2 is not an ASCII digit"));
}

#[test]
fn restored_zeros_are_counted_and_warned_of() {
    // One of the vectors' patterned numbers: eleven digits without its zero.
    let number = "010000000006";
    assert!(fugo::MyNumber::parse(number).is_ok());
    let output = check(&["--lenient", "--restore-zeros"], format!("{}\n{NUMBER}\n", &number[1..]));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(stderr(&output).contains("zeros were restored: 1"));
    assert!(stderr(&output).contains("住民票コード"));
    assert!(!stderr(&check(&["--lenient", "--restore-zeros"], NUMBER)).contains("住民票コード"));
    assert_eq!(check(&["--lenient"], &number[1..]).status.code(), Some(1));
}

#[test]
fn zeros_are_not_restored_without_lenient() {
    assert_eq!(check(&["--restore-zeros"], "").status.code(), Some(2));
}

#[test]
fn a_line_too_long_is_one_bad_line() {
    let output = check(&[], format!("{}\n{NUMBER}\n", "1".repeat(10_000_000)));
    assert_eq!(stdout(&output), "line 1: the line is longer than 65536 bytes and was skipped\n");
    assert_eq!(totals(&output), "fugo: 2 lines: 1 good, 1 bad");
}

#[test]
fn a_file_is_checked_by_its_path_and_a_hyphen_is_standard_input() {
    let keys = Keys::none();
    let path = keys.file("numbers.txt", &format!("{NUMBER}\n"), 0o600);
    assert_eq!(totals(&check(&[&path], "")), "fugo: 1 lines: 1 good, 0 bad");
    assert_eq!(totals(&check(&["-"], NUMBER)), "fugo: 1 lines: 1 good, 0 bad");
    let absent = check(&[&keys.arg("absent")], "");
    assert_eq!(absent.status.code(), Some(2));
    assert_eq!(stderr(&absent).lines().count(), 2);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_a_quiet_end_with_the_status_of_what_was_found() {
    use std::process::{Command, Stdio};
    let mut tool = Command::new(env!("CARGO_BIN_EXE_fugo"))
        .arg("check")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tool runs");
    drop(tool.stdout.take());
    let mut input = tool.stdin.take().expect("a pipe");
    // The tool may end before all is written.
    let _ = std::io::Write::write_all(&mut input, &b"bad\n".repeat(100_000));
    drop(input);
    let output = tool.wait_with_output().expect("it ends");
    // The lines that it read were bad.
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(1), &b""[..]));
}

#[test]
fn a_number_given_for_a_path_is_refused_and_not_repeated() {
    for number in [NUMBER, "1234-5678-9012", "12345678901"] {
        let output = check(&[number], "");
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("standard input") && !stderr(&output).contains(number));
    }
}
