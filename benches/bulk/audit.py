"""What an audit of two deliveries costs.

    python3 benches/bulk/audit.py --rows 10000000 --dir /dev/shm [--memory 1G] [--fugo target/release/fugo]

One roster of `fugo synth` is converted for two agencies in symbol order with its four columns kept, and the two files
are audited: once as they are, which link nearly everybody, and once against a copy without the columns, which link
nobody. Exits with 1 if the audit says otherwise. Needs the space of the roster, of both files and of as many bytes again
for temporary files; the roster is removed before the audit.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from machine import sentence
from measure import measure_apart
from roster import Fugo
from table import count, megabytes, seconds, table

SCOPES = ("agency/bench-a/1", "agency/bench-b/1")
LINK, CLEAN = 1, 0
HEADER = ("columns", "rows", "memory", "s", "CPU s", "anonymous MB", "read MB", "written MB")


def made(fugo: Fugo, directory: Path, rows: int, memory: str) -> tuple[Path, Path, Path]:
    """The files of two agencies, and that of the second one without the columns."""
    keys = fugo.test_keys(list(SCOPES), directory)
    roster = fugo.synth(rows, 0, directory / "roster.csv")
    outputs = [directory / f"{name}.csv" for name in ("a", "b", "bare")]
    for key, out in zip([*keys, keys[1]], outputs):
        options = {"memory": memory, "temp_dir": directory, "overwrite": out}
        command = fugo.convert(roster, {key: out}, "symbol", **options)
        if out.name == "bare.csv":
            command = [word for word in command if not word.startswith("--keep=")]
        if (status := measure_apart(command).status) != 0:
            raise SystemExit(f"{out.name}: exit status {status}")
    roster.unlink()
    return outputs[0], outputs[1], outputs[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--memory", default="1G")
    parser.add_argument("--dir", type=Path, required=True, help="where to work; nothing is left there")
    parser.add_argument("--fugo", type=Path, default=Path("target/release/fugo"))
    args = parser.parse_args()
    fugo, lines = Fugo(args.fugo.resolve()), []
    with tempfile.TemporaryDirectory(prefix="audit-", dir=args.dir) as place:
        first, second, bare = made(fugo, Path(place), args.rows, args.memory)
        for name, other, expected in (("four, which link", second, LINK), ("none in the second file", bare, CLEAN)):
            command = [str(fugo.program), "audit", f"--memory={args.memory}", f"--temp-dir={place}"]
            measured = measure_apart([*command, str(first), str(other)])
            if measured.status != expected:
                raise SystemExit(f"{name}: exit status {measured.status}, and not {expected}")
            moved = [megabytes(measured.read), megabytes(measured.written)]
            cost = [seconds(measured.seconds), seconds(measured.cpu_seconds), megabytes(measured.peak_anonymous)]
            lines.append([name, count(args.rows), args.memory, *cost, *moved])
        print(f"Two files of {fugo.version()}, CSV in symbol order.\n{sentence(Path(place))}\n")
    print(table(HEADER, lines))


if __name__ == "__main__":
    main()
