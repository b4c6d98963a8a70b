"""The drawings: positions, words and escaping."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from survey_app.foundation.languages import use_language
from survey_app.web import charts


def parsed(markup):
    """The drawing as XML: it must be well-formed."""
    return ElementTree.fromstring(markup)


class TestIntervalBar:
    def test_draws_point_and_interval_at_their_percentages(self):
        drawing = parsed(charts.interval_bar((82.5, 80.25, 84.0), title="82,5%"))
        point, band = drawing.find("line[@class='at']"), drawing.find("rect[@class='ci']")
        assert (point.get("x1"), point.get("x2")) == ("82.5%", "82.5%")
        assert (band.get("x"), band.get("width")) == ("80.25%", "3.75%")

    def test_says_title_and_description_to_screen_readers(self):
        drawing = parsed(charts.interval_bar((50, 40, 60), title="50%", description="Từ 40 đến 60"))
        assert drawing.get("role") == "img"
        assert (drawing[0].tag, drawing[0].text, drawing[1].tag, drawing[1].text) == (
            "title",
            "50%",
            "desc",
            "Từ 40 đến 60",
        )

    def test_escapes_words(self):
        drawing = parsed(charts.interval_bar((50, 40, 60), title="<script>&\"'"))
        assert drawing[0].text == "<script>&\"'"

    def test_draws_no_band_without_limits(self):
        drawing = parsed(charts.interval_bar((50, None, None), title="50%"))
        assert drawing.find("rect") is None
        assert drawing.find("line[@class='at']") is not None

    def test_draws_a_reference_as_a_dashed_line(self):
        reference = parsed(charts.interval_bar((50, 40, 60), title="50%", reference=75)).find(
            "line[@class='ref']"
        )
        assert reference.get("x1") == "75%"
        assert reference.get("stroke-dasharray")

    def test_uses_no_style_attribute_which_the_content_policy_forbids(self):
        assert (
            " style="
            not in charts.interval_bar((50, 40, 60), title="50%", reference=75) + charts.scale_axis()
        )

    @pytest.mark.parametrize("interval", [(101, 90, 101), (50, -1, 60), (50, 51, 60), (50, 40, 49)])
    def test_refuses_values_that_make_no_sense(self, interval):
        with pytest.raises(ValueError, match=re.escape(str(interval))):
            charts.interval_bar(interval, title="?")

    def test_takes_limits_that_pass_the_estimate_by_rounding_only(self):
        assert charts.interval_bar((99.999999999, 99.0, 99.999999998), title="100%")


class TestScaleAxis:
    def test_numbers_the_scale_and_stays_silent(self):
        drawing = parsed(charts.scale_axis())
        assert [text.text for text in drawing.iter("text")] == ["0", "25", "50", "75", "100"]
        assert drawing.get("aria-hidden") == "true"

    def test_is_the_same_in_english(self):
        with use_language("en"):
            assert ">100<" in charts.scale_axis()


def _luminance(colour):
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [charts.INK, charts.ACCENT, charts.QUIET])
@pytest.mark.parametrize("paper", ["#ffffff", "#f1f5f8"])
def test_colours_have_contrast(colour, paper):
    """WCAG 2.2, 1.4.3: at least 4.5 to 1, on white and on the page's grey."""
    dark, light = sorted((_luminance(colour), _luminance(paper)))
    assert (light + 0.05) / (dark + 0.05) >= 4.5
