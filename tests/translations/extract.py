"""Compares the strings of the code with the English catalogue.

python -m tests.translations.extract --check     fails, naming each string without a translation
python -m tests.translations.extract --update    adds new strings, removes those no longer used
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext.babel_extract")]
OPTIONS = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}


def used_messages() -> Catalog:
    """Every message in the code and the templates, with its places."""
    catalogue = Catalog(locale="en", project="survey_app", charset="utf-8")
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
    found = extract_from_dir(ROOT / "survey_app", METHODS, OPTIONS, keywords=keywords)
    for name, _line, message, _comments, _context in found:
        catalogue.add(message, locations=[(name, None)])
    return catalogue


def english() -> Catalog:
    """The committed English catalogue."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def untranslated() -> list[str]:
    """Messages in use that have no English."""
    known = english()
    missing = []
    for message in used_messages():
        translation = known.get(message.id) if message.id else None
        parts = translation.string if translation is not None else ""
        if message.id and not all(parts if isinstance(parts, tuple) else (parts,)):
            missing.append(str(message.id))
    return missing


def unused() -> list[str]:
    """Messages of the catalogue that nothing uses any more."""
    used = used_messages()
    return [str(message.id) for message in english() if message.id and used.get(message.id) is None]


def update() -> None:
    """Bring the English catalogue to the messages in use; new ones wait for a translation."""
    used, known = used_messages(), english()
    fresh = Catalog(locale="en", project="survey_app", charset="utf-8", fuzzy=False)
    for message in used:
        if message.id:
            translation = known.get(message.id)
            text = translation.string if translation is not None else ""
            fresh.add(message.id, text, locations=sorted({(name, None) for name, _ in message.locations}))
    with ENGLISH.open("wb") as file:
        write_po(file, fresh, width=110, sort_output=True, omit_header=False, include_lineno=False)


def main() -> int:
    """Run the command line."""
    if "--update" in sys.argv:
        update()
    for message in untranslated():
        print(f"no English for: {message}", file=sys.stderr)
    for message in unused():
        print(f"no longer used: {message}", file=sys.stderr)
    return 1 if untranslated() or unused() else 0


if __name__ == "__main__":
    sys.exit(main())
