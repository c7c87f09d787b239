"""Describes where an executor finds a key. It holds names only, because plans, logs and events may show it."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import fugo
from fugo.spark.errors import DescriptionError


@dataclass(frozen=True)
class HadoopCredential:
    """A passphrase in a Hadoop credential provider.

    ``alias`` names the entry and ``provider`` the store, such as ``jceks://hdfs/keys/fugo.jceks``. Each Python worker
    of an executor asks the provider once, with a small Java program on the executor's own class path, and reads the
    answer from a pipe. The driver, the plan and the logs never see it. ``java`` and ``class_path`` name the Java and
    the jars for that program if the worker cannot find the executor's own.
    """

    alias: str
    provider: str
    java: str | None = None
    class_path: str | None = None

    def __post_init__(self) -> None:
        if not self.alias or not self.provider:
            raise DescriptionError(
                "a Hadoop credential needs an alias and a provider, such as jceks://hdfs/keys/fugo.jceks"
            )
        # Hadoop accepts several, separated by commas.
        if any("@" in part and ":" in part.partition("@")[0] for part in self.provider.split("://")):
            raise DescriptionError("a provider's address must not hold a password")


@dataclass(frozen=True)
class KeyFileOnExecutor:
    """The key file of a scope key on an executor, read once in each Python worker.

    ``path`` is absolute, or relative to the executor's working directory, where ``spark.files`` are. It can also be
    another address of the key, such as ``agency/nta/1=7c2cb2a1@exec:/usr/local/lib/mac`` (docs/custody.md). ``scope``
    (``agency/nta/1``) and ``tag`` (8 hex digits) are what ``fugo key inspect`` shows; an executor whose file holds
    another key fails the job, so a run never mixes keys. A passphrase (from ``passphrase_file`` on the executor, or from
    ``passphrase``, a :class:`HadoopCredential`) or the identities of ``identity_file`` on the executor open the file,
    whichever lock it has; you may give both. A test key in plaintext needs neither.
    With ``test_keys`` a file with ``use: test`` is accepted; without it, such a file fails the job.
    ``insurers`` is the insurers' key of epoch 1, which a key of the eligibility scope also needs to derive from
    numbers.
    """

    path: str
    scope: str
    tag: str
    # Keyword-only, so that nobody passes a passphrase here by position.
    _: KW_ONLY
    passphrase_file: str | None = None
    identity_file: str | None = None
    passphrase: HadoopCredential | None = None
    insurers: KeyFileOnExecutor | None = None
    test_keys: bool = False

    def __post_init__(self) -> None:
        if self.passphrase is not None and not isinstance(self.passphrase, HadoopCredential):
            raise DescriptionError(
                "a passphrase never goes through the driver: name where executors find it, by passphrase_file,"
                " identity_file or HadoopCredential"
            )
        if self.passphrase_file is not None and self.passphrase is not None:
            raise DescriptionError("passphrase_file and passphrase must not both be given")
        if not isinstance(self.scope, str) or not isinstance(self.tag, str):
            raise DescriptionError("a scope and a tag must be text, as `fugo key inspect` shows them")
        if len(self.tag) != 8 or not set(self.tag) <= set("0123456789abcdef"):
            raise DescriptionError("a tag must be 8 hex digits, as `fugo key inspect` shows it")
        try:
            fugo.Scope(self.scope)
        except fugo.ScopeError as error:
            raise DescriptionError(str(error)) from None
        if self.insurers is not None and self.purpose != "eligibility":
            raise DescriptionError("only a key of the eligibility scope is combined with the insurers' key")
        if self.insurers is not None and self.insurers.scope != "insurers/all/1":
            raise DescriptionError(
                "an eligibility key is combined with the insurers' key of epoch 1, scope insurers/all/1"
            )

    @property
    def purpose(self) -> str:
        return self.scope.partition("/")[0]

    def check_starts_from_numbers(self) -> None:
        if self.purpose == "eligibility" and self.insurers is None:
            raise DescriptionError(
                "to derive from numbers, an eligibility key also needs the insurers' key of epoch 1 (insurers=…)"
            )


#: A description of a key for :func:`fugo.spark.convert` and :func:`fugo.spark.symbol_udf`.
KeySource = KeyFileOnExecutor
