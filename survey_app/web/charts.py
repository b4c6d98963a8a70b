"""Charts drawn by hand as SVG: tuples in, markup out; text stays text, and no style attribute is needed.

Positions are percentages of the drawing's width, so a chart fills its column on any screen without stretching
its signs or shrinking its words. Meaning is carried by shape and position; every colour has a contrast of at
least 4.5 : 1 on white (WCAG 2.2, 1.4.3 and 1.4.11). The classes let a page change colours for high contrast.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from survey_app.foundation.languages import format_number

Interval = tuple[float, float | None, float | None]
"""Estimate, lower and upper limit, each between 0 and 100; limits are None where none is defined."""

INK = "#16242f"
ACCENT = "#1b6fa3"
QUIET = "#5b6c79"

_TICKS = (0.0, 25.0, 50.0, 75.0, 100.0)
_HEIGHT = 26
_MIDDLE = _HEIGHT / 2
_BAND = 10


def interval_bar(
    interval: Interval, *, title: str, description: str = "", reference: float | None = None
) -> Markup:
    """Draw one estimate as an upright stroke and its confidence interval as a band on a scale from 0 to 100.

    The stroke is higher than the band, so both are seen however narrow the interval is.

    Parameters
    ----------
    interval
        (estimate, low, high) in percent.
    title, description
        What a screen reader says of the drawing, in the reader's language; escaped here.
    reference
        A value in percent to compare with, drawn as a dashed vertical line.

    Raises
    ------
    ValueError
        A value lies outside 0 to 100, or the limits do not enclose the estimate.
    """
    estimate, low, high = _checked(interval)
    parts = [_scale()]
    if reference is not None:
        parts.append(_upright("ref", reference, QUIET, 2, dash="3 3"))
    if low is not None and high is not None:
        parts.append(
            Markup('<rect class="ci" x="{}" y="{}" width="{}" height="{}" fill="{}"/>').format(
                _percent(low), _number(_MIDDLE - _BAND / 2), _percent(high - low), _BAND, ACCENT
            )
        )
    parts.append(_upright("at", estimate, INK, 3))
    return _drawing("bar", _HEIGHT, parts, title, description)


def scale_axis() -> Markup:
    """Draw the numbers 0 to 100 that stand above a column of `interval_bar`s; silent for screen readers."""
    labels = []
    for tick in _TICKS:
        anchor = "start" if tick == 0 else "end" if tick == 100 else "middle"
        labels.append(
            Markup('<text x="{}" y="13" font-size="13" text-anchor="{}" fill="{}">{}</text>').format(
                _percent(tick), anchor, QUIET, format_number(tick)
            )
        )
    return Markup(
        '<svg class="axis" width="100%" height="18" overflow="visible" aria-hidden="true">{}</svg>'
    ).format(Markup("").join(labels))


def _checked(interval: Interval) -> Interval:
    estimate, low, high = interval
    if not all(0 <= value <= 100 for value in interval if value is not None):
        raise ValueError(f"{interval}: a value lies outside 0 to 100.")
    # estimates are rounded to nine decimals, so a limit may pass them by half a unit of the last one
    if low is not None and high is not None and not low - 1e-8 <= estimate <= high + 1e-8:
        raise ValueError(f"{interval}: the limits do not enclose the estimate.")
    return interval


def _scale() -> Markup:
    ends = [(0.0, 100.0, 0.0)] + [(tick, tick, 4.0) for tick in _TICKS]
    lines = [
        Markup('<line x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
            _percent(left), _percent(right), _number(_MIDDLE - half), _number(_MIDDLE + half)
        )
        for left, right, half in ends
    ]
    return Markup('<g class="grid" stroke="{}">{}</g>').format(QUIET, Markup("").join(lines))


def _upright(name: str, at: float, colour: str, width: int, *, dash: str = "") -> Markup:
    dashes = Markup(' stroke-dasharray="{}"').format(dash) if dash else Markup("")
    return Markup('<line class="{}" x1="{}" x2="{}" y1="1" y2="{}" stroke="{}" stroke-width="{}"{}/>').format(
        name, _percent(at), _percent(at), _HEIGHT - 1, colour, width, dashes
    )


def _drawing(name: str, height: int, parts: Sequence[Markup], title: str, description: str) -> Markup:
    words = Markup("<title>{}</title>").format(title)
    if description:
        words += Markup("<desc>{}</desc>").format(description)
    return Markup('<svg class="{}" role="img" width="100%" height="{}" overflow="visible">{}{}</svg>').format(
        name, height, words, Markup("").join(parts)
    )


def _percent(value: float) -> str:
    return f"{_number(value)}%"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
