"""Columns of symbols in Spark: BinaryType or text. The field's metadata names the scope."""

from __future__ import annotations

from typing import Literal

from pyspark.sql.types import BinaryType, StringType, StructField

from fugo.spark.errors import DescriptionError
from fugo.spark.sources import KeyFileOnExecutor

#: Spark has no fixed-size binary type.
Output = Literal["binary", "text"]


def symbol_metadata(source: KeyFileOnExecutor) -> dict[str, str]:
    """``fugo.purpose``, ``fugo.scope``, ``fugo.epoch`` and ``fugo.tag``: scope and key tag of a column."""
    purpose, scope, epoch = source.scope.split("/")
    return {"fugo.purpose": purpose, "fugo.scope": scope, "fugo.epoch": epoch, "fugo.tag": source.tag}


def symbol_type(output: Output) -> BinaryType | StringType:
    if output == "binary":
        return BinaryType()
    if output == "text":
        return StringType()
    raise DescriptionError("output must be `binary` or `text`")


def is_symbol_field(field: StructField) -> bool:
    """Whether a column's metadata says that it holds symbols. Symbols of two scopes in one row link the scopes."""
    return any(key.startswith("fugo.") for key in field.metadata or {})
