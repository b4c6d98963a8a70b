"""Finished documents: bounded in memory, and made once for all who ask at the same time."""

from __future__ import annotations

import gzip
import os
import threading

import pytest

from survey_app.results.documents.shelf import Packed, Shelf


def noise(size):
    """A text that does not shrink when it is packed to less than half."""
    return os.urandom(size // 2).hex()


def test_packs_the_pieces_of_a_text_as_one():
    packed = Packed.of(["Bộ phận ", "Một cửa"])
    assert gzip.decompress(packed.gzipped).decode() == "Bộ phận Một cửa"
    assert b"".join(packed.plain()).decode() == "Bộ phận Một cửa"
    assert packed.etag == Packed.of(["Bộ phận Một cửa"]).etag


def test_unpacks_a_large_text_in_pieces_of_a_known_length():
    packed = Packed.of(["x" * 2_500_000])
    lengths = [len(piece) for piece in packed.plain()]
    assert sum(lengths) == packed.size == 2_500_000
    assert max(lengths) <= 1_000_000


def test_makes_a_document_once():
    shelf, made = Shelf(10_000), []
    for _ in range(3):
        shelf.get("a", lambda: made.append(1) or ["text"])
    assert len(made) == 1


def test_never_holds_more_bytes_than_its_limit():
    shelf = Shelf(10_000)
    for number in range(50):
        shelf.get(number, lambda: [noise(3_000)])
        assert shelf.size <= 10_000
    assert shelf.size > 5_000


def test_drops_what_nobody_asked_for_longest():
    shelf, made = Shelf(10_000), []

    def make(name):
        return shelf.get(name, lambda: made.append(name) or [noise(6_000)])

    for name in ("a", "b", "a", "c", "a"):
        make(name)
    assert made == ["a", "b", "c"]
    make("b")
    assert made == ["a", "b", "c", "b"]


def test_does_not_keep_a_document_larger_than_itself():
    shelf = Shelf(1_000)
    shelf.get("small", lambda: ["x"])
    assert shelf.get("large", lambda: [noise(9_000)]).size == 9_000
    assert 0 < shelf.size < 1_000


class TestManyReaders:
    def test_wait_for_the_one_who_makes_it(self):
        shelf, made, may_end = Shelf(10_000), [], threading.Event()

        def make():
            made.append(1)
            may_end.wait(5)
            return ["text"]

        found = []
        readers = [
            threading.Thread(target=lambda: found.append(b"".join(shelf.get("a", make).plain())))
            for _ in range(8)
        ]
        for reader in readers:
            reader.start()
        may_end.set()
        for reader in readers:
            reader.join()
        assert (len(made), found) == (1, [b"text"] * 8)

    def test_try_again_after_a_failure(self):
        shelf = Shelf(10_000)
        with pytest.raises(ZeroDivisionError):
            shelf.get("a", lambda: [str(1 / 0)])
        assert shelf.get("a", lambda: ["text"]).size == 4
