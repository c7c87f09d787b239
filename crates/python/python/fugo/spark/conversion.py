"""Converts a DataFrame of numbers to symbols and rejects, as ``fugo convert`` does, on a cluster."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyspark.sql import Column, DataFrame, Observation
from pyspark.sql import functions as F
from pyspark.sql import types as T

from fugo.spark import order
from fugo.spark.errors import DescriptionError, TotalsError
from fugo.spark.fields import Output, symbol_metadata, symbol_type
from fugo.spark.refusals import refuse_what_cannot_be
from fugo.spark.rows import REJECT, Derivation, NumberFormat
from fugo.spark.sources import KeySource

if TYPE_CHECKING:
    import pyarrow as pa

#: A delivery with fewer rows links people: two deliveries show who came or left between them.
SMALL = 1_000


def convert(
    df: DataFrame,
    column: str,
    keys: KeySource | Mapping[str, KeySource],
    *,
    keep: Sequence[str] = (),
    other_codes: Sequence[str] = (),
    reference: Sequence[str] = (),
    number_format: NumberFormat = "strict",
    restore_zeros: bool = False,
    lineage: str | None = None,
    insurers_tag: str | None = None,
    output: Output = "binary",
) -> Converted:
    """Plans ``symbol = key(number(df[column]))`` for each key, and a reject for each row that has no number.

    ``keys`` maps the name of each output's symbol column to the place where executors find its key; a single source
    means ``{"symbol": source}``. No row ever holds the symbols of two keys. ``keep`` names the columns that are written
    next to the symbols. If one of their cells holds the row's number, another valid number, or a symbol, the row
    becomes a reject. A column that is made of numbers or symbols fails the job. ``other_codes`` names the kept columns that hold
    other codes of twelve digits, of which about one in ten is a valid number by chance. ``reference`` names the columns
    with which you find a row again; they are in ``rejects`` and ``duplicates`` only. ``lineage`` is a file on every
    executor. With ``insurers_tag`` the column holds insurers' symbols of epoch 1 in text form, of the key with that
    tag, and all keys must be of the eligibility scope. Then no number appears.

    Nothing runs yet. :meth:`Converted.staged` runs one pass, from which all results are read.
    """
    outputs = dict(keys) if isinstance(keys, Mapping) else {"symbol": keys}
    derivation = Derivation(
        column=column,
        outputs=tuple(outputs.items()),
        keep=tuple(keep),
        reference=tuple(reference),
        number_format=number_format,
        restore_zeros=restore_zeros,
        lineage=lineage,
        insurers_tag=insurers_tag,
        form=output,
        other_codes=tuple(other_codes),
    )
    refuse_what_cannot_be(df.schema, derivation)
    # Structures, so that names of the roster cannot clash with ours. Spark's mapInArrow accepts only plain names.
    groups = {"kept": keep, "reference": reference}
    structures = (F.struct(*map(order.quoted, names)).alias(group) for group, names in groups.items() if names)
    roster = df.select(F.col(order.quoted(column)).alias("person"), *structures)
    return Converted(derivation, df.schema, _tagged(roster, derivation), roster, None)


@dataclass(frozen=True)
class Counts:
    """Totals of one pass: ``read = accepted + rejected``."""

    read: int
    accepted: int
    rejected_by_reason: dict[str, int]

    @property
    def rejected(self) -> int:
        return sum(self.rejected_by_reason.values())


@dataclass(frozen=True)
class OrderedCounts:
    """Totals of an output in symbol order: ``read = converted + rejected + equal + differing``."""

    read: int
    converted: int
    rejected: int
    equal: int
    differing: int


@dataclass(frozen=True)
class Converted:
    """Symbols and rejects of one roster.

    Each result of :func:`convert` derives the symbols again whenever it is evaluated. :meth:`staged` derives once.
    """

    derivation: Derivation
    #: The columns of the input DataFrame.
    schema: T.StructType
    #: Accepted rows, once for each key, and rejects. They are as secret as the roster.
    rows: DataFrame
    _roster: DataFrame | None
    _counts: Counts | None

    @property
    def outputs(self) -> dict[str, DataFrame]:
        """The symbols and the kept columns for each key, in the order of the roster. Do not deliver them."""
        return {name: self._rows(name).select(*self._columns(name)) for name, _ in self.derivation.outputs}

    @property
    def symbols(self) -> DataFrame:
        """The only output."""
        return self.outputs[self._name(None)]

    @property
    def rejects(self) -> DataFrame:
        """For each row without a symbol: its reference, the column, the reason and the position. Never a value."""
        rejected = self.rows.where(F.col("output").isNull())
        return rejected.select(*self._reference(), "column", "reason", "offset", "found", "detail")

    def staged(self, path: str) -> Converted:
        """Derives once: writes the tagged rows to ``path`` (Parquet), and returns results that are read from there.

        The path must be new, and private to the operator. Rows are in the roster's order with their references, so the
        files are as secret as the roster. Remove them when the outputs are written.
        """
        if self._roster is None:
            raise DescriptionError("the rows are staged already")
        seen = Observation()
        roster = self._roster.observe(seen, F.count(F.lit(1)).alias("read"))
        rows = _tagged(roster, self.derivation)
        rows.write.mode("error").parquet(path)
        read = int(seen.get["read"])
        staged = rows.sparkSession.read.schema(rows.schema).parquet(path)
        counts = _count(staged, self.derivation, read)
        return replace(self, rows=staged, _roster=None, _counts=counts)

    def counts(self) -> Counts:
        """Totals of the pass of :meth:`staged`: the rows that were read, and their results."""
        if self._counts is None:
            raise DescriptionError("totals need one pass: stage the rows first")
        return self._counts

    def in_symbol_order(self, output: str | None = None, *, partitions: int | None = None) -> DataFrame:
        """One row for each person, ascending by the bytes of the symbol across the partitions in order.

        People whose rows differ are in :meth:`duplicates` instead.
        """
        name = self._name(output)
        ordered = order.in_symbol_order(self._rows(name), "symbol", partitions=partitions)
        return ordered.select(*self._columns(name))

    def duplicates(self, output: str | None = None) -> DataFrame:
        """The rows of people with several rows: symbol, reference, ``equal`` (one was converted) or ``differs``."""
        name = self._name(output)
        beside = ["reference"] if self.derivation.reference else []
        listed = order.duplicates(self._rows(name, *beside), "symbol", reference=beside)
        return listed.select(self._symbol(name), *self._reference(), "outcome")

    def write_in_symbol_order(
        self,
        path: str,
        output: str | None = None,
        *,
        partitions: int | None = None,
        format: str = "parquet",
        options: Mapping[str, str] | None = None,
    ) -> OrderedCounts:
        """Writes :meth:`in_symbol_order` and counts in the same pass. The rows must be staged, the path must be new.

        :raises TotalsError: if the rows that came out are not the staged rows. Then do not use the output.
        """
        name, counts = self._name(output), self.counts()
        seen = Observation()
        rows = self._rows(name)
        people = order.people(rows, "symbol", partitions).observe(seen, *order.totals())
        ordered = order.one_row_each(people, rows, "symbol").select(*self._columns(name))
        ordered.write.mode("error").format(format).options(**(options or {})).save(path)
        found = {total: int(count or 0) for total, count in seen.get.items()}
        totals = OrderedCounts(read=counts.read, rejected=counts.rejected, **found)
        if totals.converted + totals.equal + totals.differing != counts.accepted:
            raise TotalsError(f"{path}: {counts.accepted} rows were accepted, but {totals} came out")
        if totals.converted < SMALL:
            message = f"{path} holds fewer than {SMALL} people: who comes and goes between deliveries links"
            warnings.warn(message, stacklevel=2)
        return totals

    def _name(self, output: str | None) -> str:
        names = [name for name, _ in self.derivation.outputs]
        name = names[0] if output is None and len(names) == 1 else output
        if name not in names:
            raise DescriptionError(f"the output must be one of: {', '.join(names)}")
        return name

    def _rows(self, name: str, *beside: str) -> DataFrame:
        kept = ["kept"] if self.derivation.keep else []
        return self.rows.where(F.col("output") == name).select("symbol", *kept, *beside)

    def _columns(self, name: str) -> Iterator[Column]:
        yield self._symbol(name)
        for column in self.derivation.keep:
            metadata = self.schema[column].metadata
            yield F.col("kept").getField(column).alias(column, metadata=metadata)

    def _symbol(self, name: str) -> Column:
        return F.col("symbol").alias(name, metadata=symbol_metadata(dict(self.derivation.outputs)[name]))

    def _reference(self) -> Iterator[Column]:
        for column in self.derivation.reference:
            yield F.col("reference").getField(column).alias(column)


def _tagged(roster: DataFrame, derivation: Derivation) -> DataFrame:
    """Numbers become symbols in this function only."""

    def derive(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return derivation.batches(batches)

    fields = [T.StructField("output", T.StringType()), T.StructField("symbol", symbol_type(derivation.form))]
    fields += [T.StructField(group, roster.schema[group].dataType) for group in roster.columns if group != "person"]
    for name in REJECT:
        numeric = name in ("offset", "found")
        fields.append(T.StructField(name, T.LongType() if numeric else T.StringType()))
    return roster.mapInArrow(derive, T.StructType(fields))


def _count(staged: DataFrame, derivation: Derivation, read: int) -> Counts:
    """Counts the staged rows and compares them with the rows that were read."""
    found = {
        (row["output"], row["reason"]): row["count"] for row in staged.groupBy("output", "reason").count().collect()
    }
    rejected = {str(reason): count for (output, reason), count in sorted(found.items(), key=str) if output is None}
    for name, _ in derivation.outputs:
        accepted = found.get((name, None), 0)
        if accepted + sum(rejected.values()) != read:
            raise TotalsError(
                f"{read} rows were read; {accepted} accepted for {name}, {sum(rejected.values())} rejected"
            )
    return Counts(read, accepted, rejected)
