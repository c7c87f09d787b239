"""What a conversion of a roster in CP932 costs, compared with the same roster in UTF-8.

    python3 benches/bulk/encodings.py --rows 2000000 --dir /dev/shm [--fugo target/release/fugo]

The roster has five columns of `fugo synth` and two more of Japanese text: a name and an address of 12 to 20 characters.
All but the numbers are kept. Each round converts both files. The table compares the times for as many bytes, because
the same text is shorter in CP932. Exits with 1 if the outputs of the two encodings do not have the same text.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path
from statistics import median

from machine import sentence
from measure import Measurement, measure_apart
from roster import COLUMNS, Fugo
from table import count, megabytes, seconds, table

MESS = 1
ORDERS = ("input", "symbol")
ENCODINGS = ("utf-8", "cp932")
NAMES = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "表", "能登", "十河", "噂野")
GIVEN = ("太郎", "花子", "健一", "由美", "翔", "さくら", "ミツヱ", "ソノ", "陽菜", "蓮")
TOWNS = ("千代田区霞が関", "大阪市北区梅田", "横浜市中区本町", "札幌市中央区大通西", "予備町ポソ能")
HEADER = ("order", "encoding", "MB", "s, least", "s, median", "CPU s", "ns a byte, least", "time for as many bytes")


def with_text(source: Path, out: Path, encoding: str) -> int:
    """Adds the two columns to each record, and returns the size of the file in bytes."""
    chosen = random.Random(1)
    extra = [
        f",{chosen.choice(NAMES)}　{chosen.choice(GIVEN)},{chosen.choice(TOWNS)}{number}丁目{number % 17}番\n"
        for number in range(4096)
    ]
    with open(source, encoding="utf-8", newline="\n") as records, open(out, "wb") as file:
        file.write(next(records).rstrip("\n").encode() + b",name,address\n")
        for number, record in enumerate(records):
            line = record.rstrip("\n") + extra[number % len(extra)]
            file.write(line.encode(encoding, errors="replace"))
    return out.stat().st_size


def run(fugo: Fugo, roster: Path, key: Path, out: Path, order: str, encoding: str) -> Measurement:
    """One conversion. The output replaces that of the round before."""
    kept = ",".join((*COLUMNS[1:], "name", "address"))
    command = [str(fugo.program), "convert", "--test-keys", "--quiet", f"--keep={kept}", "--number-format=lenient"]
    command += [f"--order={order}", f"--encoding={encoding}", f"--key={key}", f"--out={out}", str(roster)]
    measured = measure_apart(command)
    if measured.status not in (0, 1):
        raise SystemExit(f"{roster.name}: exit status {measured.status}")
    return measured


def same_text(outputs: dict[str, Path]) -> bool:
    """Whether the lines of both outputs have the same text."""
    utf8, cp932 = (open(outputs[encoding], encoding=encoding, newline="\n") for encoding in ENCODINGS)
    with utf8, cp932:
        return all(a == b for a, b in zip(utf8, cp932, strict=True))


def measured_lines(fugo: Fugo, directory: Path, rows: int, rounds: int) -> list[list[str]]:
    source = fugo.synth(rows, MESS, directory / "source.csv")
    rosters = {encoding: directory / f"{encoding}.csv" for encoding in ENCODINGS}
    # Characters that CP932 lacks are replaced in both files, so that both have the same text.
    sizes = {"cp932": with_text(source, rosters["cp932"], "cp932")}
    text = rosters["cp932"].read_text(encoding="cp932")
    sizes["utf-8"] = rosters["utf-8"].write_bytes(text.encode())
    del text
    source.unlink()
    (key,) = fugo.test_keys(["agency/bench/1"], directory)
    lines = []
    for order in ORDERS:
        outputs = {encoding: directory / f"out-{encoding}.csv" for encoding in ENCODINGS}
        done: dict[str, list[Measurement]] = {encoding: [] for encoding in ENCODINGS}
        for _ in range(rounds):
            for encoding in ENCODINGS:
                done[encoding].append(run(fugo, rosters[encoding], key, outputs[encoding], order, encoding))
        if not same_text(outputs):
            raise SystemExit(f"{order} order: the outputs differ")
        for encoding in ENCODINGS:
            a_byte = {each: [m.seconds / sizes[each] for m in done[each]] for each in ENCODINGS}
            ratio = median(one / other for one, other in zip(a_byte[encoding], a_byte["utf-8"]))
            wall = [m.seconds for m in done[encoding]]
            cells = [order, encoding, megabytes(sizes[encoding]), seconds(min(wall)), seconds(median(wall))]
            cells += [seconds(median(m.cpu_seconds for m in done[encoding]))]
            lines.append([*cells, f"{min(a_byte[encoding]) * 1e9:.2f}", f"{ratio:.2f}"])
        for output in directory.glob("out-*"):
            output.unlink()
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dir", type=Path, required=True, help="where to work; nothing is left there")
    parser.add_argument("--fugo", type=Path, default=Path("target/release/fugo"))
    args = parser.parse_args()
    fugo = Fugo(args.fugo.resolve())
    args.dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="encodings-", dir=args.dir) as name:
        lines = measured_lines(fugo, Path(name), args.rows, args.rounds)
        print(f"CSV → CSV, {count(args.rows)} rows, six columns kept, lenient, {MESS} % damaged, {fugo.version()}.")
        print(sentence(Path(name)) + "\n")
        print(table(HEADER, lines, left=2))


if __name__ == "__main__":
    main()
