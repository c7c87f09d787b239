"""Symbol order: one row for each person, ascending by the bytes of the symbol. See docs/spec.md, section 5.

Rows are partitioned by ranges of symbols and sorted within each partition. The rows of a person are then adjacent, and
become one row if they are equal. So the partitions in order depend only on the set of rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from fugo.spark.errors import DescriptionError

#: The alphabet of the text form, in the order of the five bits of each character, and an alphabet that sorts in this
#order.
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
ASCENDING = "0123456789abcdefghijklmnopqrstuv"
#: The numbers of characters of tag and symbol, and of the checksum after them.
DATA, CHECKSUM = 32, 6


def in_symbol_order(df: DataFrame, symbol: str, *, partitions: int | None = None) -> DataFrame:
    """One row for each person whose rows are all equal, ascending by symbol across the partitions in order.

    ``symbol`` is a column of symbols of one key, as bytes or text. People whose rows differ and rows without a symbol
    are left out.
    """
    return one_row_each(people(df, symbol, partitions), df, symbol)


def duplicates(df: DataFrame, symbol: str, *, reference: Sequence[str] = ()) -> DataFrame:
    """The rows of people with several rows: the symbol, ``reference``, and an ``outcome``.

    ``equal``: all rows of the person are equal, and one was converted. ``differs``: none was converted. Columns of
    ``reference`` help to find a row again; they do not make rows differ.
    """
    # Spark compares names like this.
    beside = {name.casefold() for name in reference}
    taken = {"key", "outcome"} & beside
    if taken:
        named = ", ".join(sorted(taken))
        raise DescriptionError(f"the list already has columns named {named}: rename the reference")
    rows = df.select(*(quoted(name) for name in df.columns if name.casefold() not in beside))
    several = people(rows, symbol, None).where("rows > 1")
    outcome = F.when(_equal(), "equal").otherwise("differs").alias("outcome")
    listed = df.select(_key(df, symbol).alias("key"), quoted(symbol), *(quoted(name) for name in reference))
    return listed.join(several.select("key", outcome), "key").drop("key")


def people(df: DataFrame, symbol: str, partitions: int | None) -> DataFrame:
    """One row for each person, in symbol order: the sort ``key``, the count ``rows``, the ``first`` and the ``last``."""
    rows = df.where(F.col(quoted(symbol)).isNotNull())
    # A structure sorts by its fields, so the first and the last row are equal only if all rows are.
    beside = [F.col(quoted(name)) for name in _beside(df, symbol)]
    row = F.struct(*(beside or [F.lit(0).alias("nothing")]))
    keyed = rows.select(_key(df, symbol).alias("key"), row.alias("row"))
    ranged = keyed.repartitionByRange(partitions, "key") if partitions else keyed.repartitionByRange("key")
    grouped = ranged.groupBy("key").agg(
        F.count(F.lit(1)).alias("rows"), F.min("row").alias("first"), F.max("row").alias("last")
    )
    return grouped.sortWithinPartitions("key")


def totals() -> Iterator[Column]:
    """The totals of the rows of :func:`people`."""
    yield F.count_if(_equal()).alias("converted")
    yield F.sum(F.when(_equal(), F.col("rows") - 1).otherwise(0)).alias("equal")
    yield F.sum(F.when(_equal(), 0).otherwise(F.col("rows"))).alias("differing")


def one_row_each(people: DataFrame, df: DataFrame, symbol: str) -> DataFrame:
    """One row of ``df`` for each person whose rows are all equal."""
    beside = _beside(df, symbol)

    def column(name: str) -> Column:
        value = F.col("first").getField(name) if name in beside else F.col("key")
        return value.alias(name, metadata=df.schema[name].metadata)

    return people.where(_equal()).select(*(column(name) for name in df.columns))


def quoted(name: str) -> str:
    """A column's name, quoted, so that it may hold any character."""
    return "`" + name.replace("`", "``") + "`"


def _equal() -> Column:
    """Whether all rows of a person are equal. Nulls are equal."""
    return F.col("first").eqNullSafe(F.col("last"))


def _beside(df: DataFrame, symbol: str) -> list[str]:
    """The columns next to the sort key: all, except a symbol that is the sort key itself."""
    is_key = isinstance(df.schema[symbol].dataType, T.BinaryType)
    return [name for name in df.columns if name != symbol or not is_key]


def _key(df: DataFrame, symbol: str) -> Column:
    """A column that sorts like the sixteen bytes."""
    column, kind = F.col(quoted(symbol)), df.schema[symbol].dataType
    if isinstance(kind, T.BinaryType):
        return column
    if isinstance(kind, T.StringType):
        data = F.substring(column, -(DATA + CHECKSUM), DATA)
        return F.translate(data, BECH32, ASCENDING)
    raise DescriptionError(f"the column {symbol} is of type {kind.typeName()}; symbols are bytes or text")
