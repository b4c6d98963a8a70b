"""Reads the file of a weight set; every fault names its line."""

from __future__ import annotations

from collections.abc import Mapping

from survey_app.campaigns.rules import UnusableWeightSet, WeightDocument, read_document
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.gateway import Problem, UnableToRead, parse


class UnusableWeightFile(Refused):
    """The file is no weight set; `problems` name each line."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def read_weight_file(
    content: bytes, name: str, variables: Mapping[str, frozenset[str] | None]
) -> WeightDocument:
    """Return what a YAML file of a weight set says; `name` stands in messages, `variables` as in `read_document`.

    Raises
    ------
    UnusableWeightFile
    """
    if content.lstrip()[:1] in (b"", b"-", b"["):
        remedy = _("Bắt đầu tệp bằng dòng “steps:”, rồi mỗi bước một dòng “- tên_bước: …”")
        raise UnusableWeightFile([Problem(name, 1, _("tệp thiếu dòng “steps:”"), remedy)])
    try:
        source = parse(content, name)
    except UnableToRead as error:
        raise UnusableWeightFile([error.problem]) from error
    try:
        return read_document(source.document, variables)
    except UnusableWeightSet as error:
        found = [Problem(name, source.line(one.where), one.message, one.remedy) for one in error.faults]
        raise UnusableWeightFile(sorted(found, key=lambda one: (one.line, one.message))) from error
