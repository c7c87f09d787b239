"""pyarrow, pandas, Polars and DuckDB, in and out; where nothing is copied, addresses show it."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from duckdb.func import ARROW, SPECIAL

import fugo
import reference
from reference import number, numbers

GOOD, OTHER = number(1), number(2)
TEXTS: list[str | None] = [*numbers(1500), None, number(7)]
SYMBOLS = [None if text is None else reference.symbol("agency/nta/1", text) for text in TEXTS]


def address(array: Any) -> int:
    """Where an Arrow array keeps its values."""
    place: int = array.buffers()[-1].address
    return place


def test_polars_series_go_in_and_out(key: fugo.SymbolKey) -> None:
    series = pl.Series("my", TEXTS)
    made = key.symbols(series)
    assert made.to_pylist() == SYMBOLS
    assert pl.Series("nta", made).to_list() == SYMBOLS
    assert pl.Series("nta", made).dtype == pl.Binary
    text = pl.Series("nta", key.symbols(series, output="text"))
    assert text.dtype == pl.String
    assert text.to_list() == key.symbols(series, output="text").to_pylist()
    assert key.symbols(series.slice(100, 50)).to_pylist() == SYMBOLS[100:150]
    assert key.symbols(pl.concat([series[:9], series[9:]], rechunk=False)).to_pylist() == SYMBOLS
    assert key.symbols(series.cast(pl.Categorical)).to_pylist() == SYMBOLS


def test_a_polars_frame_takes_a_column_of_symbols_beside_its_own(key: fugo.SymbolKey) -> None:
    frame = pl.DataFrame({"my": TEXTS, "row": range(len(TEXTS))})
    frame = frame.with_columns(pl.col("my").map_batches(lambda my: pl.Series(key.symbols(my)), return_dtype=pl.Binary))
    assert frame["my"].to_list() == SYMBOLS
    lazy = frame.lazy().select(pl.col("my").bin.size().max()).collect()
    assert lazy.item() == 16


def test_pandas_series_of_every_kind_go_in(key: fugo.SymbolKey) -> None:
    for dtype in ("object", "string", "string[pyarrow]", "category", pd.ArrowDtype(pa.string())):
        series: Any = pd.Series(TEXTS, dtype=dtype)
        assert key.symbols(series).to_pylist() == SYMBOLS, dtype
        assert key.symbols(series[5:50]).to_pylist() == SYMBOLS[5:50]
    integers = pd.Series([int(text) for text in numbers(10)])
    assert key.symbols(integers, restore_zeros=True).counts.symbols == 10
    missing: Any = pd.Series([number(1), float("nan"), pd.NA], dtype="object")
    assert key.symbols(missing).to_pylist() == [SYMBOLS[0], None, None]


def test_pandas_takes_symbols_and_sets_them_beside_its_columns(key: fugo.SymbolKey) -> None:
    frame = pd.DataFrame({"my": TEXTS})
    frame["nta"] = key.symbols(frame["my"]).to_pylist()
    arrow: Any = pd.ArrowDtype(pa.binary(16))
    frame["fixed"] = pd.Series(key.symbols(frame["my"]).to_pyarrow(), dtype=arrow)
    assert frame["nta"].tolist()[:9] == frame["fixed"].tolist()[:9] == SYMBOLS[:9]
    assert frame["fixed"].isna().sum() == 1


def test_duckdb_takes_symbols_and_gives_numbers(key: fugo.SymbolKey) -> None:
    roster = pa.table({"my": TEXTS, "row": list(range(len(TEXTS)))})
    with duckdb.connect() as connection:
        connection.register("roster", roster)
        column = connection.sql("SELECT my FROM roster WHERE my IS NOT NULL ORDER BY row").to_arrow_table()["my"]
        made = key.symbols(column)
        assert made.to_pylist() == [symbol for symbol in SYMBOLS if symbol is not None]
        symbols = pa.table({"nta": made.to_pyarrow()})
        connection.register("symbols", symbols)
        found = connection.sql("SELECT typeof(nta), octet_length(nta), count(*) FROM symbols GROUP BY ALL").fetchall()
        assert found == [("BLOB", 16, len(TEXTS) - 1)]


def test_duckdb_calls_a_key_as_an_arrow_function(key: fugo.SymbolKey) -> None:
    def nta(my: Any) -> Any:
        return key.symbols(my, output="binary", errors="null").to_pyarrow()

    roster = pa.table({"my": TEXTS, "row": list(range(len(TEXTS)))})
    with duckdb.connect() as connection:
        connection.register("roster", roster)
        connection.create_function("nta", nta, ["varchar"], "blob", type=ARROW, null_handling=SPECIAL)
        rows = connection.sql("SELECT nta(my) FROM roster ORDER BY row").fetchall()
    assert [row[0] for row in rows] == SYMBOLS


def test_faults_are_a_table_to_each_of_them(key: fugo.SymbolKey) -> None:
    table = key.symbols([number(1), "123", "x"], errors="null").faults_table()
    expected = [(1, "length"), (2, "non-digit")]
    arrow = pa.table(table)
    assert [(row["row"], row["kind"]) for row in arrow.to_pylist()] == expected
    assert pl.DataFrame(table).select("row", "kind").rows() == expected
    assert list(arrow.to_pandas()[["row", "kind"]].itertuples(index=False, name=None)) == expected
    with duckdb.connect() as connection:
        connection.register("faults", arrow)
        assert connection.sql("SELECT row, kind FROM faults").fetchall() == expected


def test_parquet_keeps_symbols_and_their_key(key: fugo.SymbolKey, tmp_path: Path) -> None:
    made = key.symbols(TEXTS)
    field = pa.field("nta", pa.binary(16), metadata=made.metadata)
    pq.write_table(pa.table([made.to_pyarrow()], schema=pa.schema([field])), tmp_path / "nta.parquet")
    back = pq.read_table(tmp_path / "nta.parquet")
    assert back.schema.field("nta").type == pa.binary(16)
    assert back.schema.field("nta").metadata[b"fugo.tag"] == key.tag.encode()
    assert back["nta"].to_pylist() == pl.read_parquet(tmp_path / "nta.parquet")["nta"].to_list() == SYMBOLS


def test_text_goes_in_from_where_it_lies(key: fugo.SymbolKey) -> None:
    """A reader that copied would not see what is written to the buffer after the column was made."""
    texts = numbers(2)
    memory = bytearray("".join(texts).encode())
    offsets = np.array([0, 12, 24], dtype="i4")
    column: Any = pa.Array.from_buffers(pa.string(), 2, [None, pa.py_buffer(offsets), pa.py_buffer(memory)])
    fixed = np.frombuffer(memory, dtype="S12")
    expected = [reference.symbol("agency/nta/1", text) for text in texts]
    assert key.symbols(column).to_pylist() == key.symbols(fixed).to_pylist() == expected
    memory[:12] = texts[1].encode()
    assert key.symbols(column).to_pylist() == key.symbols(fixed).to_pylist() == [expected[1]] * 2


def test_symbols_come_out_where_they_were_made(key: fugo.SymbolKey) -> None:
    for output in ("fixed", "binary", "text"):
        made = key.symbols(numbers(1000), output=output)
        place = address(made.to_pyarrow())
        assert address(made.to_pyarrow()) == place
        assert address(pa.chunked_array(made).chunk(0)) == place
        assert made.to_numpy().__array_interface__["data"][0] == place
    fixed = key.symbols(numbers(1000))
    series: Any = pd.Series(fixed.to_pyarrow(), dtype=pd.ArrowDtype(pa.binary(16)))
    assert address(series.array.__arrow_array__().chunk(0)) == address(fixed.to_pyarrow())


def test_polars_columns_without_a_type_are_all_null(key: fugo.SymbolKey) -> None:
    made = key.symbols(pl.Series("my", [None, None]))
    assert made.to_pylist() == [None, None] and made.counts.nulls == 2
    assert key.symbols(pl.DataFrame({"my": []})["my"]).to_pylist() == []


def test_what_helps_is_said_of_wide_integers_and_mixed_objects(key: fugo.SymbolKey) -> None:
    with pytest.raises(fugo.ColumnError, match="Int64"):
        key.symbols(pl.Series("my", [1], dtype=pl.Int128), restore_zeros=True)
    mixed: Any = pd.Series([GOOD, 123456789018], dtype="object")
    with pytest.raises(fugo.ColumnError, match="dtype=str") as refused:
        key.symbols(mixed)
    assert GOOD not in str(refused.value)
    for column in (pa.array([1.0]), pl.Series([1.0])):
        with pytest.raises(fugo.ColumnError, match="as text"):
            key.symbols(column, restore_zeros=True, number_format="lenient")
    decimals = pa.array([123456789018], pa.decimal128(38, 0))
    with pytest.raises(fugo.ColumnError, match="64"):
        key.symbols(decimals, restore_zeros=True, number_format="lenient")


def test_a_frame_library_that_misses_pyarrow_is_said_to(key: fugo.SymbolKey) -> None:
    class Series:
        """As a Series of pandas 3 where pyarrow is not installed."""

        dtype = "str"

        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            raise ImportError(f"`Import pyarrow` failed, {GOOD}")

    with pytest.raises(fugo.ColumnError, match="install pyarrow") as refused:
        key.symbols(Series())
    assert GOOD not in str(refused.value)


def test_a_producer_that_fails_is_not_quoted(key: fugo.SymbolKey) -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"my": pa.array([GOOD])})
        pa.array([GOOD + "x"]).cast(pa.int64())

    reader = pa.RecordBatchReader.from_batches(pa.schema({"my": pa.string()}), batches())
    mixed = pd.Series([1, GOOD], dtype=object)
    for column in (mixed, reader):
        with pytest.raises(fugo.ColumnError) as raised:
            key.symbols(column)
        assert raised.value.kind == "column-type"
        told = "".join(traceback.format_exception(raised.value))
        assert GOOD not in told
        assert raised.value.__cause__ is None and raised.value.__context__ is None


def test_a_dictionary_key_that_names_no_value_is_refused_and_not_another_persons(key: fugo.SymbolKey) -> None:
    values = pa.array([GOOD, OTHER])
    for wrong in (2, 77, -1):
        column = pa.DictionaryArray.from_arrays(pa.array([0, wrong], pa.int8()), values, safe=False)
        with pytest.raises(fugo.ColumnError) as raised:
            key.symbols(column)
        assert raised.value.kind == "dictionary-key"
    right = pa.DictionaryArray.from_arrays(pa.array([1, None, 0], pa.int8()), values)
    assert list(key.symbols(right)) == [bytes(key.symbol(OTHER)), None, bytes(key.symbol(GOOD))]


def test_nothing_but_nulls_needs_no_type(key: fugo.SymbolKey) -> None:
    for column in (pa.nulls(3), pd.Series([None] * 3, dtype=object), pa.chunked_array([pa.nulls(2), pa.nulls(1)])):
        assert key.symbols(column).to_pylist() == [None] * 3
    assert len(key.symbols(pd.Series([], dtype=object))) == 0


def test_a_column_is_a_sequence_and_survives_a_frame(key: fugo.SymbolKey) -> None:
    symbols = key.symbols([GOOD, None, OTHER])
    expected = [bytes(key.symbol(GOOD)), None, bytes(key.symbol(OTHER))]
    assert list(symbols) == expected
    assert [symbols[row] for row in (0, 1, 2, -1)] == [*expected, expected[2]]
    for row in (3, -4):
        with pytest.raises(IndexError):
            symbols[row]
    frame = pd.DataFrame({"my": [GOOD, None, OTHER]})
    column: Any = symbols  # pandas-stubs take no sequence of None
    frame["nta"] = column
    assert frame["nta"].tolist() == expected
    assert np.array(symbols).tolist() == expected
    with pytest.raises(ValueError):
        np.asarray(symbols, copy=False)


def test_the_bytes_of_a_symbol_that_end_in_zero_come_through_numpy(key: fugo.SymbolKey) -> None:
    numbers = (f"{body:011}{fugo.check_digit(f'{body:011}')}" for body in range(1, 3000))
    number = next(number for number in numbers if bytes(key.symbol(number)).endswith(b"\0"))
    assert np.array(key.symbols([number])).tolist() == [bytes(key.symbol(number))]


def test_polars_takes_another_name_by_alias(key: fugo.SymbolKey) -> None:
    assert pl.Series(key.symbols([GOOD])).alias("nta").name == "nta"
