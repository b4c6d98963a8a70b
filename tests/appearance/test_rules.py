"""Contrast, ways out, and the stylesheet that a theme becomes."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from survey_app.appearance.rules import (
    DEFAULTS,
    FIXED,
    LEAST_CONTRAST,
    Tokens,
    contrast,
    nearest_readable,
    read_colour,
    stylesheet_address,
    theme_css,
    tokens_of_address,
    unreadable_pairs,
)

WEB = Path(__file__).resolve().parents[2] / "survey_app" / "web"


def _root_colours(path: Path) -> dict[str, str]:
    """Return the colours that a shipped stylesheet sets at its root, as `#rrggbb`."""
    rule = re.search(r":root\{([^}]*--ink[^}]*)\}", path.read_text(encoding="utf-8"))
    assert rule
    found = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{3,6})", rule[1]))
    return {
        name.replace("-", "_"): value
        if len(value) == 7
        else "#" + "".join(2 * letter for letter in value[1:])
        for name, value in found.items()
    }


class TestContrast:
    """The ratio of WCAG 2.2."""

    @pytest.mark.parametrize(
        ("one", "other", "ratio"),
        [
            ("#000000", "#ffffff", 21.0),
            ("#123456", "#123456", 1.0),
            # WebAIM's contrast checker gives 4.48 and 4.54 for these two greys on white.
            ("#777777", "#ffffff", 4.48),
            ("#767676", "#ffffff", 4.54),
            ("#ff0000", "#ffffff", 4.00),
        ],
    )
    def test_agrees_with_known_ratios(self, one: str, other: str, ratio: float) -> None:
        assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
        assert contrast(other, one) == contrast(one, other)


class TestShippedLook:
    """What stands in the shipped stylesheets."""

    @pytest.mark.parametrize("name", ["templates/web/page.css", "assets/staff.css"])
    def test_is_the_default_of_every_token(self, name: str) -> None:
        shipped = _root_colours(WEB / name)

        assert asdict(DEFAULTS).items() <= shipped.items()
        assert {key: shipped[key] for key in FIXED if key in shipped}.items() <= FIXED.items()

    def test_can_be_read(self) -> None:
        assert unreadable_pairs(DEFAULTS) == []


class TestUnreadablePairs:
    """Themes that would leave text unreadable."""

    def test_names_the_pair_its_ratio_and_a_colour_that_mends_it(self) -> None:
        bad = Tokens(accent="#f2c200")

        first, second = unreadable_pairs(bad)

        assert [(one.text, one.ground) for one in (first, second)] == [
            ("accent", "on_accent"),
            ("accent", "paper"),
        ]
        assert first.ratio == pytest.approx(1.68, abs=0.01)
        assert first.changed == "accent"
        assert unreadable_pairs(replace(bad, accent=str(first.nearest))) == []

    def test_changes_the_other_colour_where_the_first_cannot_help(self) -> None:
        # No accent can be read against black and white text grounds that lie too close to each other.
        (pair,) = unreadable_pairs(Tokens(accent="#0a5275", on_accent="#101010"))

        assert pair.changed == "on_accent"
        assert contrast("#0a5275", str(pair.nearest)) >= LEAST_CONTRAST

    def test_sees_that_fixed_texts_vanish_on_a_dark_page(self) -> None:
        found = unreadable_pairs(Tokens(ink="#ffffff", paper="#101820", mist="#203040", accent="#8fd0ff"))

        assert {"soft", "bad", "good", "warn"} <= {pair.text for pair in found}

    @pytest.mark.parametrize("accent", ["#ffffff", "#ffff00", "#ff8800", "#00ff88", "#9999ff", "#808080"])
    def test_finds_a_readable_colour_for_every_accent(self, accent: str) -> None:
        nearest = nearest_readable(accent, ["#ffffff"])

        assert nearest
        assert contrast(nearest, "#ffffff") >= LEAST_CONTRAST

    def test_leaves_a_readable_colour_as_it_is(self) -> None:
        assert nearest_readable("#0a5275", ["#ffffff"]) == "#0a5275"

    def test_knows_that_some_wishes_cannot_be_met(self) -> None:
        assert nearest_readable("#777777", ["#777777", "#ffffff", "#000000"]) is None


@pytest.mark.parametrize(
    "text", ["red", "#fff", "#12345g", "", "#0a5275;}body{display:none", "url(x)", "#0A5275 x"]
)
def test_takes_nothing_but_six_hex_digits_for_a_colour(text: str) -> None:
    assert read_colour(text) is None


def test_reads_a_colour_in_capitals() -> None:
    assert read_colour(" #0A52FF ") == "#0a52ff"


class TestStylesheet:
    """What a browser gets."""

    def test_sets_every_token_and_leaves_high_contrast_alone(self) -> None:
        css = theme_css(Tokens(accent="#7a0c0c"))

        assert css.startswith(":root:not(.contrast){--accent:#7a0c0c;--on-accent:#ffffff;")
        assert css.count("{") == 1

    def test_darkens_a_link_under_the_pointer(self) -> None:
        assert "--pico-primary-hover:#5c0909" in theme_css(Tokens(accent="#7a0c0c"))

    def test_is_found_again_by_its_address(self) -> None:
        tokens = Tokens(accent="#7a0c0c", mist="#fff4e0")
        name = stylesheet_address(tokens).removeprefix("/theme/").removesuffix(".css")

        assert tokens_of_address(name) == tokens

    @pytest.mark.parametrize(
        "name", ["", "x", "000000000000-0a5275-ffffff-16242f-ffffff-f1f5f8", "a-b-c-d-e-f", "0-0a5275"]
    )
    def test_has_no_other_address(self, name: str) -> None:
        assert tokens_of_address(name) is None
