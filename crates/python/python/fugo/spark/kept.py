"""What a kept cell must not hold: its row's number, in any shape that normalisation reads, or a symbol of any scope.

A cell with nine digits or more is searched. Each stretch of its digits that could be a number is made a symbol under
the run's own key, and held against the row's: equal symbols are equal people, re-issued numbers included.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

import fugo

#: Candidates → symbols, null where a candidate is no number.
Derive = Callable[[pa.Array], pa.Array]

SHORTEST = 9
DIGIT = "[0-9０-９]"
MANY_DIGITS = f"(?:{DIGIT}[^0-9０-９]*){{{SHORTEST}}}"
SPACES = " \t\n\f\r"
SPACE = f"[{SPACES}]"
SYMBOL_SHAPED = rf"^\"?{SPACE}*[A-Za-z]+1[0-9A-Za-z]{{38}}{SPACE}*\"?$"
INSURERS_SHAPED = rf"(?i)[0-9a-f]{{32}}|hokensha1|^\"?{SPACE}*[0-9]{{12}}{SPACE}*\"?$"
IS_SYMBOL = "a kept cell is a symbol; two scopes' symbols in one row link the scopes"
HOLDS_NUMBER = "a kept cell holds the row's own number, which never reaches an output"
FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


class KeptFault(NamedTuple):
    """A row whose cell in a kept column must not reach an output."""

    row: int
    column: str
    reason: str
    detail: str


def symbols_in(cells: dict[str, pa.Array]) -> Iterator[KeptFault]:
    """Cells that are a symbol in text form."""
    for column, texts in _searched(cells):
        shaped = pc.fill_null(pc.match_substring_regex(texts, SYMBOL_SHAPED), False)
        for row in pc.indices_nonzero(shaped).to_pylist():
            if _is_symbol(texts[row].as_py()):
                yield KeptFault(row, column, "kept-symbol", IS_SYMBOL)


def numbers_in(
    cells: dict[str, pa.Array], symbols: pa.Array, as_written: pa.Array, derive: Derive, derive_first: Derive | None
) -> Iterator[KeptFault]:
    """Cells that hold the number of their row.

    ``symbols[i]`` is the row's symbol and ``as_written[i]`` that of its number without lineage. ``derive`` makes
    symbols without lineage, ``derive_first`` with it, if there is one.
    """
    for column, texts in _searched(cells):
        many = pc.fill_null(pc.match_substring_regex(texts, MANY_DIGITS), False)
        rows = pc.indices_nonzero(pc.and_(many, symbols.is_valid())).to_pylist()
        digits = {row: _digits(texts[row].as_py()) for row in rows}
        holding = _holding(digits, _without_a_part, derive, [as_written, symbols])
        if derive_first is not None:
            holding |= _holding(digits, _whole, derive_first, [symbols])
        for row in sorted(holding):
            yield KeptFault(row, column, "kept-number", HOLDS_NUMBER)


def insurers_in(cells: dict[str, pa.Array], accepted: pa.Array, persons: pa.Array) -> Iterator[KeptFault]:
    """Cells that hold the insurers' symbol of their row, in text form or in hex, or that are a number of anybody's."""
    for column, texts in _searched(cells):
        shaped = pc.fill_null(pc.match_substring_regex(texts, INSURERS_SHAPED), False)
        for row in pc.indices_nonzero(pc.and_(shaped, accepted)).to_pylist():
            cell, person = texts[row].as_py(), persons[row].as_py()
            own = (person, bytes(fugo.decode_text(person)[2]).hex())
            if any(form in cell.lower() for form in own) or _is_number(cell):
                yield KeptFault(row, column, "kept-number", HOLDS_NUMBER)


def _holding(
    digits: dict[int, str], stretches: Callable[[str], Iterator[str]], derive: Derive, own: Sequence[pa.Array]
) -> set[int]:
    rows: list[int] = []
    candidates: list[str] = []
    for row, text in digits.items():
        for candidate in stretches(text):
            rows.append(row)
            candidates.append(candidate)
    if not rows:
        return set()
    found = derive(pa.array(candidates, pa.string()))
    at = pa.array(rows, pa.int64())
    return {
        row for symbols in own for row in at.filter(pc.fill_null(pc.equal(found, symbols.take(at)), False)).to_pylist()
    }


def _without_a_part(digits: str) -> Iterator[str]:
    """Numbers whose body stands in the digits, and numbers that stand there without leading zeros."""
    for body in _windows(digits, 11):
        yield f"{body}{fugo.check_digit(body)}"
    for length in (9, 10, 11):
        for bare in _windows(digits, length):
            yield bare.rjust(12, "0")


def _whole(digits: str) -> Iterator[str]:
    return _windows(digits, 12)


def _windows(digits: str, length: int) -> Iterator[str]:
    return (digits[at : at + length] for at in range(len(digits) - length + 1))


def _digits(text: str) -> str:
    return re.sub("[^0-9]", "", text.translate(FULL_WIDTH))


def _is_symbol(text: str) -> bool:
    try:
        fugo.decode_text(_unquoted(text).strip(SPACES).lower())
    except ValueError:
        return False
    return True


def _is_number(text: str) -> bool:
    try:
        fugo.MyNumber(_unquoted(text).strip(SPACES))
    except ValueError:
        return False
    return True


def _unquoted(text: str) -> str:
    """Without quotes around it, as the tool reads a cell: a first one that nothing closes goes too."""
    return text[1:].removesuffix('"') if text.startswith('"') else text


def _searched(cells: dict[str, pa.Array]) -> Iterator[tuple[str, pa.Array]]:
    """The values of kept columns in every reading that is searched. Booleans and short integers have too few digits."""
    for column, values in cells.items():
        kind = values.type
        if pa.types.is_boolean(kind) or pa.types.is_int8(kind) or pa.types.is_int16(kind):
            continue
        if pa.types.is_date32(kind):
            # Days since 1970; as a date they have eight digits.
            yield column, values.cast(pa.int32()).cast(pa.string())
        elif pa.types.is_timestamp(kind):
            yield column, _shown(values)
            yield column, values.cast(pa.int64()).cast(pa.string())
        elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
            yield column, _readable(values)
        else:
            yield column, values.cast(pa.string())


def _readable(values: pa.Array) -> pa.Array:
    """Text that is UTF-8 for sure: Spark's strings may hold any bytes, and an expression stops at one that is none."""
    raw = values.cast(pa.large_binary())
    try:
        return raw.cast(pa.large_string())
    except pa.ArrowInvalid:
        texts = (None if cell is None else cell.decode(errors="replace") for cell in raw.to_pylist())
        return pa.array(texts, pa.large_string())


def _shown(values: pa.Array) -> pa.Array:
    """Times as text; in UTC where the session's zone is one that Arrow does not know, such as JST."""
    try:
        return values.cast(pa.string())
    except pa.ArrowInvalid:
        return values.cast(pa.timestamp(values.type.unit)).cast(pa.string())
