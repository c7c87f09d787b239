"""Keys on an executor. Each is opened once in a Python worker, compared with its description, and kept there."""

from __future__ import annotations

import atexit
import resource

import fugo
from fugo.spark import credential
from fugo.spark.errors import KeyNotOpened
from fugo.spark.sources import KeyFileOnExecutor

_opened: dict[KeyFileOnExecutor, fugo.SymbolKey] = {}


def symbol_key(source: KeyFileOnExecutor) -> fugo.SymbolKey:
    """Reads the key of a description from this machine's file. A passphrase takes about one second, once."""
    key = _opened.get(source)
    if key is None:
        # A crash must not write the key to a core file.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        insurers = None if source.insurers is None else _scope_key(source.insurers)
        key = _opened[source] = fugo.SymbolKey(_scope_key(source), insurers_key=insurers)
    return key


def forget() -> None:
    """Drops every key of this process, which wipes it."""
    _opened.clear()


# Spark ends most workers without running Python code. The kernel then clears their memory before it is reused.
atexit.register(forget)


def _scope_key(source: KeyFileOnExecutor) -> fugo.ScopeKey:
    key = _load(source).key
    if not isinstance(key, fugo.ScopeKey):
        raise KeyNotOpened(f"the key file {source.path} holds a root key; a scope key is needed")
    if (str(key.scope), key.tag) != (source.scope, source.tag):
        raise KeyNotOpened(
            f"the key file {source.path} on this executor holds the key {key.tag} of {key.scope};"
            f" the job was given {source.tag} of {source.scope}"
        )
    return key


def _load(source: KeyFileOnExecutor) -> fugo.KeyFile:
    if source.passphrase is None:
        return fugo.KeyFile.at(
            source.path,
            passphrase_file=source.passphrase_file,
            identity_file=source.identity_file,
            test_keys=source.test_keys,
        )
    secret = credential.passphrase(source.passphrase)
    try:
        return fugo.KeyFile.at(
            source.path, passphrase=secret, identity_file=source.identity_file, test_keys=source.test_keys
        )
    finally:
        secret[:] = bytes(len(secret))
