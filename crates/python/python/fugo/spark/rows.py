"""Turns batches of a roster into tagged rows: accepted rows, once for each key, and rejects. Runs on executors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

import fugo
from fugo._fugo import _search_kept
from fugo.spark import kept
from fugo.spark.errors import RefusedColumn
from fugo.spark.fields import Output
from fugo.spark.keys import symbol_key
from fugo.spark.lineage import lineage
from fugo.spark.sources import KeyFileOnExecutor

NumberFormat = Literal["strict", "lenient"]

#: One batch in this many, and the first of each partition, is checked for columns that are made of numbers.
JUDGED = 16


class Reject(NamedTuple):
    """The position and the reason of a refusal, never the value."""

    row: int
    column: str
    reason: str
    offset: int | None
    found: int | None
    detail: str


@dataclass(frozen=True)
class Derivation:
    """The work on each batch. The driver sends it to the workers, and it holds names only.

    A batch has the numbers as ``person``, and the columns ``kept`` and ``reference`` as structures, if there are any.
    """

    column: str
    outputs: tuple[tuple[str, KeyFileOnExecutor], ...]
    keep: tuple[str, ...]
    reference: tuple[str, ...]
    number_format: NumberFormat
    restore_zeros: bool
    lineage: str | None
    insurers_tag: str | None
    form: Output
    other_codes: tuple[str, ...] = ()

    def batches(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        keys = [symbol_key(source) for _, source in self.outputs]
        for nth, batch in enumerate(batches):
            yield from self._batch(batch, keys, judge=nth % JUDGED == 0)

    def _batch(self, batch: pa.RecordBatch, keys: list[fugo.SymbolKey], judge: bool) -> Iterator[pa.RecordBatch]:
        persons = batch.column("person")
        columns = self._symbols(keys, persons)
        symbols = [pa.array(column) for column in columns]
        rejects = {fault.row: self._of_number(fault) for fault in columns[0].faults}
        for row in pc.indices_nonzero(persons.is_null()).to_pylist():
            rejects[row] = Reject(row, self.column, "null", None, None, "the cell is null")
        for reject in self._kept_faults(batch, keys, judge):
            rejects.setdefault(reject.row, reject)
        accepted = None
        if rejects:
            accepted = pa.array([row not in rejects for row in range(len(batch))])
        yield from self._accepted(batch, symbols, accepted)
        if rejects:
            yield self._rejected(batch, [rejects[row] for row in sorted(rejects)])

    def _symbols(self, keys: list[fugo.SymbolKey], persons: pa.Array) -> list[fugo.SymbolColumn]:
        if self.insurers_tag is not None:
            tag, form = self.insurers_tag, self.form
            return [key.symbols_from_insurers(persons, insurers_tag=tag, output=form, errors="null") for key in keys]
        return fugo.symbols_for_keys(
            keys,
            persons,
            number_format=self.number_format,
            restore_zeros=self.restore_zeros,
            lineage=lineage(self.lineage),
            output=self.form,
            errors="null",
        )

    def _of_number(self, fault: fugo.Fault) -> Reject:
        return Reject(fault.row, self.column, fault.kind, fault.offset, fault.found, fault.message)

    def _kept_faults(
        self, batch: pa.RecordBatch, keys: list[fugo.SymbolKey], judge: bool
    ) -> Iterator[Reject]:
        if not self.keep:
            return
        structure = batch.column("kept")
        cells = {name: structure.field(i) for i, name in enumerate(self.keep)}
        searched = list(kept.searched(cells))
        faults, numbers, made = _search_kept(
            keys,
            batch.column("person"),
            [texts for _, texts in searched],
            [place for place, _ in searched],
            number_format=self.number_format,
            restore_zeros=self.restore_zeros,
            lineage=None if self.lineage is None else lineage(self.lineage),
            insurers_tag=self.insurers_tag,
            other_codes=[name in self.other_codes for name in self.keep],
            judge=judge,
        )
        if numbers:
            raise RefusedColumn((self.keep[numbers[0]],), "MyNumbers: one in ten of other codes has the check digit")
        if made is not None:
            raise RefusedColumn(tuple(self.keep[place] for place in made[0]), made[1])
        for row, place, kind, message in faults:
            remedy = "; if the column holds other codes of twelve digits, name it in other_codes"
            detail = message + remedy if kind == "kept-other-number" else message
            yield Reject(row, self.keep[place], kind, None, None, detail)

    def _accepted(
        self, batch: pa.RecordBatch, symbols: list[pa.Array], accepted: pa.Array | None
    ) -> Iterator[pa.RecordBatch]:
        if accepted is not None:
            batch = batch.filter(accepted)
            symbols = [column.filter(accepted) for column in symbols]
        rows = len(batch)
        for (name, _), column in zip(self.outputs, symbols):
            given = {"output": pa.repeat(name, rows), "symbol": column}
            yield self._tagged(batch, given | ({"kept": batch.column("kept")} if self.keep else {}))

    def _rejected(self, batch: pa.RecordBatch, rejects: list[Reject]) -> pa.RecordBatch:
        batch = batch.take(pa.array([reject.row for reject in rejects], pa.int64()))
        given = {name: pa.array([getattr(reject, name) for reject in rejects], kind) for name, kind in REJECT.items()}
        return self._tagged(batch, given)

    def _tagged(self, batch: pa.RecordBatch, given: dict[str, pa.Array]) -> pa.RecordBatch:
        """All columns of tagged rows, in order. Columns that are not given are null."""
        columns = {"output": pa.string(), "symbol": pa.binary() if self.form == "binary" else pa.string()}
        if self.keep:
            columns["kept"] = batch.column("kept").type
        if self.reference:
            given["reference"] = batch.column("reference")
            columns["reference"] = given["reference"].type
        columns |= REJECT
        arrays = [given[name] if name in given else pa.nulls(len(batch), kind) for name, kind in columns.items()]
        return pa.RecordBatch.from_arrays(arrays, names=list(columns))


#: The columns of a reject, after its reference.
REJECT = {
    "column": pa.string(),
    "reason": pa.string(),
    "offset": pa.int64(),
    "found": pa.int64(),
    "detail": pa.string(),
}
