#!/usr/bin/env python3
"""Whether the tests that assessment.md and assessment.ja.md name exist.

usage: assessment.py --check

In both tables, a code span with a slash in the column of tests is a file, and the spans of one word after it are functions of
that file or theorems. `cargo bench --bench NAME` is a bench. Both tables must name the same tests, row by row.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = {"docs/assessment.md": ("test", "threat"), "docs/assessment.ja.md": ("試験", "リスク")}


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows(text, column, beside):
    """The column of tests of the table that has these two columns, by the number of the row."""
    lines, found = text.splitlines(), {}
    for at, line in enumerate(lines):
        header = cells(line)
        if line.startswith("|") and column in header and beside in header:
            for row in lines[at + 2:]:
                if not row.startswith("|"):
                    break
                found[cells(row)[0]] = re.findall(r"`([^`]+)`", cells(row)[header.index(column)])
    return found


def theorem(name):
    return any(re.search(rf"\b(Theorem|Lemma|Corollary) {name}\b", path.read_text()) for path in (ROOT / "proof/coq").rglob("*.v"))


def missing(tests):
    """The tests of a row that do not exist."""
    file, lacks = None, []
    for test in tests:
        if match := re.fullmatch(r"cargo bench --bench (\w+)", test):
            exists = (ROOT / f"benches/{match[1]}.rs").is_file()
        elif "/" in test:
            file = ROOT / test
            exists = file.is_file()
        elif file == ROOT / "proof/check":
            exists = theorem(test)
        else:
            exists = file is not None and file.is_file() and re.search(rf"\bfn {re.escape(test)}\(", file.read_text()) is not None
        if not exists:
            lacks.append(test)
    return lacks


def main():
    if sys.argv[1:] != ["--check"]:
        sys.exit(__doc__)
    for planted in (["crates/cli/tests/missing.rs"], ["tests/wiping.rs", "no_such_test"], ["proof/check", "no_such_theorem"],
                    ["cargo bench --bench missing"], ["no_file_before_it"]):
        if not missing(planted):
            sys.exit(f"FAILED: {planted} is not found to be missing")
    tables = {page: rows((ROOT / page).read_text(), *columns) for page, columns in PAGES.items()}
    wrong = [f"{page}, row {row}: {test} does not exist" for page, table in tables.items() for row, tests in table.items()
             for test in missing(tests)]
    wrong += [f"{page}, row {row}: no test" for page, table in tables.items() for row, tests in table.items() if not tests]
    first, second = tables.values()
    if not first or first != second:
        wrong.append(f"the tables differ: {[row for row in {**first, **second} if first.get(row) != second.get(row)] or 'empty'}")
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{len(first)} rows of both tables name {sum(map(len, first.values()))} tests and commands that exist")


main()
