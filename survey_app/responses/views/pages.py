"""Compiles the form of a frozen questionnaire once, and renders it anew only to give answers back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

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

_GAPS = Place(
    code=gap("code"),
    unit=gap("unit"),
    name=gap("name"),
    line=gap("line"),
    colours=Markup(gap("colours")),  # noqa: S704  (our own mark)
    logo=Markup(gap("logo")),  # noqa: S704
)


class Mark(StrEnum):
    """Why a form stores nothing that counts; shown on it so that nobody can mistake it."""

    REHEARSAL = "rehearsal"
    PREVIEW = "preview"


def mark_words(mark: Mark) -> tuple[str, str]:
    """Return the word across a marked page and the sentence that explains it."""
    return {
        Mark.REHEARSAL: (_("DIỄN TẬP"), _("câu trả lời không được tính")),
        Mark.PREVIEW: (_("XEM THỬ"), _("không gửi được câu trả lời từ trang này")),
    }[mark]


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
        self._forms: dict[tuple[int, Display, Mark | None], SplicedPage] = {}
        self._thanks: dict[tuple[Display, bool], SplicedPage] = {}

    def questionnaire(self, version_id: int) -> Questionnaire:
        """Return a frozen questionnaire; read once per process."""
        known = self._questionnaires.get(version_id)
        if known is None:
            with self._database.read() as session:
                known = self._questionnaires[version_id] = by_id(session, version_id)
        return known

    def form(self, version_id: int, entry: Entry, display: Display, hidden: Markup) -> FilledPage:
        """Return the empty form of a version at the place of `entry`."""
        mark = None if entry.rehearsal_id is None else Mark.REHEARSAL
        page = self._forms.get((version_id, display, mark))
        if page is None:
            html = render_form(
                self.questionnaire(version_id), _GAPS, display, hidden=gap("hidden"), mark=mark
            )
            page = self._forms[version_id, display, mark] = SplicedPage.from_html(html)
        return FilledPage(page, _escaped(place_of(entry, display.language)) | {"hidden": hidden})

    def thanks(
        self, entry: Entry, display: Display, receipt: str, *, is_rehearsal: bool = False
    ) -> FilledPage:
        """Return the thanks page with a receipt."""
        page = self._thanks.get((display, is_rehearsal))
        if page is None:
            page = self._thanks[display, is_rehearsal] = SplicedPage.from_html(_thanks(is_rehearsal))
        campaign = f"/{entry.campaign.code}" if entry.campaign else ""
        place = _escaped(place_of(entry, display.language))
        return FilledPage(page, place | {"campaign": campaign, "receipt": receipt})


def _thanks(is_rehearsal: bool) -> str:
    more = {"receipt": gap("receipt")} | ({"rehearsal": "1"} if is_rehearsal else {})
    return render_template(
        "responses/thanks.html",
        place=_GAPS,
        campaign=gap("campaign"),
        receipt=gap("receipt"),
        tool_link=lambda target: f"/{gap('code')}/thanks{target.query(**more)}",
        mark=mark_words(Mark.REHEARSAL) if is_rehearsal else None,
    )


def _escaped(place: Place) -> dict[str, str]:
    return {name: str(escape(getattr(place, name))) for name in Place.__slots__}


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
    mark: Mark | None = None,
    tool_link: Callable[[Display], str] | None = None,
) -> str:
    """Return the form as HTML, with what was `submitted` still in its fields.

    A preview needs `tool_link`: it sends nothing, so language and size are chosen by links.
    """
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
            mark=mark_words(mark) if mark else None,
            preview=mark is Mark.PREVIEW,
            tool_link=tool_link,
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
