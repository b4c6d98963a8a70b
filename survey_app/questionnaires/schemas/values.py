"""Marshmallow fields for the single values of a file; what they refuse, they refuse with a finding."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from marshmallow import ValidationError, fields

from survey_app.questionnaires.rules.limits import INSTRUMENT, LANGUAGE, MAXIMUM_WORDING, NAME
from survey_app.questionnaires.schemas.flaws import Finding, Flaw


def refusal(flaw: Flaw, **values: object) -> ValidationError:
    """Return the error that carries one finding at the value itself."""
    return ValidationError([Finding((), flaw, values)])


def messages(kind: Flaw) -> dict[str, Any]:
    """Return marshmallow's error messages for a value that is missing, null, or not of its `kind`."""
    same = [Finding((), kind)]
    return {
        "required": [Finding((), Flaw.REQUIRED)],
        "null": [Finding((), Flaw.EMPTY)],
        "invalid": same,
        "type": same,
    }


class ValueField(fields.Field[Any]):
    """A field whose refusals are findings."""

    default_error_messages = messages(Flaw.NOT_TEXT)


class NameField(ValueField):
    """An id."""

    pattern, flaw = NAME, Flaw.NOT_NAME

    def _deserialize(self, value: Any, *_args: Any, **_rest: Any) -> Any:
        if not isinstance(value, str):
            raise refusal(Flaw.NOT_TEXT)
        if not self.pattern.fullmatch(value):
            raise refusal(self.flaw, language=value)
        return value


class InstrumentField(NameField):
    """The name of an instrument; also the name of its folder."""

    pattern, flaw = INSTRUMENT, Flaw.NOT_INSTRUMENT


class LanguageField(NameField):
    """A language code."""

    pattern, flaw = LANGUAGE, Flaw.NOT_LANGUAGE


class ChoiceField(ValueField):
    """One of a few words."""

    def __init__(self, choices: Collection[str], **options: Any) -> None:
        super().__init__(**options)
        self.choices = choices

    def _deserialize(self, value: Any, *_args: Any, **_rest: Any) -> Any:
        if not isinstance(value, str) or value not in self.choices:
            raise refusal(Flaw.NOT_CHOICE, choices=", ".join(self.choices))
        return value


class WholeField(ValueField):
    """A whole number between two limits."""

    def __init__(self, minimum: int, maximum: int, **options: Any) -> None:
        super().__init__(**options)
        self.minimum, self.maximum = minimum, maximum

    def _deserialize(self, value: Any, *_args: Any, **_rest: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int) or not self.minimum <= value <= self.maximum:
            raise refusal(Flaw.NOT_WHOLE, minimum=self.minimum, maximum=self.maximum)
        return value


class WeightField(ValueField):
    """A positive number."""

    def _deserialize(self, value: Any, *_args: Any, **_rest: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1_000_000:
            raise refusal(Flaw.NOT_WEIGHT)
        return value


class SwitchField(ValueField):
    """true or false."""

    def _deserialize(self, value: Any, *_args: Any, **_rest: Any) -> Any:
        if not isinstance(value, bool):
            raise refusal(Flaw.NOT_SWITCH)
        return value


class WordingField(ValueField):
    """The same words in several languages."""

    def _deserialize(self, value: Any, *_args: Any, **_rest: Any) -> Any:
        if not isinstance(value, Mapping) or not value:
            raise refusal(Flaw.NOT_WORDING)
        wrong = {
            language: found for language, words in value.items() if (found := _wording_flaws(language, words))
        }
        if wrong:
            raise ValidationError(wrong)
        return value


def _wording_flaws(language: str, words: Any) -> list[Finding]:
    if not LANGUAGE.fullmatch(language):
        return [Finding((), Flaw.NOT_LANGUAGE, {"language": language})]
    if not isinstance(words, str):
        return [Finding((), Flaw.NOT_TEXT if words is not None else Flaw.BLANK)]
    if not words.strip():
        return [Finding((), Flaw.BLANK)]
    if len(words) > MAXIMUM_WORDING:
        return [Finding((), Flaw.TOO_LONG, {"maximum": MAXIMUM_WORDING})]
    found = [] if unicodedata.is_normalized("NFC", words) else [Finding((), Flaw.NOT_NFC)]
    return found if words == words.strip() else [*found, Finding((), Flaw.UNTRIMMED)]


class ListingField(fields.List[Any]):
    """A list with a least and a greatest length."""

    def __init__(
        self, inner: fields.Field[Any], minimum: int = 1, maximum: int = 100, **options: Any
    ) -> None:
        super().__init__(inner, error_messages=messages(Flaw.NOT_LIST), **options)
        self.minimum, self.maximum = minimum, maximum

    def _deserialize(self, value: Any, *args: Any, **rest: Any) -> Any:
        if isinstance(value, list) and len(value) > self.maximum:
            raise refusal(Flaw.TOO_MANY, maximum=self.maximum)
        result = super()._deserialize(value, *args, **rest)
        if len(result) < self.minimum:
            raise refusal(Flaw.TOO_FEW, minimum=self.minimum)
        return result


class NamedField(fields.Dict):
    """Values under freely chosen names."""

    def __init__(self, keys: fields.Field[Any], values: fields.Field[Any], **options: Any) -> None:
        super().__init__(keys=keys, values=values, error_messages=messages(Flaw.NOT_GROUP), **options)

    def _deserialize(self, value: Any, *args: Any, **rest: Any) -> Any:
        try:
            return super()._deserialize(value, *args, **rest)  # type: ignore[no-untyped-call]
        except ValidationError as error:
            if isinstance(error.messages, dict):  # marshmallow says {name: {"key" | "value": ...}}
                raise ValidationError(
                    {name: list(both.values()) for name, both in error.messages.items()}
                ) from error
            raise
