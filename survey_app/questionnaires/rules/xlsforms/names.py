"""Ids of a questionnaire for the names of an XLSForm, which may be freer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from survey_app.questionnaires.rules.page_names import RESERVED_IDS

MOST_CHARACTERS = 40

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,39}", re.ASCII)


def ascii_of(text: str) -> str:
    """Return `text` without marks, other signs as `_`."""
    flat = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    bare = "".join(one for one in flat if not unicodedata.combining(one))
    return re.sub(r"[^A-Za-z0-9_.]+", "_", bare).strip("_")


def instrument_of(text: str) -> str:
    """Return a name for the instrument: small letters, digits and `_`."""
    bare = ascii_of(text).lower().replace(".", "_")
    return (bare if bare[:1].isalpha() else f"f_{bare}".rstrip("_"))[:MOST_CHARACTERS]


class Ids:
    """Gives out ids that are unique, not reserved, and whose controls on the form page are in nobody's way.

    The rules are those of `schemas.ids`: the page names a control `<id>_<code>` for each answer, else `<id>`.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set(RESERVED_IDS)
        self._controls: set[str] = set()

    def new(self, wanted: str, codes: Sequence[int] | None = None, *, specify: bool = False) -> str:
        """Return `wanted`, or the nearest id that is free.

        `codes` are the answers of an item, empty for one without; None for a heading or a table, which have no
        control. `specify` keeps `<id>_text` free as well.
        """
        bare = wanted if _NAME.fullmatch(wanted) else ascii_of(wanted)[: MOST_CHARACTERS - 4]
        if not bare[:1].isalpha():
            bare = f"q_{bare}".rstrip("_")
        if bare in RESERVED_IDS:
            bare = f"q_{bare}"
        number, found = 1, bare
        while not self._free(found, codes, specify=specify):
            number += 1
            found = f"{bare[: MOST_CHARACTERS - 5]}_{number}"
        self._taken |= self._ids(found, specify=specify)
        self._controls |= self._controls_of(found, codes, specify=specify)
        return found

    def _free(self, one: str, codes: Sequence[int] | None, *, specify: bool) -> bool:
        return self._taken.isdisjoint(self._ids(one, specify=specify)) and self._controls.isdisjoint(
            self._controls_of(one, codes, specify=specify)
        )

    @staticmethod
    def _ids(one: str, *, specify: bool) -> set[str]:
        return {one, f"{one}_text"} if specify else {one}

    @staticmethod
    def _controls_of(one: str, codes: Sequence[int] | None, *, specify: bool) -> set[str]:
        names = set() if codes is None else {f"{one}_{code}" for code in codes} or {one}
        return names | {f"{one}_text"} if specify else names
