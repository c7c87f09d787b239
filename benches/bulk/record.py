"""What a record of translations costs as it grows: an append, a verification, a witness, an extract.

    python3 benches/bulk/record.py --entries 1000,10000,100000 --people 50 --dir /dev/shm --fugo target/release/fugo

The records are made here, with random symbols, and signed with the program `openssl` (3.0 or later). Then the tool works
on them. Each step is one process; its wall time and its processor time are those of the least of three runs.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import sentence
from roster import Fugo
from table import count, table
from translation import PEOPLE, SCOPES, grant, record

TILE = 256
PKCS8 = bytes.fromhex("302e020100300506032b657004220420")


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def root(hashes: list[bytes]) -> bytes:
    """RFC 6962, section 2.1."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(hashes[:split]) + root(hashes[split:])).digest()


def numbered(number: int) -> str:
    """The path of a number in tlog-tiles."""
    path, number = f"{number % 1000:03}", number // 1000
    while number:
        path, number = f"x{number % 1000:03}/{path}", number // 1000
    return path


def write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def people_of(log: Path, index: int, people: int, chosen: random.Random) -> bytes:
    """Writes the people of an entry, and returns the root of their tree."""
    order = chosen.randbytes(16)
    symbols = (chosen.randbytes(16) for _ in range(people))
    leaves = sorted(symbols, key=lambda symbol: hashlib.sha256(order + symbol).digest()[:16])
    leaves = [symbol + chosen.randbytes(16) for symbol in leaves]
    hashes = [leaf(data) for data in leaves]
    blocks = [root(hashes[at : at + TILE]) for at in range(0, people - people % TILE, TILE)]
    write(log / "people" / numbered(index), b"".join([*leaves, *blocks, order]))
    return root(hashes)


