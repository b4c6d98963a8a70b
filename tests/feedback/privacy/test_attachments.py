"""Files are what their bytes say, pictures lose all but what can be seen, and what is two things at once is neither."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from survey_app.feedback.documents import images
from survey_app.feedback.documents.images import LONGEST_SIDE, UnableToDraw, drawn_anew
from survey_app.feedback.models import Attachment, AttachmentContent
from survey_app.feedback.operations.attachments import UnusableFile, add_files, read_files
from survey_app.feedback.rules.actors import CITIZEN
from survey_app.feedback.rules.attachments import (
    LARGEST_FILE,
    MOST_FILES,
    MOST_IN_ALL,
    MediaType,
    media_type_of,
)
from survey_app.feedback.rules.drafts import FileDraft
from tests.feedback.case_desk import CaseDesk
from tests.feedback.privacy.files import (
    HTML,
    MP3,
    MP4,
    PDF,
    SVG,
    TAGGED_MP3,
    Chosen,
    archive,
    located_picture,
    picture,
)


class TestMediaType:
    """`media_type_of`."""

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (picture("JPEG"), MediaType.JPEG),
            (picture("PNG"), MediaType.PNG),
            (picture("WEBP"), MediaType.WEBP),
            (PDF, MediaType.PDF),
            (MP3, MediaType.MP3),
            (TAGGED_MP3, MediaType.MP3),
            (MP4, MediaType.MP4),
        ],
    )
    def test_is_told_by_the_first_bytes(self, content: bytes, expected: MediaType) -> None:
        assert media_type_of(content) is expected

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            archive(),
            SVG,
            HTML,
            b"GIF89a" + bytes(40),
            b"MZ" + bytes(100),
            b"\xff\xfe" + "chữ".encode("utf-16-le"),
            b"ID3 is only the start of this text",
            b"\x00\x00\x00\x18ftypheic" + bytes(12),
            b"%PDF-1.7 without an end",
        ],
    )
    def test_of_anything_else_is_none(self, content: bytes) -> None:
        assert media_type_of(content) is None

    @pytest.mark.parametrize(
        "content",
        [
            PDF + archive(),
            MP3 + archive(),
            MP4 + archive(),
            MP4 + HTML,
            b"%PDF-1.7\n" + HTML + b"\n%%EOF",
            MP3[:200] + SVG + MP3,
        ],
    )
    def test_of_what_is_two_things_at_once_is_none(self, content: bytes) -> None:
        assert media_type_of(content) is None

    @given(st.binary(max_size=64))
    @settings(max_examples=200, deadline=None)
    def test_answers_for_any_bytes(self, content: bytes) -> None:
        assert media_type_of(content) in {None, *MediaType}


def passes(more: int, head: bytes = b"") -> bytes:
    """Return a progressive JPEG that is gone over `more` times more than need be, with `head` behind its first mark."""
    out = BytesIO()
    Image.new("L", (64, 64), 128).save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    last, end = whole.rfind(b"\xff\xda"), whole.rfind(b"\xff\xd9")
    return whole[:2] + head + whole[2:end] + whole[last:end] * more + whole[end:]


def _is_drawn(content: bytes, media_type: str) -> bool:
    try:
        return bool(drawn_anew(content, media_type))
    except UnableToDraw:
        return False


class TestPictures:
    """`drawn_anew`."""

    def test_lose_place_and_device(self) -> None:
        drawn = drawn_anew(located_picture(), "image/jpeg")

        assert b"Telephone" not in drawn
        assert dict(Image.open(BytesIO(drawn)).getexif()) == {}

    def test_stand_upright_afterwards(self) -> None:
        # Orientation 6 turns it a quarter clockwise: the red left half comes to stand on top.
        drawn = Image.open(BytesIO(drawn_anew(located_picture(), "image/jpeg")))

        assert drawn.size == (20, 40)
        assert drawn.getpixel((10, 5))[0] > 200  # type: ignore[index]

    def test_lose_what_was_hung_behind_them(self) -> None:
        assert not zipfile.is_zipfile(BytesIO(drawn_anew(picture() + archive(), "image/jpeg")))

    def test_are_made_smaller(self) -> None:
        drawn = Image.open(BytesIO(drawn_anew(picture("PNG", (4000, 100)), "image/png")))

        assert drawn.size == (LONGEST_SIDE, 64)

    def test_keep_their_holes(self) -> None:
        out = BytesIO()
        Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(out, "PNG")

        assert Image.open(BytesIO(drawn_anew(out.getvalue(), "image/png"))).mode == "RGBA"

    @pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK", "I;16"])
    def test_of_any_depth_are_drawn(self, mode: str) -> None:
        out, kind = BytesIO(), "JPEG" if mode == "CMYK" else "PNG"
        Image.new(mode, (6, 6)).save(out, kind)

        assert Image.open(BytesIO(drawn_anew(out.getvalue(), f"image/{kind.lower()}"))).size == (6, 6)

    def test_of_more_pixels_than_are_taken_are_refused_before_they_are_unpacked(self) -> None:
        bomb = BytesIO()
        Image.new("1", (30_000, 30_000)).save(bomb, "PNG")

        with pytest.raises(UnableToDraw):
            drawn_anew(bomb.getvalue(), "image/png")

    def test_of_very_many_passes_are_refused_before_they_are_unpacked(self) -> None:
        # A further pass costs the sender 42 bytes, and a machine 50 ms at 25 megapixels.
        assert _is_drawn(passes(0), "image/jpeg")
        assert not _is_drawn(passes(100), "image/jpeg")

    def test_may_carry_other_pictures_before_and_behind(self) -> None:
        other = passes(100)
        thumbnail = b"\xff\xe1" + (len(other) + 2).to_bytes(2) + other

        assert _is_drawn(passes(0, thumbnail) + other, "image/jpeg")

    @pytest.mark.parametrize("options", [{"progressive": True}, {"progressive": True, "subsampling": 0}])
    def test_that_are_held_whole_before_they_shrink_have_no_more_pixels(
        self, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
    ) -> None:
        monkeypatch.setattr(images, "MOST_PIXELS", 10_000)
        monkeypatch.setattr(images, "LONGEST_SIDE", 50)
        once, often = BytesIO(), BytesIO()
        Image.new("RGB", (200, 200)).save(once, "JPEG")
        Image.new("RGB", (200, 200)).save(often, "JPEG", **options)

        assert _is_drawn(once.getvalue(), "image/jpeg")
        assert not _is_drawn(often.getvalue(), "image/jpeg")

    def test_of_a_telephone_that_adds_a_second_one_are_drawn_without_it(self) -> None:
        out = BytesIO()
        Image.new("RGB", (60, 40)).save(
            out, "MPO", save_all=True, append_images=[Image.new("RGB", (30, 30), "red")]
        )
        drawn = drawn_anew(out.getvalue(), "image/jpeg")

        assert Image.open(BytesIO(drawn)).size == (60, 40)
        assert drawn.count(b"\xff\xd9") == 1

    def test_that_move_are_refused(self) -> None:
        out = BytesIO()
        frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
        frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])

        with pytest.raises(UnableToDraw):
            drawn_anew(out.getvalue(), "image/webp")

    def test_that_end_in_the_middle_are_refused(self) -> None:
        with pytest.raises(UnableToDraw):
            drawn_anew(picture("PNG", (300, 300))[:200], "image/png")


class TestReading:
    """`read_files`."""

    @pytest.mark.parametrize(("name", "content"), [("x.jpg", archive()), ("x.png", SVG), ("x.pdf", HTML)])
    def test_refuses_what_only_its_name_makes_a_picture(self, name: str, content: bytes) -> None:
        with pytest.raises(UnusableFile, match=name):
            read_files([Chosen(name, content)])

    def test_refuses_more_than_ten_megabytes(self) -> None:
        with pytest.raises(UnusableFile, match="10 MB"):
            read_files([Chosen("x.pdf", PDF + bytes(LARGEST_FILE))])

    def test_refuses_a_sixth_file(self) -> None:
        with pytest.raises(UnusableFile, match="5"):
            read_files([Chosen(f"{n}.pdf", PDF) for n in range(MOST_FILES + 1)])

    def test_passes_over_fields_that_were_left_empty(self) -> None:
        assert read_files([Chosen("", b""), Chosen("x.pdf", PDF)]) == (FileDraft("application/pdf", PDF),)


class TestKeeping:
    """`add_files`."""

    def test_numbers_files_by_what_they_are_and_keeps_no_name(self, desk: CaseDesk) -> None:
        case_id = desk.case()
        drafts = read_files([Chosen("a.jpg", picture()), Chosen("b.png", picture("PNG")), Chosen("c", PDF)])
        desk.do(_add, case=case_id, files=drafts)
        desk.do(_add, case=case_id, files=drafts[:1])

        assert [one.label for one in _kept(desk)] == ["Ảnh 1", "Ảnh 2", "Tài liệu 1", "Ảnh 3"]

    def test_keeps_the_bytes_apart_under_a_name_nobody_guesses(self, desk: CaseDesk) -> None:
        desk.do(_add, case=desk.case(), files=read_files([Chosen("c.pdf", PDF)]))
        (kept,) = _kept(desk)

        with desk.database.read() as session:
            assert session.get_one(AttachmentContent, kept.id).content == PDF
        assert len(kept.token) == 32

    def test_refuses_more_than_a_case_holds(self, desk: CaseDesk) -> None:
        case_id, files = desk.case(), [FileDraft("application/pdf", PDF)] * MOST_IN_ALL
        desk.do(_add, case=case_id, files=files)

        with pytest.raises(UnusableFile):
            desk.do(_add, case=case_id, files=files[:1])


def _add(session, *, case, files, installation, now):  # type: ignore[no-untyped-def]
    add_files(session, case=case, files=files, actor=CITIZEN, now=now)


def _kept(desk: CaseDesk) -> list[Attachment]:
    with desk.database.read() as session:
        return session.query(Attachment).order_by(Attachment.id).all()
