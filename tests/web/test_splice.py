"""One page, compressed once, filled for each reader."""

from __future__ import annotations

import gzip
import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.web.splice import GAP, SplicedPage

texts = st.text(st.characters(exclude_characters="\ue000", codec="utf-8"), max_size=500)
PAGE = "<p>Ông/bà vui lòng chọn:</p>" * 400 + GAP + "<p>Cảm ơn ông/bà.</p>" * 400


def _one_member(body: bytes) -> bytes:
    """Unpack as browsers do: the first gzip member, after which nothing may follow."""
    unpacker = zlib.decompressobj(wbits=31)
    plain = unpacker.decompress(body)
    assert unpacker.eof
    assert unpacker.unused_data == b""
    return plain


@given(texts, texts, texts)
def test_unpacks_to_the_plain_page(before: str, filling: str, after: str) -> None:
    page = SplicedPage.from_html(before + GAP + after)

    assert page.plain(filling) == (before + filling + after).encode()
    assert _one_member(page.gzipped(filling)) == page.plain(filling)


@given(st.lists(texts, max_size=4))
def test_is_filled_again_and_again(fillings: list[str]) -> None:
    page = SplicedPage.from_html(PAGE)

    for filling in fillings:
        assert _one_member(page.gzipped(filling)) == page.plain(filling)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 65_534, 65_535])
def test_takes_fillings_up_to_the_limit_of_a_stored_block(size: int) -> None:
    page = SplicedPage.from_html(PAGE)

    assert _one_member(page.gzipped("x" * size)) == page.plain("x" * size)


@pytest.mark.parametrize("filling", ["x" * 65_536, "ễ" * 21_846], ids=["ascii", "letters of three bytes"])
def test_refuses_longer_fillings(filling: str) -> None:
    with pytest.raises(ValueError, match="65,535"):
        SplicedPage.from_html(PAGE).gzipped(filling)


@pytest.mark.parametrize("html", ["", "<p>no gap</p>", f"{GAP}<p>two gaps</p>{GAP}"])
def test_refuses_anything_but_one_gap(html: str) -> None:
    with pytest.raises(ValueError, match="unpack"):
        SplicedPage.from_html(html)


def test_is_read_by_other_gzip_readers() -> None:
    page = SplicedPage.from_html(PAGE)
    body = page.gzipped("thẻ")

    assert gzip.decompress(body) == page.plain("thẻ")
    assert gzip.GzipFile(fileobj=io.BytesIO(body)).read() == page.plain("thẻ")
    # Length and checksum of RFC 1952, 2.3.1 are those of the whole document.
    assert body[-8:-4] == zlib.crc32(page.plain("thẻ")).to_bytes(4, "little")
    assert body[-4:] == len(page.plain("thẻ")).to_bytes(4, "little")


def test_costs_hardly_more_than_compressing_the_whole() -> None:
    page = SplicedPage.from_html(PAGE)
    filling = "0123456789abcdef" * 8

    assert len(page.gzipped(filling)) < len(gzip.compress(page.plain(filling), 9)) + len(filling) + 200
