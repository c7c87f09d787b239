"""SECURITY.md's table of the library's dependencies, against what cargo says:   python3 dependencies/library.py

Each linked or generating crate has a row, with what its sources say of unsafe code: `forbids` (the crate forbids it),
`none` (the word is in no line of its code) or `has`. A row too few, too many or of another word is a failure.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| `([a-z0-9_-]+)` \| (linked|build) \| (forbids|none|has) \|")
FORBIDS = re.compile(r"""forbid\([^)]*\bunsafe_code|^unsafe_code = "forbid\"""", re.MULTILINE)


def cargo(*words: str) -> str:
    return subprocess.run(["cargo", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def tree(*edges: str) -> set[str]:
    """The crates of the library on x86-64 Linux, the most that a build links there."""
    said = cargo("tree", "--locked", "-p", "fugo", "-e", ",".join(edges), "--prefix", "none",
                 "--target", "x86_64-unknown-linux-gnu")
    return {line.split()[0] for line in said.splitlines() if line} - {"fugo"}


def unsafe(source: Path) -> str:
    files = sorted((source / "src").rglob("*.rs"))
    if any(FORBIDS.search(file.read_text()) for file in [source / "Cargo.toml", *files]):
        return "forbids"
    code = (line.split("//")[0] for file in files for line in file.read_text().splitlines())
    return "has" if any(re.search(r"\bunsafe\b", line) for line in code) else "none"


def found() -> dict[str, tuple[str, str]]:
    locked = json.loads(cargo("metadata", "--locked", "--format-version", "1"))
    node = {node["id"]: node for node in locked["resolve"]["nodes"]}
    package = {package["id"]: package for package in locked["packages"]}
    # The versions that the library itself reaches: others of the same name belong to other crates.
    start = next(p["id"] for p in locked["packages"] if p["name"] == "fugo")
    reached: dict[str, str] = {}
    todo = [start]
    while todo:
        at = todo.pop()
        for dependency in node[at]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                name = package[dependency["pkg"]]["name"]
                if name not in reached:
                    reached[name] = dependency["pkg"]
                    todo.append(dependency["pkg"])
    linked = tree("normal", "no-proc-macro")
    return {
        name: ("linked" if name in linked else "build", unsafe(Path(package[reached[name]]["manifest_path"]).parent))
        for name in tree("normal")
    }


def main() -> None:
    lines = (ROOT / "SECURITY.md").read_text().splitlines()
    said = {row[1]: (row[2], row[3]) for line in lines if (row := ROW.match(line))}
    true = found()
    wrong = [f"{name}: SECURITY.md has {said.get(name, 'no row')}, cargo and the sources {true.get(name, 'no crate')}"
             for name in sorted(said | true) if said.get(name) != true.get(name)]
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"SECURITY.md names the {len(true)} crates of the library")


if __name__ == "__main__":
    main()
