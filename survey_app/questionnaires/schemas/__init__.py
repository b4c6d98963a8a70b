"""Checks a questionnaire file completely; every finding names file, line and remedy."""

from __future__ import annotations

import re
from pathlib import Path

from survey_app.foundation.errors import Refused
from survey_app.questionnaires.gateway import Problem, SourceFile, UnableToRead, read
from survey_app.questionnaires.schemas.flaws import Finding, Flaw
from survey_app.questionnaires.schemas.meaning import meaning_findings
from survey_app.questionnaires.schemas.shape import shape_findings

__all__ = ["InvalidQuestionnaire", "check", "load", "problems_of"]


class InvalidQuestionnaire(Refused):
    """The file has `problems`; nothing is made of it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def load(path: Path) -> SourceFile:
    """Return the file with a document that `rules.build` accepts.

    Raises
    ------
    InvalidQuestionnaire
        With every problem found.
    """
    try:
        source = read(path)
    except UnableToRead as error:
        raise InvalidQuestionnaire([error.problem]) from error
    if problems := problems_of(source):
        raise InvalidQuestionnaire(problems)
    return source


def check(path: Path) -> list[Problem]:
    """Return the problems of a file, by line; an empty list when it is sound."""
    try:
        load(path)
    except InvalidQuestionnaire as error:
        return error.problems
    return []


def problems_of(source: SourceFile) -> list[Problem]:
    """Return the problems of a file that has been read; contradictions are sought once its shape is sound."""
    findings = shape_findings(source.document)
    if not findings:
        findings = [*meaning_findings(source.document, source.line), *_name_findings(source)]
    problems = [_problem(found, source) for found in findings]
    return sorted(problems, key=lambda problem: (problem.line, problem.message))


def _problem(found: Finding, source: SourceFile) -> Problem:
    message, remedy = found.words()
    return Problem(source.name, source.line(found.where), message, remedy)


def _name_findings(source: SourceFile) -> list[Finding]:
    """A file in its final place, `<instrument>/v<version>.yaml`, must hold what its name says."""
    path = Path(source.name)
    number = re.fullmatch(r"v([0-9]{1,4})\.yaml", path.name)
    inside = f"{source.document['instrument']}/v{source.document['version']}.yaml"
    outside = f"{path.absolute().parent.name}/{path.name}"
    if number and inside != outside:
        return [Finding(("version",), Flaw.NAME_DIFFERS, {"inside": inside, "outside": outside})]
    return []
