"""What the reader chose: language, text size, contrast. Kept in the address, so no cookie is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from survey_app.foundation.languages import DEFAULT, known_language

SIZES = ("m", "l", "xl")


@dataclass(frozen=True, slots=True)
class Display:
    """The reader's choices; the default needs no query string."""

    language: str = DEFAULT
    size: str = "m"
    contrast: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Display:
        """Read `lang`, `size` and `contrast`; what is unknown becomes the default."""
        if "lang" not in query and "size" not in query and "contrast" not in query:
            return _STANDARD
        size = query.get("size", "m")
        return cls(
            language=known_language(query.get("lang")) or DEFAULT,
            size=size if size in SIZES else "m",
            contrast=query.get("contrast") == "high",
        )

    def changed(self, choice: str) -> Display:
        """Apply one choice such as `lang:en`, `size:l`, `contrast:high` (the value of a tool button)."""
        name, _, value = choice.partition(":")
        query = self.query_values() | {name: value}
        return Display.from_query(query)

    def query_values(self) -> dict[str, str]:
        """Return the choices that differ from the default, as query parameters."""
        values = {}
        if self.language != DEFAULT:
            values["lang"] = self.language
        if self.size != "m":
            values["size"] = self.size
        if self.contrast:
            values["contrast"] = "high"
        return values

    def query(self, **more: str) -> str:
        """Return `?lang=en&…`, or an empty text. Values are plain ASCII words by construction."""
        pairs = "&".join(f"{name}={value}" for name, value in (self.query_values() | more).items())
        return f"?{pairs}" if pairs else ""

    def tools(self) -> list[tuple[str, Display]]:
        """Return the choices offered in the page header: (name of the tool, resulting display)."""
        position = SIZES.index(self.size)
        return [
            ("language", replace(self, language="vi" if self.language == "en" else "en")),
            ("smaller", replace(self, size=SIZES[max(0, position - 1)])),
            ("larger", replace(self, size=SIZES[min(2, position + 1)])),
            ("contrast", replace(self, contrast=not self.contrast)),
        ]


_STANDARD = Display()
