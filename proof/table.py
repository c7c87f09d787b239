#!/usr/bin/env python3
"""The table of theorems in README.md, from coq/theorems, the sources, and coq/hypotheses, which Coq writes.

usage: table.py            print it
       table.py --check    compare it with README.md
       table.py --write    write it to README.md
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
BEGIN, END = "<!-- table.py -->", "<!-- /table.py -->"


def stated():
    """(file, theorem) to line, for every Theorem in the sources."""
    found = {}
    for name in (HERE / "coq/files").read_text().split():
        for number, line in enumerate((HERE / f"coq/{name}.v").read_text().splitlines(), 1):
            if match := re.match(r"Theorem (\w+)", line):
                found[name, match[1]] = number
    return found


def assumed():
    """Theorem to its hypotheses, as Coq printed them."""
    rows = (row.split("\t") for row in (HERE / "coq/hypotheses").read_text(encoding="utf-8").splitlines())
    return {theorem: hypotheses for theorem, *hypotheses in rows}


def code(text):
    return "`" + text.replace("|", "\\|") + "`"


def table():
    lines = ["| claim | theorem | file and line | hypotheses |", "|---|---|---|---|"]
    found, hypotheses = stated(), assumed()
    for row in (HERE / "coq/theorems").read_text().splitlines():
        name, theorem, claim = row.split("\t")
        if (name, theorem) not in found:
            sys.exit(f"coq/theorems lists {name}.{theorem}, which no source states")
        line = found.pop((name, theorem))
        if theorem not in hypotheses:
            sys.exit(f"coq/hypotheses does not have {theorem}: run proof/check write")
        needs = "; ".join(map(code, hypotheses[theorem])) or "none"
        lines.append(f"| {claim} | `{theorem}` | [{name}.v:{line}](coq/{name}.v#L{line}) | {needs} |")
    if found:
        sys.exit(f"theorems that coq/theorems does not list: {sorted(found)}")
    return "\n".join(lines)


def main():
    if sys.argv[1:] not in ([], ["--check"], ["--write"]):
        sys.exit(__doc__)
    if not sys.argv[1:]:
        print(table())
        return
    readme = HERE / "README.md"
    before, rest = readme.read_text(encoding="utf-8").split(BEGIN)
    old, after = rest.split(END)
    if sys.argv[1] == "--write":
        readme.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")
    elif old.strip() != table():
        sys.exit("the table in proof/README.md is stale: run python3 proof/table.py --write")


main()