def fill(log: Path, entries: int, people: int, note: str, key: Path) -> None:
    """Writes so many entries into an empty record, and signs its checkpoint."""
    chosen = random.Random(entries)
    named = next(line.split('"')[1] for line in (log / "log.toml").read_text().splitlines() if line.startswith("people"))
    # Grants of other ids: of each run, a grant of its own.
    texts = []
    for index in range(entries):
        tree = base64.b64encode(people_of(log, index, people, chosen)).decode()
        text = (
            f"fugo-record-entry 1\nrun: {chosen.randbytes(16).hex()}\ninquired-at: 2026-11-29T00:00:00Z\nbegun-at: 2026-11-29T00:00:00Z\n"
            f"provided-at: 2026-11-29T00:00:09Z\nwithheld: no\nasked: {people}\ntranslated: {people}\nunknown: 0\n"
            f"rejected: 0\nduplicates: 0\npeople: {people}\npeople-root: {tree}\npeople-key: {named}\n\n"
        )
        texts.append((text + note.replace("grant: a\n", f"grant: run-{index}\n", 1)).encode())
    for number in range(0, entries, TILE):
        bundle = texts[number : number + TILE]
        name = numbered(number // TILE) + ("" if len(bundle) == TILE else f".p/{len(bundle)}")
        write(log / "tile/entries" / name, b"".join(len(text).to_bytes(2, "big") + text for text in bundle))
    level, hashes = 0, [leaf(text) for text in texts]
    head = root(hashes)
    while hashes:
        for number in range(0, len(hashes), TILE):
            tile = hashes[number : number + TILE]
            name = numbered(number // TILE) + ("" if len(tile) == TILE else f".p/{len(tile)}")
            write(log / "tile" / str(level) / name, b"".join(tile))
        full = len(hashes) - len(hashes) % TILE
        level, hashes = level + 1, [root(hashes[at : at + TILE]) for at in range(0, full, TILE)]
    text = f"log.test\n{entries}\n{base64.b64encode(head).decode()}\n"
    seed = next(line.split()[-1] for line in key.read_text().splitlines() if line.startswith("key:"))
    with tempfile.TemporaryDirectory(dir=log.parent) as name:
        der, message = Path(name, "key.der"), Path(name, "text")
        der.write_bytes(PKCS8 + bytes.fromhex(seed))
        message.write_text(text)
        sign = ["openssl", "pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", str(der), "-in", str(message)]
        signature = subprocess.run(sign, check=True, capture_output=True).stdout
    old = (log / "checkpoint").read_text().split(" ")[-1]
    line = base64.b64encode(base64.b64decode(old)[:4] + signature).decode()
    (log / "checkpoint").write_text(f"{text}\n— log.test {line}\n", encoding="utf-8")


def least(command: list[str], before: object = lambda: None) -> tuple[float, float]:
    """The least wall time and the processor time of that run, of three."""
    times = []
    for _ in range(3):
        before()
        used, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        wall, now = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        if run.returncode not in (0, 1):
            sys.exit(run.stderr)
        times.append((wall, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime))
    return min(times)


def main() -> None:
    """Makes a record of each size, measures, and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", default="1000,10000,100000")
    parser.add_argument("--people", type=int, default=50, help="of each entry")
    parser.add_argument("--dir", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--fugo", type=Path, default=Path("target/release/fugo"))
    args = parser.parse_args()
    lines = []
    for entries in map(int, args.entries.split(",")):
        with tempfile.TemporaryDirectory(dir=args.dir) as name:
            directory, program = Path(name), args.fugo.resolve()
            fugo = Fugo(program)
            roster = fugo.synth(1000, 0, directory / "roster.csv")
            keys = fugo.test_keys([*SCOPES, PEOPLE], directory)
            asked, out, log = directory / "asked.csv", directory / "out.csv", directory / "record"
            subprocess.run([program, "convert", "--test-keys", "--quiet", f"--key={keys[0]}", f"--out={asked}", roster], check=True)
            translate = [str(program), "translate", str(asked), f"--roster={roster}", f"--from-key={keys[0]}"]
            translate += [f"--to-key={keys[1]}", f"--out={out}", "--test-keys", "--quiet", *grant(program, directory, keys)]
            translate += record(program, directory, keys[2])
            empty = directory / "empty"
            shutil.copytree(log, empty)

            def renew() -> None:
                shutil.rmtree(log)
                shutil.copytree(empty, log)

            alone = least(translate, renew)
            renew()
            fill(log, entries, args.people, (directory / "note").read_text(encoding="utf-8"), directory / "record-sign.key")
            size = sum(file.stat().st_size for file in log.rglob("*") if file.is_file())
            trust = f"--trust={log / 'log.toml'}"
            tool = [str(program), "record"]
            verify = least([*tool, "verify", str(log), trust])
            request = directory / "request"
            asks = least([*tool, "request", str(log), f"--old={entries * 2 // 3}", f"--out={request}"])
            portal = directory / "portal.csv"
            convert = [program, "convert", "--test-keys", "--quiet", f"--key={keys[2]}", f"--out={portal}", roster]
            subprocess.run(convert, check=True)
            rows = portal.read_text(encoding="utf-8").split()[1:]
            extract = []
            for people in (1, 1000):
                symbols, extracts = directory / "symbols", directory / "extracts"
                symbols.write_text("\n".join(rows[:people]) + "\n", encoding="utf-8")
                command = [*tool, "extract", str(log), trust, f"--symbols={symbols}", f"--out={extracts}"]
                extract.append(least(command, lambda: shutil.rmtree(extracts, ignore_errors=True)))
            append = least(translate)
            shown = [f"{wall:.2f} s, {cpu:.2f}" for wall, cpu in (alone, append, verify, asks, *extract)]
            lines.append([count(entries), count(entries * args.people), count(size / 1e6), *shown])
    header = ("entries", "people", "MB", "a run, empty record", "a run", "verify", "request", "extract of 1", "of 1,000")
    print(table(header, lines, 0))
    print("\nWall time, and seconds of processor time. A run translates 1,000 people of 1,000.")
    print(sentence(args.dir))


if __name__ == "__main__":
    main()
