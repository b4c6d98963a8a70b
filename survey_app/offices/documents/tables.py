"""Reads lists of offices from CSV and XLSX files that nobody has checked, and writes the template to fill in."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from itertools import islice

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import format_number
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.spreadsheets import (
    OLD_EXCEL_SIGNATURE,
    SPREADSHEET_SIGNATURE,
    UnreadableSpreadsheet,
    sheet_lines,
)
from survey_app.offices.rules.lists import (
    COLUMNS,
    HEADERS,
    LONGEST_CELL,
    MOST_ROWS,
    ListRow,
    columns_of,
    missing_columns,
    rows_of,
)

LARGEST_FILE = 5 * 1024 * 1024
_LARGEST_UNPACKED = 60 * 1024 * 1024
_MOST_COLUMNS = 40
_DELIMITERS = ",;\t"
_LINES_BEFORE_HEADER = 10

Table = Iterator[tuple[int, Sequence[object]]]
"""Numbered lines of a file, as people count them in their spreadsheet."""


class UnableToReadList(Refused):
    """The file is no list of offices that can be read; the message says what to do."""


def read_list(content: bytes) -> list[ListRow]:
    """Return the rows of a CSV (UTF-8, UTF-16, windows-1258) or XLSX file; the kind is told by the content.

    Raises
    ------
    UnableToReadList
        Too large, another kind of file, an unknown encoding, no heading row, or more than 20,000 rows.
    """
    if len(content) > LARGEST_FILE:
        raise UnableToReadList(too_large())
    if not content.strip():
        raise UnableToReadList(_("Tệp trống. Hãy chọn tệp có danh sách bộ phận một cửa."))
    if content.startswith(SPREADSHEET_SIGNATURE):
        return _rows(_spreadsheet(content))
    if content.startswith(OLD_EXCEL_SIGNATURE):
        raise UnableToReadList(
            _(
                "Đây là tệp Excel đời cũ (.xls). Hãy mở bằng Excel, chọn Lưu thành, loại .xlsx, rồi tải lên lại."
            )
        )
    return _rows(_comma_separated(_decoded(content)))


def too_large() -> str:
    """Return what to tell somebody whose file is over the limit."""
    return _(
        "Tệp quá lớn: mỗi lần nhận tệp nhiều nhất %(megabytes)s MB. "
        "Hãy xóa hình ảnh và trang tính không dùng, hoặc chia danh sách thành nhiều tệp.",
        megabytes=LARGEST_FILE // 1024 // 1024,
    )


def _rows(table: Table) -> list[ListRow]:
    columns = _header(table)
    rows = list(islice(rows_of(columns, table), MOST_ROWS + 1))
    if not rows:
        raise UnableToReadList(_("Dưới dòng tiêu đề không có dòng nào. Hãy điền danh sách rồi tải lên lại."))
    if len(rows) > MOST_ROWS:
        raise UnableToReadList(
            _("Danh sách dài quá %(most)s dòng. Hãy chia thành nhiều tệp.", most=format_number(MOST_ROWS))
        )
    for row in rows:
        if any(len(getattr(row, column)) > LONGEST_CELL for column in COLUMNS):
            raise UnableToReadList(
                _(
                    "Dòng %(line)s có ô dài quá %(longest)s ký tự. Hãy kiểm tra lại tệp.",
                    line=row.line,
                    longest=format_number(LONGEST_CELL),
                )
            )
    return rows


def _header(table: Table) -> dict[str, int]:
    """Return the columns by the first line that names those a list needs; titles above it are passed over."""
    best: dict[str, int] = {}
    for _line, cells in islice(table, _LINES_BEFORE_HEADER):
        columns = columns_of(cells)
        if not missing_columns(columns):
            return columns
        best = max(best, columns, key=len)
    raise UnableToReadList(
        _(
            "Không thấy cột %(columns)s. Hãy dùng tệp mẫu, giữ nguyên dòng tiêu đề.",
            columns=", ".join(missing_columns(best)),
        )
    )


# Excel's plain CSV writes `?` for every letter that its code page lacks.
_LOST_LETTER = re.compile(r"[^\W\d_]\?[^\W\d_]")
_LOST_LETTERS = 2


def _decoded(content: bytes) -> str:
    """Return the text of a CSV file in any encoding that Vietnamese spreadsheets write."""
    text = _text_of(content)
    if len(_LOST_LETTER.findall(text)) >= _LOST_LETTERS:
        raise UnableToReadList(
            _(
                "Chữ có dấu trong tệp đã bị thay bằng dấu hỏi (ví dụ “M?t c?a”) khi lưu. Hãy mở danh sách gốc "
                "bằng Excel, chọn Lưu thành, loại .xlsx hoặc CSV UTF-8, rồi tải lên lại."
            )
        )
    return text


def _text_of(content: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _strictly(content, encoding)
    if b"\0" in content[:200]:
        return _strictly(content, "utf-16-be" if content.startswith(b"\0") else "utf-16-le")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        text = _strictly(content, "cp1258")
        if _is_vietnamese(text):
            return text
        raise _unknown_encoding() from None


def _strictly(content: bytes, encoding: str) -> str:
    try:
        text = unicodedata.normalize("NFC", content.decode(encoding))
    except UnicodeDecodeError:
        raise _unknown_encoding() from None
    if "\0" in text:
        raise _unknown_encoding()
    return text


_ASCII = {chr(number) for number in range(32, 127)} | {"\t", "\r", "\n"}
_SIGNS = set("–—‘’“”…•°")
_VIETNAMESE = {
    letter
    for vowel in "aăâeêioôơuưy"
    for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    for letter in (
        unicodedata.normalize("NFC", vowel + tone),
        unicodedata.normalize("NFC", vowel + tone).upper(),
    )
} | {"đ", "Đ"}


def _is_vietnamese(text: str) -> bool:
    """Say whether `text` holds nothing but what Vietnamese is written with: other encodings read as 1258 do not."""
    return set(text) <= _ASCII | _SIGNS | _VIETNAMESE


def _unknown_encoding() -> UnableToReadList:
    return UnableToReadList(
        _(
            "Không đọc được chữ trong tệp này (có thể là bảng mã TCVN3, VNI hoặc không phải tệp CSV, XLSX). "
            "Hãy mở tệp bằng Excel, chọn Lưu thành, loại .xlsx hoặc CSV UTF-8, rồi tải lên lại."
        )
    )


def _comma_separated(text: str) -> Table:
    lines = text.splitlines()[:_LINES_BEFORE_HEADER]
    delimiter = max(
        _DELIMITERS,
        key=lambda sign: max(
            (len(columns_of(line.replace('"', "").split(sign))) for line in lines), default=0
        ),
    )
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        raise UnableToReadList(
            _("Dòng %(line)s có dấu ngoặc kép chưa đóng. Hãy sửa dòng đó.", line=reader.line_num)
        ) from None


def _spreadsheet(content: bytes) -> Table:
    try:
        yield from sheet_lines(
            BytesIO(content), most_columns=_MOST_COLUMNS, largest_unpacked=_LARGEST_UNPACKED
        )
    except UnreadableSpreadsheet as error:
        raise UnableToReadList(str(error)) from error


_EXAMPLE = """
01273||Bộ phận Một cửa phường Thục Phán|Thục Phán Ward One-Stop Office|Số 1 phố Cũ|1|Quầy 1 – Hộ tịch|Counter 1|quầy
01273||Bộ phận Một cửa phường Thục Phán|||2|Quầy 2 – Đất đai, xây dựng|Counter 2|quầy
"""


def template_rows() -> list[Sequence[str]]:
    """Return heading and two example rows of the list to fill in."""
    return [
        [HEADERS[column][0] for column in COLUMNS],
        *(line.split("|") for line in _EXAMPLE.strip().splitlines()),
    ]


def template_csv() -> bytes:
    """Return the template as CSV with a mark, so that Excel reads it as UTF-8."""
    text = StringIO(newline="")
    csv.writer(text).writerows(template_rows())
    return text.getvalue().encode("utf-8-sig")


def template_xlsx() -> bytes:
    """Return the template as a spreadsheet whose codes are text, so that leading zeros stay."""
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Bộ phận và quầy"
    for row in template_rows():
        sheet.append(list(row))
    for letter in "ABCDEFGHI":
        sheet.column_dimensions[letter].width = 30 if letter in "CDEGH" else 14
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column in ("A", "F"):
        for cell in sheet[column]:
            cell.number_format = "@"
    sheet.freeze_panes = "A2"
    file = BytesIO()
    book.save(file)
    return file.getvalue()
