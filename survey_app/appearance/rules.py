"""Pure rules of looks: the tokens, contrast after WCAG 2.2, the nearest colour that can be read, the stylesheet."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from survey_app.foundation.languages import format_number
from survey_app.foundation.languages import gettext as _

LEAST_CONTRAST = 4.5
"""Success criterion 1.4.3 of WCAG 2.2, level AA, for text of normal size."""

_HEX = re.compile(r"#[0-9a-f]{6}")
_BLACK, _WHITE = "#000000", "#ffffff"
_STEPS = 256


@dataclass(frozen=True, slots=True)
class Tokens:
    """Five colours as `#rrggbb`: what a province may choose. The default is the look that ships."""

    accent: str = "#0a5275"
    on_accent: str = "#ffffff"
    ink: str = "#16242f"
    paper: str = "#ffffff"
    mist: str = "#f1f5f8"


DEFAULTS = Tokens()
TOKENS = tuple(asdict(DEFAULTS))

FIXED: Mapping[str, str] = {"soft": "#4a5a67", "bad": "#a3190f", "good": "#0b6338", "warn": "#7a4b00"}
"""Text colours of the shipped styles that no theme changes: they must stay readable on a theme's grounds."""

PAIRS: tuple[tuple[str, str], ...] = (
    ("accent", "on_accent"),
    ("accent", "paper"),
    ("ink", "paper"),
    ("ink", "mist"),
    *((name, ground) for ground in ("paper", "mist") for name in FIXED),
)
"""Which colour is read against which on our pages."""


def read_colour(text: str) -> str | None:
    """Return `text` as `#rrggbb` in small letters, None if it is no such colour."""
    folded = text.strip().lower()
    return folded if _HEX.fullmatch(folded) else None


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0 (black) to 1 (white).

    References
    ----------
    WCAG 2.2, "relative luminance", https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
    """
    shares = (value / 255 for value in _channels(colour))
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 (the same) to 21 (black on white).

    References
    ----------
    WCAG 2.2, "contrast ratio", https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A pair of too little contrast, and a token with the nearest value that mends all pairs it is part of.

    `changed` is None where no value of one token alone helps.
    """

    text: str
    ground: str
    ratio: float
    changed: str | None
    nearest: str | None


def unreadable_pairs(tokens: Tokens) -> list[Unreadable]:
    """Return every pair of `tokens` below the least contrast, with a way out."""
    values = {**FIXED, **asdict(tokens)}
    found = []
    for text, ground in PAIRS:
        ratio = contrast(values[text], values[ground])
        if ratio < LEAST_CONTRAST:
            found.append(Unreadable(text, ground, ratio, *_way_out(values, text, ground)))
    return found


def _way_out(values: Mapping[str, str], *pair: str) -> tuple[str | None, str | None]:
    for name in pair:
        nearest = None if name in FIXED else nearest_readable(values[name], _partners(values, name))
        if nearest:
            return name, nearest
    return None, None


def _partners(values: Mapping[str, str], name: str) -> list[str]:
    return [values[pair[1 - pair.index(name)]] for pair in PAIRS if name in pair]


def nearest_readable(colour: str, against: list[str]) -> str | None:
    """Return the colour nearest to `colour`, darker or lighter, that can be read against all of `against`.

    It is sought on the straight lines to black and to white, so the hue stays. None if both ends fail.
    """
    for share in range(_STEPS + 1):
        for end in (_BLACK, _WHITE):
            mixed = _mixed(colour, end, share / _STEPS)
            if all(contrast(mixed, other) >= LEAST_CONTRAST for other in against):
                return mixed
    return None


def _channels(colour: str) -> Iterator[int]:
    return (int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _mixed(colour: str, end: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(end), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def theme_css(tokens: Tokens) -> str:
    """Return the stylesheet of a theme, for citizens' and staff pages alike; it is loaded after theirs.

    High contrast stays as it ships: whoever asks for it gets no province's colours.
    """
    hover = _mixed(tokens.accent, _BLACK, 0.25)
    rules = {f"--{name.replace('_', '-')}": value for name, value in asdict(tokens).items()}
    rules |= {"--pico-primary-hover": hover, "--pico-primary-hover-background": hover}
    return ":root:not(.contrast){" + ";".join(f"{name}:{value}" for name, value in rules.items()) + "}"


def stylesheet_address(tokens: Tokens) -> str:
    """Return the public address of `theme_css(tokens)`; it names its content, so browsers keep it for good."""
    digest = hashlib.sha256(theme_css(tokens).encode()).hexdigest()[:12]
    return f"/theme/{digest}-{'-'.join(value[1:] for value in asdict(tokens).values())}.css"


def tokens_of_address(name: str) -> Tokens | None:
    """Return the tokens of the stylesheet called `name`, such as `<digest>-0a5275-….css` without its ending.

    None if `name` is no name that `stylesheet_address` gives.
    """
    values = [read_colour(f"#{part}") for part in name.split("-")[1:]]
    if len(values) != len(TOKENS) or None in values:
        return None
    tokens = Tokens(*(value for value in values if value))
    return tokens if stylesheet_address(tokens) == f"/theme/{name}.css" else None


def token_label(name: str) -> str:
    """Return a token, or a fixed text colour, in the reader's words."""
    return {
        "accent": _("Màu chủ đạo"),
        "on_accent": _("Chữ trên màu chủ đạo"),
        "ink": _("Màu chữ"),
        "paper": _("Nền trang"),
        "mist": _("Nền ô"),
        "soft": _("Chữ phụ"),
        "bad": _("Chữ báo lỗi"),
        "good": _("Chữ báo tốt"),
        "warn": _("Chữ cảnh báo"),
    }[name]


def describe(pair: Unreadable) -> str:
    """Return what is wrong with a pair and the nearest colour that would do, in the reader's words."""
    fault = _(
        "“%(text)s” và “%(ground)s” chỉ tương phản %(ratio)s : 1, cần ít nhất 4,5 : 1.",
        text=token_label(pair.text),
        ground=token_label(pair.ground),
        # Cut, not rounded: 4.499 must not read as 4.5.
        ratio=format_number(int(pair.ratio * 100) / 100, 2),
    )
    if pair.changed is None:
        both = _("Xin đổi cả hai màu cho khác nhau rõ hơn.")
        return f"{fault} {both}"
    advice = _(
        "Có thể đổi “%(token)s” thành %(colour)s.", token=token_label(pair.changed), colour=pair.nearest
    )
    return f"{fault} {advice}"
