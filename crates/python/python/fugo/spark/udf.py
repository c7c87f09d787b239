"""Symbols as a column function, for ``withColumn`` and SQL."""

from __future__ import annotations

from typing import Any, Literal

import pyarrow as pa
from pyspark.sql import functions as F

import fugo
from fugo.spark.errors import DescriptionError, RefusedRow
from fugo.spark.fields import Output, symbol_type
from fugo.spark.keys import symbol_key
from fugo.spark.lineage import lineage as lineage_of
from fugo.spark.rows import NumberFormat
from fugo.spark.sources import KeySource

Errors = Literal["raise", "null"]
Transport = Literal["arrow", "pandas"]


def symbol_udf(
    source: KeySource,
    *,
    number_format: NumberFormat = "strict",
    restore_zeros: bool = False,
    lineage: str | None = None,
    output: Output = "binary",
    errors: Errors = "raise",
    transport: Transport | None = None,
) -> Any:
    """``udf(column)[i] = key(number(column[i]))``, null where the number is null.

    A refused number fails the job; the error has its kind and no value. With ``errors="null"`` it gives null, and
    refused rows are not reported. ``transport`` is the way in which Spark passes columns: ``arrow`` (the default, from
    Spark 4.1) or ``pandas``.

    A column function keeps the row: its number and other symbols are next to the symbol, in the roster's order, until
    you select and order them. :func:`fugo.spark.convert` does both, and lists the refused rows.
    """
    if errors not in ("raise", "null"):
        raise DescriptionError("errors must be `raise` or `null`")
    source.check_starts_from_numbers()
    returned = symbol_type(output)

    def derive(numbers: Any) -> fugo.SymbolColumn:
        column = symbol_key(source).symbols(
            numbers,
            number_format=number_format,
            restore_zeros=restore_zeros,
            lineage=lineage_of(lineage),
            output=output,
            errors="null",
        )
        if errors == "raise":
            for fault in column.faults:
                raise RefusedRow(fault.kind, f"{fault.kind} in row {fault.row} of a batch: {fault.message}")
        return column

    # Spark before 4.1 does not have it.
    arrow_udf = getattr(F, "arrow_udf", None)
    if transport is None:
        transport = "pandas" if arrow_udf is None else "arrow"
    if transport == "arrow" and arrow_udf is not None:

        def symbol(numbers: pa.Array) -> pa.Array:
            return pa.array(derive(numbers))

        return arrow_udf(symbol, returnType=returned)
    if transport != "pandas":
        raise DescriptionError("transport must be `arrow` (from Spark 4.1) or `pandas`")

    # Only this transport needs pandas.
    import pandas
    from pyspark.sql.pandas.functions import pandas_udf

    def symbol_of_series(numbers):  # type: ignore[no-untyped-def]
        if restore_zeros and numbers.dtype.kind == "f":
            # Spark passes integers with nulls as floating-point numbers; twelve digits fit.
            numbers = numbers.astype("Int64")
        read = pa.Array.from_pandas(numbers)
        if pa.types.is_null(read.type):
            read = read.cast(pa.string())
        return pa.array(derive(read)).to_pandas()

    symbol_of_series.__annotations__ = {"numbers": pandas.Series, "return": pandas.Series}
    return pandas_udf(symbol_of_series, returnType=returned)  # type: ignore[call-overload]
