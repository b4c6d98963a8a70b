"""Bars drawn as SVG."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from survey_app.web.bars import HEIGHT, Bar, bar_chart

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*values: int, name: str = "ngày") -> ElementTree.Element:
    """Return the drawing of bars with these values."""
    bars = [Bar(f"{name} {number}", str(number), value) for number, value in enumerate(values)]
    markup = bar_chart(bars, title="Số phiếu", description="mô tả")
    return ElementTree.fromstring(str(markup).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def heights(drawing: ElementTree.Element) -> list[float]:
    """Return the heights of the bars."""
    return [float(bar.attrib["height"]) for bar in drawing.iter(f"{SVG}rect")]


class TestBarChart:
    def test_draws_heights_in_proportion(self):
        assert heights(drawn(10, 5, 0)) == [80.0, 40.0, 0.0]

    def test_shows_one_among_thousands(self):
        assert heights(drawn(1, 5000))[0] == 2.0

    def test_draws_nothing_for_no_values(self):
        assert heights(drawn(0, 0)) == [0.0, 0.0]
        assert heights(drawn()) == []

    def test_writes_the_highest_value_above_its_bar(self):
        assert [text.text for text in drawn(3, 1200).iter(f"{SVG}text")] == ["0", "1", "1.200"]

    @pytest.mark.parametrize("number", [1, 8, 9, 14, 24, 30, 365])
    def test_writes_at_most_eight_signs(self, number: int):
        drawing = drawn(*[0] * number)
        assert 1 <= len(list(drawing.iter(f"{SVG}text"))) <= 8

    def test_stays_inside_the_drawing(self):
        for bar in drawn(*range(30)).iter(f"{SVG}rect"):
            left, width = float(bar.attrib["x"][:-1]), float(bar.attrib["width"][:-1])
            assert left >= 0
            assert left + width <= 100
            assert 0 <= float(bar.attrib["y"]) <= HEIGHT

    def test_names_itself_and_each_bar(self):
        titles = [title.text for title in drawn(7).iter(f"{SVG}title")]
        assert titles == ["Số phiếu", "ngày 0: 7"]

    def test_escapes_names(self):
        markup = bar_chart([Bar("<script>", "<b>", 1)], title="<i>")
        assert not re.search(r"<(script|b|i)>", markup)

    def test_needs_no_style_attribute(self):
        assert "style=" not in bar_chart([Bar("a", "a", 1)], title="t")
