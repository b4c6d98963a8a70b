"""Compiles the form of a frozen questionnaire once, and renders it anew only to give answers back."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template

from survey_app.campaigns.queries import Entry
from survey_app.foundation.database import Database
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.languages import ngettext, use_language
from survey_app.questionnaires.queries import by_id
from survey_app.questionnaires.rules import Question, Questionnaire, Text
from survey_app.responses.rules.answers import AnswerError
from survey_app.responses.views.directory import place_of
from survey_app.web.display import Display
from survey_app.web.security import content_policy
from survey_app.web.splice import GAP, SplicedPage

_FORMS_REMEMBERED = 2_000


@dataclass(frozen=True, slots=True)
class CompiledPage:
    """A page with a gap, and the policy that fits its inline style and script."""

    page: SplicedPage
    policy: str


def compile_page(html: str) -> CompiledPage:
    """Compress `html` around its gap and hash what is inline."""
    return CompiledPage(SplicedPage.from_html(html), content_policy(html))


class FormPages:
    """Forms by entry and display. Versions are immutable, so an entry's form changes only with the entry."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._questionnaires: dict[int, Questionnaire] = {}
        self._pages: OrderedDict[tuple[Entry, Display], CompiledPage] = OrderedDict()
        self._lock = threading.Lock()

    def questionnaire(self, version_id: int) -> Questionnaire:
        """Return a frozen questionnaire; read once per process."""
        known = self._questionnaires.get(version_id)
        if known is None:
            with self._database.read() as session:
                known = self._questionnaires[version_id] = by_id(session, version_id)
        return known

    def form(self, entry: Entry, display: Display) -> CompiledPage:
        """Return the empty form of an open entry, with a gap for submission id and token."""
        key = (entry, display)
        page = self._pages.get(key)
        if page is None:
            assert entry.campaign is not None
            questionnaire = self.questionnaire(entry.campaign.questionnaire_version_id)
            page = compile_page(render_form(questionnaire, entry, display, hidden=GAP))
            with self._lock:
                self._pages[key] = page
                if len(self._pages) > _FORMS_REMEMBERED:
                    self._pages.popitem(last=False)
        return page


def hidden_fields(submission_id: str, token: str) -> str:
    """Return the part of a form that differs from reader to reader. Both values are plain ASCII words."""
    return (
        f'<input type="hidden" name="submission_id" value="{submission_id}">'
        f'<input type="hidden" name="form_token" value="{token}">'
    )


def render_form(
    questionnaire: Questionnaire,
    entry: Entry,
    display: Display,
    *,
    hidden: str,
    submitted: Mapping[str, Sequence[str]] | None = None,
    errors: Sequence[AnswerError] = (),
    notice: str | None = None,
) -> str:
    """Return the form as HTML, with what was `submitted` still in its fields."""
    language = display.language if display.language in questionnaire.languages else questionnaire.languages[0]
    with use_language(display.language):
        return render_template(
            "responses/form.html",
            questionnaire=questionnaire,
            place=place_of(entry, display.language),
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
