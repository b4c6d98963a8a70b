"""Upright bars drawn as SVG, such as numbers of responses by hour or day: tuples in, markup out.

Positions are percentages of the drawing's width, as in `charts`. Whoever shows a drawing puts the same numbers into a
table besides: they must not be readable by eye and pointer alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from survey_app.foundation.languages import format_number

BLUE = "#1b6fa3"
GREY = "#5b6c79"
HEIGHT = 120
_ABOVE, _BELOW = 18, 22
_LABELS_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name in full, the short sign below it, and its value (0 or more)."""

    name: str
    sign: str
    value: int


def bar_chart(bars: Sequence[Bar], *, title: str, description: str = "") -> Markup:
    """Draw `bars` from left to right; about eight of them bear their signs, so that these never overlap.

    The highest value stands above its bar, and every bar names itself and its value to the pointer. `title` and
    `description` are what a screen reader says of the drawing.
    """
    highest = max((bar.value for bar in bars), default=0)
    step = 100 / max(1, len(bars))
    every = -(-len(bars) // _LABELS_AT_MOST) or 1
    parts = [Markup('<line x1="0" x2="100%" y1="{0}" y2="{0}" stroke="{1}"/>').format(HEIGHT - _BELOW, GREY)]
    for position, bar in enumerate(bars):
        parts.append(_bar(bar, position * step, step, highest))
        if position % every == 0:
            parts.append(_words(bar.sign, (position + 0.5) * step, HEIGHT - 6))
    top = next((position for position, bar in enumerate(bars) if highest and bar.value == highest), None)
    if top is not None:
        parts.append(_words(format_number(highest), (top + 0.5) * step, _ABOVE - 5))
    words = Markup("<title>{}</title>").format(title)
    if description:
        words += Markup("<desc>{}</desc>").format(description)
    return Markup(
        '<svg class="bars" role="img" width="100%" height="{}" overflow="visible">{}{}</svg>'
    ).format(HEIGHT, words, Markup("").join(parts))


def _bar(bar: Bar, left: float, step: float, highest: int) -> Markup:
    space = HEIGHT - _ABOVE - _BELOW
    # One response among thousands is still seen.
    height = max(2.0, space * bar.value / highest) if bar.value else 0.0
    return Markup(
        '<rect x="{}%" y="{}" width="{}%" height="{}" fill="{}"><title>{}: {}</title></rect>'
    ).format(
        _number(left + step * 0.1),
        _number(HEIGHT - _BELOW - height),
        _number(step * 0.8),
        _number(height),
        BLUE,
        bar.name,
        format_number(bar.value),
    )


def _words(text: str, middle: float, baseline: int) -> Markup:
    # At the edges words would leave the drawing.
    anchor = "start" if middle < 4 else "end" if middle > 96 else "middle"
    at = 0.0 if anchor == "start" else 100.0 if anchor == "end" else middle
    return Markup('<text x="{}%" y="{}" font-size="13" text-anchor="{}" fill="{}">{}</text>').format(
        _number(at), baseline, anchor, GREY, text
    )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
