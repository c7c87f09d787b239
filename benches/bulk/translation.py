"""The cost of a translation, compared with conversions of the same roster.

    python3 benches/bulk/translation.py --rows 5000000 --asked 50000 --dir /dev/shm --fugo target/release/fugo
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from machine import sentence
from measure import Measurement, measure_apart
from roster import Fugo
from table import count, megabytes, seconds, table

SCOPES = ["agency/tax/1", "agency/nenkin/1"]
PEOPLE = "portal/record/1"
POLICY = "version = 1\nsignatures = 1\n\n[signers]\n"


def measured(command: list[str]) -> Measurement:
    """Runs a command. Some rows of the roster are refused, so it may end with 1."""
    with tempfile.NamedTemporaryFile() as errors:
        measurement = measure_apart(command, stderr=Path(errors.name))
        if measurement.status not in (0, 1):
            sys.exit(Path(errors.name).read_text(encoding="utf-8"))
    return measurement


def asked_of(symbols: Path, asked: int, rows: int, out: Path) -> Path:
    """Every so manieth row of a file of symbols, the first column and the birth date."""
    step = max(1, rows // asked)
    with symbols.open(encoding="utf-8") as lines, out.open("w", encoding="utf-8") as written:
        for nth, line in enumerate(lines):
            if nth == 0 or (nth % step == 0 and nth // step <= asked):
                written.write(line)
    return out


def grant(program: Path, directory: Path, keys: list[Path]) -> list[str]:
    """The options of a translation: a grant that one person has signed, and its policy."""

    def run(*args: str) -> str:
        return subprocess.run([str(program), *args], check=True, capture_output=True, text=True).stdout

    def tag(key: Path) -> str:
        return run("key", "inspect", str(key)).split("tag:")[1].split()[0]

    text, note, policy, key = (directory / name for name in ("text", "note", "policy.toml", "sign.key"))
    run("key", "signing", f"--out={key}", "--plaintext", "--use=test")
    policy.write_text(POLICY + run("grant", "signer", f"{key}.pub", "--name=a", "--test-keys"), encoding="utf-8")
    who = ["--inquirer=nenkin", "--provider=tax", "--items=income", "--legal-basis=none", "--purpose=a measurement"]
    scopes = [f"--from={SCOPES[0]}", f"--from-tag={tag(keys[0])}", f"--to={SCOPES[1]}", f"--to-tag={tag(keys[1])}"]
    times = ["--not-before=2000-01-01T00:00:00Z", "--not-after=2099-01-01T00:00:00Z"]
    run("grant", "new", "--id=a", *who, *scopes, *times, "--most-people=1000000000", f"--out={text}")
    run("grant", "sign", str(text), "--test-keys", f"--key={key}", "--name=a", f"--out={note}")
    return [f"--grant={note}", f"--grant-policy={policy}"]


def record(program: Path, directory: Path, key: Path) -> list[str]:
    """The options of a translation: an empty record, whose people are named by symbols of this key."""

    def run(*args: str) -> str:
        return subprocess.run([str(program), *args], check=True, capture_output=True, text=True).stdout

    tag = run("key", "inspect", str(key)).split("tag:")[1].split()[0]
    sign, log = directory / "record-sign.key", directory / "record"
    run("key", "signing", f"--out={sign}", "--plaintext", "--use=test")
    run("record", "init", str(log), "--test-keys", "--name=log.test", f"--signing-key={sign}", f"--people={PEOPLE}", f"--people-tag={tag}")
    return [f"--record={log}", f"--record-key={key}", f"--record-signing-key={sign}"]


def main() -> None:
    """Measures in turn, and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--asked", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", default="1G")
    parser.add_argument("--dir", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--fugo", type=Path, default=Path("target/release/fugo"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.dir) as name:
        directory = Path(name)
        program = args.fugo.resolve()
        fugo = Fugo(program)
        roster = fugo.synth(args.rows, 1, directory / "roster.csv")
        keys = fugo.test_keys([*SCOPES, PEOPLE], directory)
        symbols, out, bare = directory / "tax.csv", directory / "nenkin.csv", directory / "bare.csv"
        read = ["--test-keys", "--quiet", "--number-format=lenient", f"--memory={args.memory}"]
        convert = [str(program), "convert", str(roster), f"--key={keys[0]}", *read]
        measured([*convert, "--keep=birth_date", f"--out={symbols}"])
        asked = asked_of(symbols, args.asked, args.rows, directory / "asked.csv")
        with symbols.open(encoding="utf-8") as lines:
            one = directory / "one.csv"
            one.write_text("".join(next(lines) for _ in range(2)), encoding="utf-8")
        symbols.unlink()
        options = [f"--roster={roster}", f"--from-key={keys[0]}", f"--to-key={keys[1]}", *read]
        options += [*grant(program, directory, keys), *record(program, directory, keys[2])]
        commands = {
            "convert, symbols alone, input order": [*convert, "--order=input", f"--out={bare}"],
            "convert, symbols alone": [*convert, f"--out={bare}"],
            "convert, one kept column": [*convert, "--keep=birth_date", f"--out={bare}"],
            "translate, one asked": [str(program), "translate", str(one), f"--out={bare}", *options],
            "translate": [str(program), "translate", str(asked), f"--out={out}", *options],
        }
        runs: dict[str, list[Measurement]] = {what: [] for what in commands}
        for _ in range(args.rounds):
            for what, command in commands.items():
                runs[what].append(measured(command))
                bare.unlink(missing_ok=True)
        translated = sum(1 for _ in out.open(encoding="utf-8")) - 1
        cost = {what: median(run.cpu_seconds for run in done) for what, done in runs.items()}
        lines = [
            [
                what,
                seconds(min(run.cpu_seconds for run in done)),
                seconds(cost[what]),
                f"{cost['translate'] / cost[what]:.2f} ×",
                seconds(median(run.seconds for run in done)),
                megabytes(max(run.peak_anonymous for run in done)),
            ]
            for what, done in runs.items()
        ]
        print(table(("what", "CPU s, least", "CPU s, median", "translate over it", "s, median", "anonymous MB"), lines))
        print(f"\n{count(args.rows)} people in the roster, {count(args.asked)} asked, {count(translated)} translated.")
        print(sentence(directory))


if __name__ == "__main__":
    main()
