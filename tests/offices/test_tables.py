"""Reading lists that nobody has checked."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from io import BytesIO

import pytest
from openpyxl import Workbook

from survey_app.offices.documents.tables import (
    LARGEST_FILE,
    UnableToReadList,
    read_list,
    template_csv,
    template_xlsx,
)
from survey_app.offices.rules.lists import MOST_ROWS

TEXT = (
    "Mã đơn vị,Tên bộ phận,Số quầy,Tên quầy\n01273,Một cửa phường Thục Phán,1,Hộ tịch, chứng thực\n".replace(
        "Hộ tịch, chứng thực", '"Hộ tịch, chứng thực"'
    )
)


def spreadsheet(*rows: Sequence[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(content: bytes, **members: bytes) -> bytes:
    """The spreadsheet with some members exchanged or added."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, body in members.items():
            new.writestr(name, body)
    return file.getvalue()


class TestText:
    """CSV files."""

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
    def test_is_read_in_unicode_with_and_without_a_mark(self, encoding: str) -> None:
        (row,) = read_list(TEXT.encode(encoding))

        assert (row.unit_code, row.office_name) == ("01273", "Một cửa phường Thục Phán")
        assert (row.number, row.counter_name, row.line) == ("1", "Hộ tịch, chứng thực", 2)

    def test_whose_letters_excel_lost_is_refused_with_the_reason(self) -> None:
        content = "Mã đơn vị,Tên bộ phận\n01273,Một cửa\n".encode("cp1252", "replace")
        with pytest.raises(UnableToReadList, match="bị thay bằng dấu hỏi"):
            read_list(content)

    def test_is_read_in_windows_1258(self) -> None:
        # Python writes composed letters only; Windows writes some tones as marks of their own.
        content = "Ma don vi,Ten bo phan\n01273,Mô".encode("cp1258") + b"\xf2t c" + "ưa\n".encode("cp1258")

        (row,) = read_list(content)

        assert row.office_name == "Một cưa"

    @pytest.mark.parametrize(
        "content",
        [
            b"M\xb8 \xae\xacn v\xde,T\xean b\xe9 ph\xcbn\n01273,M\xe9t c\xf6a\n",  # TCVN3
            b"\x00\x01\x02\x03 not a list",
            bytes(range(256)) * 10,
            b"%PDF-1.7\xff\xfe\x80",
        ],
    )
    def test_in_another_encoding_is_refused_with_the_remedy(self, content: bytes) -> None:
        with pytest.raises(UnableToReadList, match=r"CSV UTF-8|tệp mẫu"):
            read_list(content)

    @pytest.mark.parametrize("sign", [",", ";", "\t"])
    def test_is_cut_at_the_sign_it_uses(self, sign: str) -> None:
        rows = read_list(
            sign.join(["Unit code", "Office name", "Address"]).encode() + f"\n04{sign}A{sign}B\n".encode()
        )

        assert (rows[0].unit_code, rows[0].address) == ("04", "B")

    def test_may_have_a_title_above_the_headings_and_empty_lines(self) -> None:
        rows = read_list(b"DANH SACH,,\n,,\nUnit code,Office name,x\n,,\n04,A,\n")

        assert [(row.line, row.office_name) for row in rows] == [(5, "A")]

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "trống"),
            (b" \n ", "trống"),
            (b"a,b\n1,2\n", "Mã đơn vị, Tên bộ phận"),
            (b"Unit code,Office name\n", "không có dòng nào"),
            (b'Unit code,Office name\n04,"open\n', "ngoặc kép"),
            (b"Unit code,Office name\n04," + b"x" * 1001, "dài quá"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "đời cũ"),
            (b"PK\x03\x04broken", "hỏng"),
        ],
    )
    def test_that_is_no_list_is_refused_with_the_remedy(self, content: bytes, words: str) -> None:
        with pytest.raises(UnableToReadList, match=words):
            read_list(content)

    def test_of_too_many_rows_is_refused(self) -> None:
        with pytest.raises(UnableToReadList, match=r"20\.000"):
            read_list(b"Unit code,Office name\n" + b"04,A\n" * (MOST_ROWS + 1))

    def test_over_five_megabytes_is_refused(self) -> None:
        with pytest.raises(UnableToReadList, match="5 MB"):
            read_list(b"x" * (LARGEST_FILE + 1))


class TestSpreadsheet:
    """XLSX files."""

    def test_gives_numbers_as_people_see_them(self) -> None:
        (row,) = read_list(spreadsheet(["Mã đơn vị", "Tên bộ phận", "Số quầy"], [1273, "Một cửa", 5.0]))

        assert (row.unit_code, row.number) == ("1273", "5")

    def test_that_unpacks_to_a_gigabyte_is_refused_unread(self) -> None:
        bomb = repacked(spreadsheet(["a"]), **{"xl/worksheets/sheet1.xml": b"\0" * (100 * 1024 * 1024)})

        assert len(bomb) < LARGEST_FILE
        with pytest.raises(UnableToReadList, match="mở ra quá lớn"):
            read_list(bomb)

    def test_that_lies_about_its_size_is_refused(self) -> None:
        honest = repacked(spreadsheet(["a"]), **{"xl/worksheets/sheet1.xml": b"\0" * (70 * 1024 * 1024)})
        size = (70 * 1024 * 1024).to_bytes(4, "little")
        assert honest.count(size) == 2

        with pytest.raises(UnableToReadList):
            read_list(honest.replace(size, (100).to_bytes(4, "little")))

    def test_with_too_many_members_is_refused(self) -> None:
        with pytest.raises(UnableToReadList, match="mở ra quá lớn"):
            read_list(repacked(spreadsheet(["a"]), **{f"xl/x{n}.bin": b"" for n in range(600)}))

    def test_that_declares_entities_is_refused(self) -> None:
        xml = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa">]><x>&a;</x>'

        with pytest.raises(UnableToReadList, match="hỏng"):
            read_list(repacked(spreadsheet(["a"]), **{"xl/worksheets/sheet1.xml": xml}))

    def test_with_a_cell_in_the_last_column_costs_no_sixteen_thousand_cells(self) -> None:
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.append(["Mã đơn vị", "Tên bộ phận"])
        sheet.append(["04", "A"])
        sheet.cell(row=3, column=16_384, value="far")
        file = BytesIO()
        book.save(file)

        assert [row.unit_code for row in read_list(file.getvalue())] == ["04"]

    def test_that_is_another_kind_of_zip_is_refused(self) -> None:
        file = BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

        with pytest.raises(UnableToReadList, match="không phải bảng tính Excel"):
            read_list(file.getvalue())

    def test_whose_sheet_is_broken_is_refused(self) -> None:
        with pytest.raises(UnableToReadList, match="hỏng"):
            read_list(repacked(spreadsheet(["a"]), **{"xl/worksheets/sheet1.xml": b"<broken"}))


@pytest.mark.parametrize("template", [template_csv, template_xlsx])
def test_the_template_is_read_as_it_is_written(template: object) -> None:
    rows = read_list(template())  # type: ignore[operator]

    assert [(row.unit_code, row.number) for row in rows] == [("01273", "1"), ("01273", "2")]
    assert rows[0].office_name_en == "Thục Phán Ward One-Stop Office"
