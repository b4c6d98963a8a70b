"""Templates are judged as they will be sent: with their variables filled."""

from __future__ import annotations

import pytest

from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.variables import SAMPLES, meaning, template_faults

# The ready text of one segment: 143 characters with these values.
READY = (
    "{unit}: Ong/ba cham diem phuc vu ho so 1-5 (5=rat hai long, 1=rat khong hai long). "
    "Soan DG {code} diem gui {number}. Tu choi: soan TC"
)
ZALO = "Đánh giá việc giải quyết hồ sơ\nXin ông/bà đánh giá hồ sơ {code} tại {unit}."


def faults(text: str, medium: Medium = Medium.SMS, *, accents: bool = False, confirmed: bool = False) -> str:
    """Return what is wrong as one text."""
    return " ".join(template_faults(text, medium, accents=accents, first=True, confirmed=confirmed))


def test_a_ready_text_has_no_fault() -> None:
    assert faults(READY) == ""


def test_accents_make_the_same_text_three_segments_and_ask_for_a_word() -> None:
    accented = READY.replace("Ong/ba cham diem phuc vu", "Ông/bà chấm điểm phục vụ")

    assert "dài 3 tin" in faults(accented, accents=True)
    assert faults(accented, accents=True, confirmed=True) == ""


def test_values_count_and_not_the_names_of_variables() -> None:
    # 156 characters as written; with the sample link and unit it is longer than one segment of 160.
    text = "{unit} moi ong/ba danh gia: {link} {link} {link} {link} {link}. Tu choi: soan TC"

    assert len(text) < 160
    assert "dài 2 tin" not in faults(text)
    assert "dài 3 tin" in faults(text + " {link} {link} {link} {link}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (READY + " {name}", "Không có biến: {name}"),
        (READY + " {", "Dấu { }"),
        ("Cham diem {code}", "cách từ chối"),
        ("", "không có nội dung"),
    ],
)
def test_each_fault_is_named(text: str, said: str) -> None:
    assert said in faults(text)


def test_the_first_line_of_a_zalo_template_is_its_title() -> None:
    assert faults(ZALO, Medium.ZALO) == ""
    assert "Tiêu đề" in faults("Chào\n" + ZALO, Medium.ZALO)


def test_zalo_takes_no_link_in_its_text() -> None:
    assert "đường dẫn" in faults(ZALO + " {link}", Medium.ZALO)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_variable_is_explained(name: str) -> None:
    assert meaning(name)
