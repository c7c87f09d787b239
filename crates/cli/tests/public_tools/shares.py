"""Joins shares of the tool without the tool: age opens them, and two independent programs join them.

usage: shares.py TOOL

The first program is below: Bech32m (BIP-350) and Lagrange's formula over GF(2^8), with Python's standard library alone.
The second is pyshamir, from PyPI.
"""
import itertools
import pathlib
import re
import subprocess
import sys
import tempfile

import pyshamir

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
COUNT, THRESHOLD = 5, 3


def bech32m(text):
    """The human-readable part and the bytes of a text with a good checksum."""
    part, _, data = text.rpartition("1")
    values = [ALPHABET.index(character) for character in data]
    state = 1
    for value in [ord(c) >> 5 for c in part] + [0] + [ord(c) & 31 for c in part] + values:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            state ^= generator if top >> bit & 1 else 0
    assert state == 0x2BC830A3, "the checksum of a share"
    bits = "".join(f"{value:05b}" for value in values[:-6])
    assert len(bits) % 8 == 0, "there are no padding bits"
    return part, bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def product(a, b):
    """In GF(2^8) with the polynomial of AES, x^8 + x^4 + x^3 + x + 1."""
    result = 0
    while b:
        result ^= a if b & 1 else 0
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return result


def inverse(a):
    return next(b for b in range(1, 256) if product(a, b) == 1)


def join(points):
    """The values at 0 of the polynomials through these points: {index: values}."""
    secret = bytearray(32)
    for x, values in points.items():
        weight = 1
        for other in points.keys() - {x}:
            weight = product(weight, product(other, inverse(other ^ x)))
        for at, value in enumerate(values):
            secret[at] ^= product(weight, value)
    return bytes(secret)


def run(*args):
    return subprocess.run(args, check=True, capture_output=True, text=True)


def main(tool):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        run(tool, "key", "new", "--out", str(folder / "root.key"), "--plaintext")
        text = (folder / "root.key").read_text()
        key = bytes.fromhex(re.search(r"^key: (\w+)$", text, re.MULTILINE)[1])
        tag = bytes.fromhex(re.search(r"^tag: (\w+)$", text, re.MULTILINE)[1])
        recipients = []
        for number in range(1, COUNT + 1):
            identity = folder / f"{number}.txt"
            run("age-keygen", "-o", str(identity))
            recipients += ["--to", run("age-keygen", "-y", str(identity)).stdout.strip()]
        split = [tool, "key", "split", str(folder / "root.key"), "--threshold", str(THRESHOLD), *recipients]
        run(*split, "--out-dir", str(folder / "shares"))
        points, sets = {}, set()
        for number in range(1, COUNT + 1):
            (share,) = (folder / "shares").glob(f"*-share-{number}-of-{COUNT}.age")
            opened = run("age", "--decrypt", "--identity", str(folder / f"{number}.txt"), str(share)).stdout
            line = re.search(r"^share: (\w+)$", opened, re.MULTILINE)[1]
            part, payload = bech32m(line)
            assert (part, len(payload)) == ("testshare", 45)
            assert tuple(payload[:3]) == (1, THRESHOLD, number), "version, threshold and index"
            assert payload[9:13] == tag, "the tag of the root key"
            sets.add(payload[3:9])
            points[number] = payload[13:]
        assert len(sets) == 1, "the shares of one set"

        choices = 0
        for size in range(THRESHOLD, COUNT + 1):
            for chosen in itertools.combinations(points, size):
                some = {x: points[x] for x in chosen}
                assert join(some) == key, chosen
                # pyshamir keeps the index after the values.
                assert bytes(pyshamir.combine([bytearray(y + bytes([x])) for x, y in some.items()])) == key, chosen
                choices += 1
        for chosen in itertools.combinations(points, THRESHOLD - 1):
            assert join({x: points[x] for x in chosen}) != key, "two shares do not join"
        spoilt = {x: points[x] for x in (1, 2, 3)}
        spoilt[2] = bytes([spoilt[2][0] ^ 1]) + spoilt[2][1:]
        assert join(spoilt) != key, "a joiner without check values does not notice a spoilt share"
    print(f"{choices} choices of shares join in Python's standard library and in pyshamir")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
