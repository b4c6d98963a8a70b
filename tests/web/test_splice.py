"""One page, compressed once, filled for each reader."""

from __future__ import annotations

import gzip
import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.web.splice import SplicedPage, gap

texts = st.text(st.characters(exclude_characters="\ue000", codec="utf-8"), max_size=500)
GAP = gap("token")
PAGE = "<p>Ông/bà vui lòng chọn:</p>" * 400 + GAP + "<p>Cảm ơn ông/bà.</p>" * 400


def _one_member(body: bytes) -> bytes:
    """Unpack as browsers do: the first gzip member, after which nothing may follow."""
    unpacker = zlib.decompressobj(wbits=31)
    plain = unpacker.decompress(body)
    assert unpacker.eof
    assert unpacker.unused_data == b""
    return plain


def _filled(page: SplicedPage, filling: str) -> tuple[bytes, bytes]:
    """Return the page plain and gzipped, with `filling` in its gap."""
    return page.plain({"token": filling}), page.gzipped({"token": filling})


@given(texts, st.lists(st.tuples(st.sampled_from(["name", "code"]), texts), max_size=4), texts, texts)
def test_unpacks_to_the_plain_page(first: str, pieces: list[tuple[str, str]], name: str, code: str) -> None:
    page = SplicedPage.from_html(first + "".join(gap(which) + piece for which, piece in pieces))
    fillings = {"name": name, "code": code}

    assert page.plain(fillings) == (first + "".join(fillings[w] + piece for w, piece in pieces)).encode()
    assert _one_member(page.gzipped(fillings)) == page.plain(fillings)


@given(st.lists(texts, max_size=4))
def test_is_filled_again_and_again(fillings: list[str]) -> None:
    page = SplicedPage.from_html(PAGE)

    for filling in fillings:
        assert _one_member(page.gzipped({"token": filling})) == page.plain({"token": filling})


@pytest.mark.parametrize("size", [0, 1, 255, 256, 65_534, 65_535])
def test_takes_fillings_up_to_the_limit_of_a_stored_block(size: int) -> None:
    page = SplicedPage.from_html(PAGE)

    assert _one_member(_filled(page, "x" * size)[1]) == _filled(page, "x" * size)[0]


@pytest.mark.parametrize("filling", ["x" * 65_536, "ễ" * 21_846], ids=["ascii", "letters of three bytes"])
def test_refuses_longer_fillings(filling: str) -> None:
    with pytest.raises(ValueError, match="65,535"):
        SplicedPage.from_html(PAGE).gzipped({"token": filling})


def test_needs_a_filling_for_every_gap() -> None:
    with pytest.raises(KeyError, match="token"):
        SplicedPage.from_html(PAGE).plain({})


def test_is_read_by_other_gzip_readers() -> None:
    page = SplicedPage.from_html(PAGE)
    plain, body = _filled(page, "thẻ")

    assert gzip.decompress(body) == plain
    assert gzip.GzipFile(fileobj=io.BytesIO(body)).read() == plain
    # Length and checksum of RFC 1952, 2.3.1 are those of the whole document.
    assert body[-8:-4] == zlib.crc32(plain).to_bytes(4, "little")
    assert body[-4:] == len(plain).to_bytes(4, "little")


def test_costs_hardly_more_than_compressing_the_whole() -> None:
    page = SplicedPage.from_html(PAGE)
    filling = "0123456789abcdef" * 8
    plain, body = _filled(page, filling)

    assert len(body) < len(gzip.compress(plain, 9)) + len(filling) + 200
