"""Forms of the parts of a draft, each made for the draft's languages and filled from what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.forms.general import GeneralForm, general_fields
from survey_app.questionnaires.forms.part import PartForm
from survey_app.questionnaires.forms.questions import Made, NewQuestionForm, QuestionForm, question_fields
from survey_app.questionnaires.forms.recipe import RecipeForm, recipe_fields
from survey_app.questionnaires.forms.wordings import codes_to_show, option_fields, wording_fields
from survey_app.questionnaires.rules.drafting import GENERAL, RECIPE, digest

Document = Mapping[str, Any]


class SectionForm(PartForm):
    """The heading of a section."""

    def content(self, present: Any) -> dict[str, Any]:
        """Return the heading."""
        help_words = self.words("help")
        made = {"id": present["id"], "title": self.words("title")}
        return made | ({"help": help_words} if help_words else {})


class ScaleForm(PartForm):
    """The words of a set of answers; codes stay, because figures of all years are counted by them."""

    def content(self, present: Any) -> list[dict[str, Any]]:
        """Return the answers."""
        return self.typed_options()


def part_form(document: Document, part: str, present: Any, typed: Sequence[str], **options: Any) -> PartForm:
    """Return the form of a part, filled from `present`; `typed` are the names of the fields sent.

    Named options are those of a form: `formdata=None` shows what is there whatever was sent.
    """
    kind, made = _kind_and_fields(document, part, present, typed)
    form: PartForm = _made(kind, made, document, **options)
    if not form.seen.data:
        form.seen.data = digest(present)
    return form


def _kind_and_fields(
    document: Document, part: str, present: Any, typed: Sequence[str]
) -> tuple[type[PartForm], Made]:
    if part == GENERAL:
        return GeneralForm, (general_fields(document), ())
    if part == RECIPE:
        return RecipeForm, (recipe_fields(document, present), ())
    kind = part.partition(":")[0]
    if kind == "question":
        return QuestionForm, question_fields(document, present, typed)
    if kind == "section":
        return SectionForm, (_section_fields(document, present), ())
    return ScaleForm, _scale_fields(document, present, typed)


def _scale_fields(document: Document, present: Any, typed: Sequence[str]) -> Made:
    fixed = {option["code"] for option in present} == {1, 2, 3, 4, 5}
    codes = codes_to_show(present, typed, more=0 if fixed else 2)
    return option_fields(present, document["languages"], codes=codes, specify=not fixed), codes


def _section_fields(document: Document, present: Document) -> dict[str, Any]:
    languages = document["languages"]
    fields = wording_fields("title", _("Tên phần"), languages, present=present["title"], required=True)
    return fields | wording_fields("help", _("Lời dẫn"), languages, present=present.get("help"), long=True)


def new_question_form(
    document: Document, question: Document, typed: Sequence[str], **options: Any
) -> NewQuestionForm:
    """Return the form of a question that is not in the document yet."""
    form: NewQuestionForm = _made(
        NewQuestionForm, question_fields(document, question, typed), document, **options
    )
    if not form.id.data:
        form.id.data = question["id"]
    return form


def _made(kind: type[PartForm], made: Made, document: Document, **options: Any) -> Any:
    fields, codes = made
    members: dict[str, Any] = {**fields, "codes": codes, "languages": tuple(document["languages"])}
    return type(kind.__name__, (kind,), members)(**options)
