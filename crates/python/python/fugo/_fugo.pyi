"""The interface of the native module. Import it from `fugo`, which exports all of it."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from typing import Any, ClassVar, Literal, Protocol, Self, SupportsIndex, TypeAlias, final, overload, type_check_only

if sys.version_info >= (3, 12):
    from collections.abc import Buffer as _Buffer
else:
    from typing_extensions import Buffer as _Buffer


__all__ = [
    "ColumnError",
    "Counts",
    "Fault",
    "FaultsTable",
    "FugoError",
    "InternalError",
    "KeyFile",
    "KeyFileError",
    "KeyFileNotFoundError",
    "KeyFilePermissionError",
    "LengthError",
    "Lineage",
    "LineageError",
    "MyNumber",
    "MyNumberError",
    "NormalizeError",
    "Normalized",
    "PurposeError",
    "RootKey",
    "Scope",
    "ScopeError",
    "ScopeKey",
    "Symbol",
    "SymbolColumn",
    "SymbolKey",
    "TextError",
    "Translation",
    "__version__",
    "check_digit",
    "decode_text",
    "level",
    "normalize",
    "symbols_for_keys",
    "_search_kept",
]

__version__: str

def level() -> str: ...

_Purpose: TypeAlias = Literal["agency", "insurers", "eligibility", "network", "research", "registry", "portal"]
_NumberFormat: TypeAlias = Literal["strict", "lenient"]
_Output: TypeAlias = Literal["fixed", "binary", "text"]
_Errors: TypeAlias = Literal["raise", "null"]
_Path: TypeAlias = str | PathLike[str]
_Number: TypeAlias = MyNumber | str | _Buffer

@type_check_only
class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

@type_check_only
class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@type_check_only
class _NumpyOrPandas(Protocol):
    @property
    def dtype(self) -> Any: ...

_Column: TypeAlias = _ArrowArray | _ArrowStream | _NumpyOrPandas | Sequence[str | bytes | MyNumber | None]

def check_digit(body: str | _Buffer, /) -> int: ...
def normalize(text: str | _Buffer, /, *, restore_zeros: bool = False) -> Normalized: ...
def decode_text(
    text: str | _Buffer, /, *, purpose: str | None = None, tag: str | None = None
) -> tuple[_Purpose, str, Symbol]: ...
def symbols_for_keys(
    keys: Sequence[SymbolKey],
    column: _Column,
    *,
    number_format: _NumberFormat = "strict",
    restore_zeros: bool = False,
    lineage: Lineage | None = None,
    output: _Output = "fixed",
    errors: _Errors = "raise",
) -> list[SymbolColumn]: ...
def _search_kept(
    keys: Sequence[SymbolKey],
    column: _Column,
    cells: Sequence[_Column],
    places: Sequence[tuple[int, bool]],
    *,
    number_format: _NumberFormat,
    restore_zeros: bool,
    lineage: Lineage | None,
    insurers_tag: str | None,
    other_codes: Sequence[bool],
    judge: bool,
) -> tuple[list[tuple[int, int, str, str]], list[int], tuple[list[int], str] | None]: ...
@final
class MyNumber:
    def __new__(cls, text: str | _Buffer, /) -> Self: ...
    def expose_digits(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class Normalized:
    def parse(self) -> MyNumber: ...
    @property
    def changes(self) -> tuple[str, ...]: ...

@final
class Scope:
    def __new__(cls, text: str | Scope, /) -> Self: ...
    @classmethod
    def of(cls, purpose: str, id: str, epoch: int) -> Self: ...
    @property
    def purpose(self) -> _Purpose: ...
    @property
    def id(self) -> str: ...
    @property
    def epoch(self) -> int: ...
    def label(self) -> bytes: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...

@final
class RootKey:
    def __new__(cls, key: _Buffer, /) -> Self: ...
    @classmethod
    def random(cls) -> Self: ...
    def scope_key(self, scope: str | Scope, /) -> ScopeKey: ...
    @property
    def tag(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class ScopeKey:
    def __new__(cls, scope: str | Scope, key: _Buffer, /) -> Self: ...
    @property
    def scope(self) -> Scope: ...
    @property
    def tag(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class KeyFile:
    @classmethod
    def load(
        cls,
        path: _Path,
        *,
        passphrase: str | _Buffer | None = None,
        passphrase_file: _Path | None = None,
        identity_file: _Path | None = None,
        test_keys: bool = False,
    ) -> Self: ...
    @classmethod
    def at(
        cls,
        address: _Path,
        *,
        passphrase: str | _Buffer | None = None,
        passphrase_file: _Path | None = None,
        identity_file: _Path | None = None,
        test_keys: bool = False,
    ) -> Self: ...
    @classmethod
    def open(
        cls,
        data: _Buffer,
        /,
        *,
        passphrase: str | _Buffer | None = None,
        passphrase_file: _Path | None = None,
        identity_file: _Path | None = None,
        test_keys: bool = False,
    ) -> Self: ...
    @classmethod
    def parse_plaintext(cls, text: str | _Buffer, /) -> Self: ...
    @classmethod
    def of(cls, key: RootKey | ScopeKey, *, usage: Literal["production", "test"] = "production") -> Self: ...
    def create(
        self,
        path: _Path,
        *,
        passphrase: str | _Buffer | None = None,
        passphrase_file: _Path | None = None,
        recipients: Sequence[str] | None = None,
        plaintext: bool = False,
    ) -> None: ...
    @property
    def key(self) -> RootKey | ScopeKey: ...
    @property
    def root_key(self) -> RootKey: ...
    @property
    def scope_key(self) -> ScopeKey: ...
    @property
    def scope(self) -> Scope | None: ...
    @property
    def usage(self) -> Literal["production", "test"]: ...
    @property
    def tag(self) -> str: ...

@final
class Lineage:
    def __new__(cls, pairs: Iterable[tuple[_Number, _Number]], /) -> Self: ...
    def first(self, number: _Number, /) -> MyNumber: ...
    def __len__(self, /) -> int: ...

@final
class Symbol:
    def __new__(cls, purpose: str, value: _Buffer, /) -> Self: ...
    @property
    def purpose(self) -> _Purpose: ...
    def text(self, tag: str, /) -> str: ...
    def __bytes__(self) -> bytes: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __lt__(self, other: Symbol, /) -> bool: ...
    def __le__(self, other: Symbol, /) -> bool: ...
    def __gt__(self, other: Symbol, /) -> bool: ...
    def __ge__(self, other: Symbol, /) -> bool: ...

@final
class SymbolKey:
    def __new__(cls, scope_key: ScopeKey, *, insurers_key: ScopeKey | None = None) -> Self: ...
    @property
    def scope(self) -> Scope: ...
    @property
    def tag(self) -> str: ...
    def symbol(self, number: _Number, /) -> Symbol: ...
    def symbol_from_insurers(self, symbol: Symbol, /) -> Symbol: ...
    def text(self, symbol: Symbol, /) -> str: ...
    def parse_text(self, text: str | _Buffer, /) -> Symbol: ...
    def symbols(
        self,
        column: _Column,
        *,
        number_format: _NumberFormat = "strict",
        restore_zeros: bool = False,
        lineage: Lineage | None = None,
        output: _Output = "fixed",
        errors: _Errors = "raise",
    ) -> SymbolColumn: ...
    def symbols_from_insurers(
        self,
        column: _Column,
        *,
        insurers_tag: str,
        trust_untagged: bool = False,
        output: _Output = "fixed",
        errors: _Errors = "raise",
    ) -> SymbolColumn: ...

@final
class Translation:
    def __new__(
        cls,
        from_key: SymbolKey,
        to_key: SymbolKey,
        asked: _Column,
        *,
        trust_untagged: bool = False,
        errors: _Errors = "raise",
    ) -> Self: ...
    def add(
        self,
        column: _Column,
        *,
        number_format: _NumberFormat = "strict",
        restore_zeros: bool = False,
        lineage: Lineage | None = None,
        errors: _Errors = "raise",
    ) -> tuple[Counts, tuple[Fault, ...]]: ...
    def symbols(self, *, output: _Output = "fixed") -> SymbolColumn: ...

@final
class SymbolColumn:
    @property
    def faults(self) -> tuple[Fault, ...]: ...
    def faults_table(self) -> FaultsTable: ...
    @property
    def counts(self) -> Counts: ...
    @property
    def metadata(self) -> dict[str, str]: ...
    def __len__(self, /) -> int: ...
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...
    # Any, so that type checkers do not need pyarrow and NumPy.
    def __iter__(self) -> Iterator[Any]: ...
    @overload
    def __getitem__(self, row: SupportsIndex, /) -> Any: ...
    @overload
    def __getitem__(self, row: slice[Any, Any, Any], /) -> list[Any]: ...
    def index(self, value: object, start: int = 0, stop: int = ..., /) -> int: ...
    def count(self, value: object, /) -> int: ...
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any: ...
    def to_pyarrow(self) -> Any: ...
    def to_numpy(self, *, nulls: Literal["raise", "zeros"] = "raise") -> Any: ...
    def to_pylist(self) -> list[Any]: ...

@final
class Counts:
    @property
    def rows(self) -> int: ...
    @property
    def symbols(self) -> int: ...
    @property
    def nulls(self) -> int: ...
    @property
    def faults(self) -> int: ...
    @property
    def normalized(self) -> int: ...
    @property
    def zeros_restored(self) -> int: ...
    @property
    def reissued(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class Fault:
    @property
    def row(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def offset(self) -> int | None: ...
    @property
    def found(self) -> int | None: ...
    @property
    def message(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class FaultsTable:
    def __len__(self, /) -> int: ...
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...

class FugoError(Exception):
    kind: str

class MyNumberError(FugoError, ValueError):
    row: int | None
    offset: int | None
    found: int | None
    faults: int | None

class NormalizeError(MyNumberError): ...
class ScopeError(FugoError, ValueError): ...

class KeyFileError(FugoError, ValueError):
    filename: str | None
    line: int | None
    found: int | None
    errno: int | None

class KeyFileNotFoundError(KeyFileError, FileNotFoundError):
    filename: str | None
    errno: int | None

class KeyFilePermissionError(KeyFileError, PermissionError):
    filename: str | None
    errno: int | None

class TextError(FugoError, ValueError):
    row: int | None
    expected: str | None
    found: str | int | None
    faults: int | None

class PurposeError(FugoError, ValueError):
    expected: str | None
    found: str | int | None

class LineageError(FugoError, ValueError):
    pair: int | None

class ColumnError(FugoError, TypeError):
    row: int | None
    found: int | None
    most: int | None

class LengthError(FugoError, ValueError):
    found: int | None

class InternalError(FugoError, RuntimeError): ...
