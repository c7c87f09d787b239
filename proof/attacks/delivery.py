"""Files of symbols, as an attacker reads them. A distinguisher sees only these."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

SYMBOL = 16


def read(file: Path) -> np.ndarray:
    """The symbols of a file that `fugo convert --symbol hex` wrote, in its order: (rows, 16) bytes, or (rows, k, 16)
    for k columns of symbols."""
    header, _, body = file.read_bytes().partition(b"\n")
    columns = header.count(b",") + 1
    plain = body.translate(None, b",\n")
    if len(plain) != 32 * columns * body.count(b"\n"):
        raise SystemExit(f"{file.name} is not {columns} columns of symbols in hexadecimal digits")
    symbols = np.frombuffer(bytes.fromhex(plain.decode("ascii")), dtype=np.uint8)
    return symbols.reshape(-1, SYMBOL) if columns == 1 else symbols.reshape(-1, columns, SYMBOL)


def write(file: Path, symbols: np.ndarray) -> None:
    """Writes symbols as `fugo convert --symbol hex` does, in the given order, in one or several columns."""
    rows, columns = len(symbols), symbols.shape[1] if symbols.ndim == 3 else 1
    symbols = symbols.reshape(rows, columns, SYMBOL)
    digits = np.frombuffer(symbols.tobytes().hex().encode("ascii"), dtype=np.uint8).reshape(rows, columns, 2 * SYMBOL)
    ends = np.full((rows, columns, 1), ord(","), dtype=np.uint8)
    ends[:, -1] = ord("\n")
    names = ",".join(["symbol", *(f"symbol_{column}" for column in range(2, columns + 1))])
    file.write_bytes(names.encode("ascii") + b"\n" + np.concatenate([digits, ends], axis=2).tobytes())


def order(symbols: np.ndarray) -> np.ndarray:
    """The positions of the symbols in ascending order of their bytes."""
    high, low = halves(symbols)
    return np.lexsort((low, high))


def halves(symbols: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last eight bytes as big-endian integers."""
    words = np.ascontiguousarray(symbols).view(">u8").astype(np.uint64)
    return words[:, 0], words[:, 1]


@dataclass(frozen=True)
class Evidence:
    """The view of an attacker of two scopes in one play of the game, and the truth that only the referee has.

    `known` are rows of the same people in both scopes, in a random order: pairs that the attacker learned. `files` are
    complete deliveries, in the order of the file, and `later` the next ones.
    """

    known: tuple[np.ndarray, np.ndarray]
    files: tuple[np.ndarray, np.ndarray]
    later: tuple[np.ndarray, np.ndarray] | None = None
    # Further columns of the files next to the symbols, for the known pairs, if there are any.
    beside: tuple[np.ndarray, np.ndarray] | None = None
    # The scopes of the files, as they are written. They are public.
    scopes: tuple[str, str] = ("agency/nta/1", "agency/mof/1")
    # All numbers of the block to which the people belong. They are public.
    block: np.ndarray = field(default_factory=lambda: np.empty((0, 12), dtype=np.uint8))

    @cached_property
    def _partner(self) -> dict[bytes, bytes]:
        return dict(zip(rows(self.known[0]), rows(self.known[1]), strict=True))

    def hits(self, first: np.ndarray, second: np.ndarray) -> int:
        """How many of the guesses (a symbol of the first file, one of the second) belong to one person. Each person
        counts once."""
        right = {a for a, b in zip(rows(first), rows(second), strict=True) if self._partner.get(a) == b}
        return len(right)


def rows(symbols: np.ndarray) -> list[bytes]:
    """Each symbol as sixteen bytes."""
    whole = symbols.tobytes()
    return [whole[at : at + SYMBOL] for at in range(0, len(whole), SYMBOL)]
