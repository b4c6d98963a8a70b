"""Marshmallow shapes of the file: which keys stand where, and what one value may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from marshmallow.exceptions import SCHEMA

from survey_app.questionnaires.gateway import Step, Where
from survey_app.questionnaires.rules import (
    TYPE_KEYS,
    Aggregation,
    BlankRule,
    MissingCode,
    QuestionType,
    ScoreMethod,
)
from survey_app.questionnaires.rules.limits import MISSING_NAMES, NUMBER_BOUND
from survey_app.questionnaires.schemas.flaws import Finding, Flaw
from survey_app.questionnaires.schemas.values import (
    ChoiceField,
    InstrumentField,
    LanguageField,
    ListingField,
    NamedField,
    NameField,
    SwitchField,
    WeightField,
    WholeField,
    WordingField,
    messages,
    refusal,
)


def shape_findings(document: Mapping[str, Any]) -> list[Finding]:
    """Return what is wrong with the shape of `document`; an empty list when every value is of its kind."""
    return list(_flatten(QuestionnaireShape().validate(document), ()))


def _flatten(errors: Any, where: Where) -> list[Finding]:
    if isinstance(errors, Finding):
        return [Finding((*where, *errors.where), errors.flaw, errors.values)]
    if isinstance(errors, Mapping):
        return [found for step, below in errors.items() for found in _flatten(below, _inside(where, step))]
    return [found for below in errors for found in _flatten(below, where)]


def _inside(where: Where, step: Step) -> Where:
    return where if step == SCHEMA else (*where, step)


class _Part(Schema):
    """A group of keys; any other key is refused."""

    error_messages = {  # noqa: RUF012  (marshmallow's own declaration is an instance attribute)
        "unknown": Finding((), Flaw.UNKNOWN_KEY),  # type: ignore[dict-item]
        "type": Finding((), Flaw.NOT_GROUP),  # type: ignore[dict-item]
    }


def _part(shape: type[Schema], **options: Any) -> fields.Nested:
    return fields.Nested(shape, error_messages=messages(Flaw.NOT_GROUP), **options)


class OptionShape(_Part):
    """One answer of a choice."""

    code = WholeField(1, 100, required=True)
    label = WordingField(required=True)
    specify = SwitchField()


class RowShape(_Part):
    """One row of a `rows` question."""

    id = NameField(required=True)
    text = WordingField(required=True)


class ConditionShape(_Part):
    """One condition of `show_if`."""

    item = NameField(required=True)
    codes = ListingField(WholeField(min(MissingCode), 100), required=True)


class QuestionShape(_Part):
    """One question; which keys it has depends on its type."""

    id = NameField(required=True)
    type = ChoiceField(tuple(QuestionType), required=True)
    text = WordingField(required=True)
    help = WordingField()
    scale = NameField()
    options = ListingField(_part(OptionShape), minimum=2)
    rows = ListingField(_part(RowShape), maximum=60)
    required = SwitchField()
    missing = ListingField(ChoiceField(MISSING_NAMES), maximum=3)
    show_if = ListingField(_part(ConditionShape), maximum=10)
    minimum = WholeField(-NUMBER_BOUND, NUMBER_BOUND)
    maximum = WholeField(-NUMBER_BOUND, NUMBER_BOUND)
    max_length = WholeField(1, 5000)

    @validates_schema
    def _fits_its_type(self, question: dict[str, Any], **_rest: Any) -> None:
        kind = QuestionType(question["type"])
        always, sometimes = TYPE_KEYS[kind]
        of_types = frozenset[str]().union(*(one | other for one, other in TYPE_KEYS.values()))
        wrong = dict.fromkeys(always - question.keys(), Flaw.KEY_FOR_TYPE)
        wrong |= dict.fromkeys(of_types & question.keys() - always - sometimes, Flaw.KEY_NOT_FOR_TYPE)
        if wrong:
            raise ValidationError({key: [Finding((), flaw, {"type": kind})] for key, flaw in wrong.items()})
        if "options" in sometimes and not {"scale", "options"} & question.keys():
            raise refusal(Flaw.NO_ANSWERS, type=kind)
        if {"scale", "options"} <= question.keys():
            raise refusal(Flaw.TWO_KINDS_OF_ANSWERS)


class SectionShape(_Part):
    """Questions under one heading."""

    id = NameField(required=True)
    title = WordingField(required=True)
    help = WordingField()
    questions = ListingField(_part(QuestionShape), required=True)


class CriterionShape(_Part):
    """One criterion of the index."""

    item = NameField(required=True)
    label = WordingField()
    weight = WeightField()


class FactorShape(_Part):
    """One factor of a content."""

    id = NameField(required=True)
    label = WordingField(required=True)
    weight = WeightField()
    criteria = ListingField(_part(CriterionShape), required=True)


class ContentShape(_Part):
    """One content of the index."""

    id = NameField(required=True)
    label = WordingField(required=True)
    weight = WeightField()
    factors = ListingField(_part(FactorShape))
    criteria = ListingField(_part(CriterionShape))

    @validates_schema
    def _has_one_kind_of_parts(self, content: dict[str, Any], **_rest: Any) -> None:
        if ("factors" in content) == ("criteria" in content):
            raise refusal(Flaw.PARTS_OF_CONTENT)


class AlternativeShape(_Part):
    """Another way to compute the index; what it does not name is as in the recipe."""

    id = NameField(required=True)
    label = WordingField(required=True)
    score = ChoiceField(tuple(ScoreMethod))
    aggregation = ChoiceField(tuple(Aggregation))
    blanks = ChoiceField(tuple(BlankRule))


class RecipeShape(_Part):
    """How the index is computed."""

    score = ChoiceField(tuple(ScoreMethod), required=True)
    aggregation = ChoiceField(tuple(Aggregation), required=True)
    blanks = ChoiceField(tuple(BlankRule), required=True)
    status_note = WordingField(required=True)
    contents = ListingField(_part(ContentShape), required=True)
    alternatives = ListingField(_part(AlternativeShape))


class QuestionnaireShape(_Part):
    """The whole file."""

    instrument = InstrumentField(required=True)
    version = WholeField(1, 9999, required=True)
    languages = ListingField(LanguageField(), maximum=30, required=True)
    seconds = WholeField(5, 7200, required=True)
    title = WordingField(required=True)
    purpose = WordingField(required=True)
    source = WordingField(required=True)
    scales = NamedField(NameField(), ListingField(_part(OptionShape), minimum=2))
    missing_answers = NamedField(ChoiceField(MISSING_NAMES), WordingField())
    sections = ListingField(_part(SectionShape), required=True)
    recipe = _part(RecipeShape)
