"""Compiles the form of a frozen questionnaire once, and renders it anew only to give answers back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from flask import render_template
from markupsafe import Markup, escape

from survey_app.campaigns.queries import Entry
from survey_app.foundation.database import Database
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.languages import ngettext, use_language
from survey_app.questionnaires.queries import by_id
from survey_app.questionnaires.rules import Question, Questionnaire, Text
from survey_app.responses.rules.answers import AnswerError
from survey_app.responses.views.directory import Place, place_of
from survey_app.web.display import Display
from survey_app.web.splice import SplicedPage, gap

_GAPS = Place(code=gap("code"), unit=gap("unit"), name=gap("name"), line=gap("line"))


@dataclass(frozen=True, slots=True)
class FilledPage:
    """A compiled page and what this reader's copy has in its gaps."""

    page: SplicedPage
    fillings: Mapping[str, str]


class Pages:
    """Compiled forms and thanks pages. Versions are immutable and few, so nothing is ever forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._questionnaires: dict[int, Questionnaire] = {}
        self._forms: dict[tuple[int, Display], SplicedPage] = {}
        self._thanks: dict[Display, SplicedPage] = {}

    def questionnaire(self, version_id: int) -> Questionnaire:
        """Return a frozen questionnaire; read once per process."""
        known = self._questionnaires.get(version_id)
        if known is None:
            with self._database.read() as session:
                known = self._questionnaires[version_id] = by_id(session, version_id)
        return known

    def form(self, version_id: int, entry: Entry, display: Display, hidden: Markup) -> FilledPage:
        """Return the empty form of a version at the place of `entry`."""
        page = self._forms.get((version_id, display))
        if page is None:
            html = render_form(self.questionnaire(version_id), _GAPS, display, hidden=gap("hidden"))
            page = self._forms[version_id, display] = SplicedPage.from_html(html)
        return FilledPage(page, _escaped(place_of(entry, display.language)) | {"hidden": hidden})

    def thanks(self, entry: Entry, display: Display, receipt: str) -> FilledPage:
        """Return the thanks page with a receipt."""
        page = self._thanks.get(display)
        if page is None:
            html = render_template(
                "responses/thanks.html",
                place=_GAPS,
                campaign=gap("campaign"),
                receipt=gap("receipt"),
                tool_link=lambda target: f"/{gap('code')}/thanks{target.query(receipt=gap('receipt'))}",
            )
            page = self._thanks[display] = SplicedPage.from_html(html)
        campaign = f"/{entry.campaign.code}" if entry.campaign else ""
        place = _escaped(place_of(entry, display.language))
        return FilledPage(page, place | {"campaign": campaign, "receipt": receipt})


def _escaped(place: Place) -> dict[str, str]:
    return {name: str(escape(value)) for name, value in asdict(place).items()}


def hidden_fields(submission_id: str, token: str) -> Markup:
    """Return the part of a form that differs from reader to reader."""
    field = Markup('<input type="hidden" name="{}" value="{}">')
    return field.format("submission_id", submission_id) + field.format("form_token", token)


def render_form(
    questionnaire: Questionnaire,
    place: Place,
    display: Display,
    *,
    hidden: Markup | str,
    submitted: Mapping[str, Sequence[str]] | None = None,
    errors: Sequence[AnswerError] = (),
    notice: str | None = None,
) -> str:
    """Return the form as HTML, with what was `submitted` still in its fields."""
    language = shown_language(questionnaire, display)
    with use_language(display.language):
        return render_template(
            "responses/form.html",
            questionnaire=questionnaire,
            place=place,
            duration=duration(questionnaire.seconds),
            submitted=submitted or {},
            errors=errors,
            wrong={error.item for error in errors},
            anchors={error.item: _anchor(questionnaire, error.item) for error in errors},
            notice=notice,
            hidden=hidden,
            t=lambda text: _wording(text, language),
            conditions=_conditions,
            tool_choice=tool_choice,
        )


def shown_language(questionnaire: Questionnaire, display: Display) -> str:
    """Return the language that the questions are shown in: the reader's, if the questionnaire offers it."""
    offered = questionnaire.languages
    return display.language if display.language in offered else offered[0]


def _wording(text: Text, language: str) -> str:
    return text[language]


def _anchor(questionnaire: Questionnaire, item_id: str) -> str:
    """Return the id of the first control that answers an item."""
    item = questionnaire.item(item_id)
    return f"{item.id}_{item.options[0].code}" if item.options else item.id


def _conditions(question: Question) -> str:
    return ";".join(f"{one.item}={','.join(map(str, one.codes))}" for one in question.show_if)


def tool_choice(tool: str, target: Display) -> str:
    """Return the value of a tool button inside a form, such as `lang:en`."""
    return {
        "language": f"lang:{target.language}",
        "smaller": f"size:{target.size}",
        "larger": f"size:{target.size}",
        "contrast": f"contrast:{'high' if target.contrast else 'normal'}",
    }[tool]


def duration(seconds: int) -> str:
    """Return an honest duration in words: seconds under a minute and a half, then whole minutes."""
    if seconds < 90:
        return _("%(num)s giây", num=seconds)
    return ngettext("%(num)s phút", "%(num)s phút", round(seconds / 60))
