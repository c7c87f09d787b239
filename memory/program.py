"""The phases of memory/search, in Python. Numbers are in bytearrays: `str` and `bytes` cannot be wiped."""

import os
import queue
import sys
import threading
import time

import fugo
import numpy as np

ASKED = 10


def phase(name: str) -> None:
    os.write(1, f"{name}\n".encode())
    while os.read(0, 1) not in (b"\n", b""):
        pass


def read(path: str) -> bytearray:
    content = bytearray(os.path.getsize(path))
    with open(path, "rb", buffering=0) as file:
        assert file.readinto(content) == len(content)
    return content


def wipe(content: bytearray) -> None:
    content[:] = bytes(len(content))


def lineage(path: str) -> fugo.Lineage:
    content = read(path)
    with memoryview(content) as digits:
        numbers = [fugo.MyNumber(digits[at : at + 12]) for at in range(0, len(content), 12)]
    made = fugo.Lineage(zip(numbers[::2], numbers[1::2]))
    wipe(content)
    return made


def work(nta: str, moj: str, roster: str, pairs: str, made: queue.Queue, ended: threading.Event) -> None:
    """Opens the keys and derives, then waits for the end: another thread drops the keys, and this one's stack stays."""
    keys = [fugo.SymbolKey(fugo.KeyFile.load(path, test_keys=True).scope_key) for path in (nta, moj)]
    changed = lineage(pairs)
    content = read(roster)
    asked = keys[0].symbols(np.frombuffer(content, dtype="S12")[:ASKED])
    translation = fugo.Translation(keys[0], keys[1], asked)
    wipe(content)
    phase("opened")

    content = read(roster)
    phase("read")

    people = np.frombuffer(content, dtype="S12")
    keys[0].symbols(people)
    fugo.symbols_for_keys(keys, people, lineage=changed)
    translation.add(people, lineage=changed)
    assert len(translation.symbols()) == ASKED
    wipe(content)
    phase("derived")
    made.put((keys, changed, translation))
    del keys, changed, translation
    ended.wait()


def main() -> None:
    nta, moj, roster, pairs = sys.argv[1:]
    phase("started")

    made, ended = queue.Queue(), threading.Event()
    thread = threading.Thread(target=work, args=(nta, moj, roster, pairs, made, ended), daemon=True)
    thread.start()
    while made.empty():
        assert thread.is_alive()
        time.sleep(0.01)
    keys, changed, translation = made.get()
    del changed, translation
    keys.clear()
    phase("closed")

    planted = [read(nta), read(roster)]
    phase("planted")
    assert len(planted) == 2
    ended.set()
    thread.join()


main()
