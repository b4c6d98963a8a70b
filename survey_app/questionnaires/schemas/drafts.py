"""What stands between a draft and its publication, each finding with the part of the draft where it is mended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from survey_app.foundation.languages import LANGUAGES
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.gateway import Where
from survey_app.questionnaires.rules.drafting import GENERAL, RECIPE
from survey_app.questionnaires.schemas.flaws import Finding, Flaw
from survey_app.questionnaires.schemas.meaning import meaning_findings
from survey_app.questionnaires.schemas.shape import shape_findings


@dataclass(frozen=True, slots=True)
class DraftProblem:
    """One problem in the reader's words; `part` is the name of the part to open (rules.drafting)."""

    part: str
    message: str
    remedy: str


def has_sound_shape(document: Mapping[str, Any]) -> bool:
    """Say whether the document may be kept as a draft."""
    return not shape_findings(document)


def shape_words(document: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the shape of a document, in the reader's words; none if it may be kept as a draft."""
    return ["{}. {}.".format(*_words(found)) for found in shape_findings(document)]


def draft_problems(text: str) -> list[DraftProblem]:
    """Return the problems of a draft given as its stored JSON; none means that it can be published."""
    document = json.loads(text)
    return [DraftProblem(part_at(document, found.where), *_words(found)) for found in _findings(text)]


def _words(found: Finding) -> tuple[str, str]:
    """A form has no lines to add and knows no names of the file's format."""
    if found.flaw is Flaw.TOO_FEW and found.where[-1:] == ("options",):
        return (
            _("cần ít nhất %(minimum)s phương án trả lời", minimum=found.values["minimum"]),
            _("Viết thêm phương án, hoặc chọn một bộ phương án dùng chung"),
        )
    if found.flaw is Flaw.TOO_FEW and found.where[-1:] == ("rows",):
        return _("cần ít nhất %(minimum)s dòng", minimum=found.values["minimum"]), _("Viết thêm dòng")
    if found.flaw is Flaw.UNTRANSLATED:
        language = LANGUAGES.get(str(found.values["language"]), found.values["language"])
        return (
            _("thiếu lời %(language)s", language=language),
            _("Viết lời còn thiếu, hoặc bỏ ngôn ngữ này trong “Thông tin chung”"),
        )
    return found.words()


@lru_cache(maxsize=64)
def _findings(text: str) -> tuple[Finding, ...]:
    document = json.loads(text)
    found = shape_findings(document) or meaning_findings(document, lambda _where: 0)
    return tuple(found)


def part_at(document: Mapping[str, Any], where: Where) -> str:
    """Return the name of the part of the document in which the place `where` lies."""
    first, *rest = where or ("",)
    if first == "recipe":
        return RECIPE
    if first == "scales" and rest:
        return f"scale:{rest[0]}"
    if first == "sections" and rest:
        section = document["sections"][rest[0]]
        if rest[1:2] == ["questions"] and len(rest) > 2:
            return f"question:{section['questions'][rest[2]]['id']}"
        return f"section:{section['id']}"
    return GENERAL
