"""A DataFrame of numbers → symbols and rejects: what ``fugo convert`` does, on a cluster."""

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

#: Below so many rows a delivery links people: who came or went between two of them shows in both.
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

    ``keys`` maps the name of each output's symbol column to where executors find its key; one source alone is
    ``{"symbol": source}``. No row ever holds the symbols of two keys. ``keep`` names the columns that stand beside the
    symbols; a cell of theirs that holds the row's number, another valid number, or a symbol, makes the row a reject, and a
    column that is made of numbers or symbols fails the job. ``other_codes`` names those of them that hold other codes of
    twelve digits, of which one in ten is a valid number by chance. ``reference`` names the columns by which you find a row again, in ``rejects`` and ``duplicates`` only. ``lineage`` is a file on every
    executor. With ``insurers_tag`` the column holds insurers' symbols of epoch 1 in text form, under the key of that
    tag, and keys are of the eligibility scope; then no number appears.

    Nothing runs yet: see :meth:`Converted.staged` for one pass that all results are read from.
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
    # Structures, so that no name of the roster's meets one of ours; and Spark's mapInArrow takes only plain names.
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

    As :func:`convert` gives it, each result derives again whenever it is evaluated. :meth:`staged` derives once.
    """

    derivation: Derivation
    #: Of the DataFrame that was given.
    schema: T.StructType
    #: Accepted rows, once for each key, and rejects; as secret as the roster.
    rows: DataFrame
    _roster: DataFrame | None
    _counts: Counts | None

    @property
    def outputs(self) -> dict[str, DataFrame]:
        """For each key the symbols and the kept columns, in the order of the roster: not for delivery."""
        return {name: self._rows(name).select(*self._columns(name)) for name, _ in self.derivation.outputs}

    @property
    def symbols(self) -> DataFrame:
        """The one output there is."""
        return self.outputs[self._name(None)]

    @property
    def rejects(self) -> DataFrame:
        """Of each row without a symbol: its reference, the column at fault, the reason, and where. Never a value."""
        rejected = self.rows.where(F.col("output").isNull())
        return rejected.select(*self._reference(), "column", "reason", "offset", "found", "detail")

    def staged(self, path: str) -> Converted:
        """Derives once: writes the tagged rows to ``path`` (Parquet), and gives the results that are read from there.

        The place must be new, and private to the operator: rows lie in the roster's order with their references, so it
        is as secret as the roster. Remove it when the outputs are written.
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
        """Totals of the pass that :meth:`staged` made: rows as they entered it, and what they became."""
        if self._counts is None:
            raise DescriptionError("totals are of one pass: stage the rows first")
        return self._counts

    def in_symbol_order(self, output: str | None = None, *, partitions: int | None = None) -> DataFrame:
        """One row for each person, ascending by the bytes of the symbol, over the partitions in their order.

        People whose rows differ are in :meth:`duplicates` instead.
        """
        name = self._name(output)
        ordered = order.in_symbol_order(self._rows(name), "symbol", partitions=partitions)
        return ordered.select(*self._columns(name))

    def duplicates(self, output: str | None = None) -> DataFrame:
        """The rows of people with several: symbol, reference, ``equal`` (one was converted) or ``differs`` (none)."""
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
        """Writes :meth:`in_symbol_order` and counts in the same pass. The rows must be staged, the place new.

        :raises TotalsError: if the rows that came out are not those that were staged; then the place is not to be used.
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
            raise TotalsError(f"{path}: {counts.accepted} rows were accepted, and {totals} came out")
        if totals.converted < SMALL:
            message = f"{path} holds fewer than {SMALL} people: who comes and goes between deliveries links"
            warnings.warn(message, stacklevel=2)
        return totals

    def _name(self, output: str | None) -> str:
        names = [name for name, _ in self.derivation.outputs]
        name = names[0] if output is None and len(names) == 1 else output
        if name not in names:
            raise DescriptionError(f"name one of the outputs: {', '.join(names)}")
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
    """The one place where numbers become symbols."""

    def derive(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return derivation.batches(batches)

    fields = [T.StructField("output", T.StringType()), T.StructField("symbol", symbol_type(derivation.form))]
    fields += [T.StructField(group, roster.schema[group].dataType) for group in roster.columns if group != "person"]
    for name in REJECT:
        numeric = name in ("offset", "found")
        fields.append(T.StructField(name, T.LongType() if numeric else T.StringType()))
    return roster.mapInArrow(derive, T.StructType(fields))


def _count(staged: DataFrame, derivation: Derivation, read: int) -> Counts:
    """Counts what was staged, and holds it against what was read."""
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
