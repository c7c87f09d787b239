"""Columns of symbols as Spark has them: BinaryType or text, with whose symbols they are in the field's metadata."""

from __future__ import annotations

from typing import Literal

from pyspark.sql.types import BinaryType, StringType, StructField

from fugo.spark.errors import DescriptionError
from fugo.spark.sources import KeyFileOnExecutor

#: Spark knows no fixed-size binary.
Output = Literal["binary", "text"]


def symbol_metadata(source: KeyFileOnExecutor) -> dict[str, str]:
    """``fugo.purpose``, ``fugo.scope``, ``fugo.epoch`` and ``fugo.tag``: whose symbols a column holds."""
    purpose, scope, epoch = source.scope.split("/")
    return {"fugo.purpose": purpose, "fugo.scope": scope, "fugo.epoch": epoch, "fugo.tag": source.tag}


def symbol_type(output: Output) -> BinaryType | StringType:
    if output == "binary":
        return BinaryType()
    if output == "text":
        return StringType()
    raise DescriptionError("Spark has symbols as `binary` or as `text`")


def is_symbol_field(field: StructField) -> bool:
    """Whether a column says that it holds symbols: two scopes' symbols in one row link the scopes."""
    return any(key.startswith("fugo.") for key in field.metadata or {})
