from __future__ import annotations

import pytest

import fugo
from reference import ROOT


@pytest.fixture(scope="session")
def root() -> fugo.RootKey:
    return fugo.RootKey(ROOT)


@pytest.fixture(scope="session")
def key(root: fugo.RootKey) -> fugo.SymbolKey:
    return fugo.SymbolKey(root.scope_key("agency/nta/1"))


@pytest.fixture(scope="session")
def eligibility(root: fugo.RootKey) -> fugo.SymbolKey:
    insurers = root.scope_key("insurers/all/1")
    return fugo.SymbolKey(root.scope_key("eligibility/all/1"), insurers_key=insurers)


@pytest.fixture(scope="session")
def issuer(root: fugo.RootKey) -> fugo.SymbolKey:
    return fugo.SymbolKey(root.scope_key("eligibility/all/1"))


@pytest.fixture(scope="session")
def insurers(root: fugo.RootKey) -> fugo.SymbolKey:
    return fugo.SymbolKey(root.scope_key("insurers/all/1"))
