"""Kept cells as text, in every reading that is searched. The tool uses the same search."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa


def searched(cells: dict[str, pa.Array]) -> Iterator[tuple[tuple[int, bool], pa.Array]]:
    """The index of each kept column, whether it holds counts of times, and its values as text.

    Booleans and short integers are skipped: they have too few digits.
    """
    for place, values in enumerate(cells.values()):
        kind = values.type
        if pa.types.is_boolean(kind) or pa.types.is_int8(kind) or pa.types.is_int16(kind):
            continue
        if pa.types.is_date32(kind):
            # The values are days since 1970. As a date they have eight digits.
            yield (place, True), values.cast(pa.int32()).cast(pa.large_string())
        elif pa.types.is_timestamp(kind):
            yield (place, False), _shown(values)
            yield (place, True), values.cast(pa.int64()).cast(pa.large_string())
        elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
            yield (place, False), _readable(values)
        else:
            yield (place, False), values.cast(pa.string()).cast(pa.large_string())


def _readable(values: pa.Array) -> pa.Array:
    """Makes text valid UTF-8: Spark's strings may hold any bytes, and the search accepts only text."""
    raw = values.cast(pa.large_binary())
    try:
        return raw.cast(pa.large_string())
    except pa.ArrowInvalid:
        texts = (None if cell is None else cell.decode(errors="replace") for cell in raw.to_pylist())
        return pa.array(texts, pa.large_string())


def _shown(values: pa.Array) -> pa.Array:
    """Times as text, in UTC if Arrow does not know the session's zone, such as JST."""
    try:
        return values.cast(pa.string()).cast(pa.large_string())
    except pa.ArrowInvalid:
        return values.cast(pa.timestamp(values.type.unit)).cast(pa.string()).cast(pa.large_string())
