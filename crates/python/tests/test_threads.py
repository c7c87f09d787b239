"""The interpreter is released while a column is derived."""

from __future__ import annotations

import threading

import pyarrow as pa

import fugo
from reference import numbers


def test_other_threads_make_progress_while_a_column_is_derived(key: fugo.SymbolKey) -> None:
    column = pa.chunked_array([numbers(1000)] * 1000)
    started, done = threading.Event(), threading.Event()

    def derive() -> None:
        started.set()
        key.symbols(column)
        done.set()

    thread = threading.Thread(target=derive)
    thread.start()
    started.wait()
    steps = 0
    while not done.is_set():
        steps += 1
    thread.join()
    # Were the interpreter held, this loop would get in before and after the one call, not during it.
    assert steps > 1000


def test_two_threads_are_inside_one_key_at_once(key: fugo.SymbolKey) -> None:
    large, small = pa.chunked_array([numbers(1000)] * 2000), pa.array(numbers(1000))
    expected = key.symbols(small).to_pylist()
    finished = 0
    stop = threading.Event()
    wrong: list[int] = []

    def many() -> None:
        nonlocal finished
        while not stop.is_set():
            if key.symbols(small).to_pylist() != expected:
                wrong.append(finished)
            finished += 1

    thread = threading.Thread(target=many)
    thread.start()
    try:
        while finished == 0:
            pass
        before = finished
        made = key.symbols(large)
        after = finished
    finally:
        stop.set()
        thread.join()
    # Whole calls of the other thread, begun and ended within one call of this one: they ran at the same time, not after it.
    assert after - before > 10
    assert (wrong, made.to_pylist()[-1000:]) == ([], expected)
