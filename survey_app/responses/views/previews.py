"""Shows a questionnaire as citizens will see it: on a phone, on a kiosk, on paper. Nothing can be sent from here."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, abort, g, make_response, render_template, request
from werkzeug.datastructures import ImmutableMultiDict

from survey_app.foundation.database import read
from survey_app.foundation.languages import LANGUAGES, use_language
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.queries import by_id, draft_document, version_row
from survey_app.questionnaires.rules import Questionnaire
from survey_app.questionnaires.rules.incomplete import try_build
from survey_app.responses.rules.paper import numbered
from survey_app.responses.views.directory import Place
from survey_app.responses.views.pages import Mark, duration, mark_words, render_form, shown_language
from survey_app.staff.guards import require_unit, requires
from survey_app.staff.rules.permissions import Action
from survey_app.web.display import Display
from survey_app.web.shell import display, use_display

blueprint = Blueprint("previews", __name__)

PHONE, KIOSK, PAPER = "phone", "kiosk", "paper"
WIDTHS = (PHONE, KIOSK, PAPER)
_DISPLAY = ("lang", "size", "contrast")


@blueprint.before_request
def _set_display_aside() -> None:
    """Keep the guard from taking how the form is shown for how the person reads staff pages from now on."""
    g.asked = request.args.to_dict()
    if g.asked.get("width") in WIDTHS:
        kept = [(name, value) for name, value in request.args.items(multi=True) if name not in _DISPLAY]
        request.args = ImmutableMultiDict(kept)


@blueprint.get("/questionnaires/previews/<instrument>/<int:version>")
@requires(Action.VIEW_QUESTIONNAIRES)
def preview_version(instrument: str, version: int) -> Response:
    """Show a published version; without `width` inside a page where width and language are chosen."""
    with read() as database:
        row = version_row(database, instrument, version)
        if row is None:
            abort(404)
        questionnaire = by_id(database, row.id)
    return _answer(questionnaire, f"/questionnaires/{instrument}/{version}")


@blueprint.get("/questionnaires/previews/drafts/<int:draft_id>")
@requires(Action.VIEW_QUESTIONNAIRES)
def preview_draft(draft_id: int) -> Response:
    """Show a draft as far as it can be shown, or the questions that stand in the way."""
    with read() as database:
        draft = draft_document(database, draft_id)
    if draft is None:
        abort(404)
    require_unit(draft.unit_path)
    found = try_build(draft.document)
    address = f"/questionnaires/drafts/{draft_id}"
    if isinstance(found, Questionnaire):
        return _answer(found, address)
    _show_as_asked()
    page = render_template("responses/preview_flaws.html", flaws=found, address=address)
    return make_response(page, 422)


def _answer(questionnaire: Questionnaire, address: str) -> Response:
    width = request.args.get("width")
    if width not in WIDTHS:
        return _viewer(questionnaire, address)
    _show_as_asked()
    show = {PHONE: _phone, KIOSK: _kiosk, PAPER: _paper}[width]
    return make_response(show(questionnaire))


def _show_as_asked() -> None:
    """Answer in the language, size and contrast that the address asks for, else in the person's language."""
    use_display(Display.from_query({"lang": display().language} | g.asked))


def _viewer(questionnaire: Questionnaire, address: str) -> Response:
    width = request.args.get("view", PHONE)
    language = request.args.get("in", questionnaire.languages[0])
    width = width if width in WIDTHS else PHONE
    language = language if language in questionnaire.languages else questionnaire.languages[0]
    title = questionnaire.title[shown_language(questionnaire, display())]
    page = render_template(
        "responses/preview.html",
        crumbs=[("/questionnaires", _("Phiếu khảo sát")), (address, title)],
        questionnaire_title=title,
        widths={PHONE: _("Điện thoại"), KIOSK: _("Kiosk"), PAPER: _("Giấy A4")},
        languages={code: LANGUAGES.get(code, code) for code in questionnaire.languages},
        width=width,
        language=language,
        inner=f"{request.path}?{urlencode({'width': width, 'lang': language})}",
    )
    return make_response(page)


def _sample_place() -> Place:
    point, office = _("Quầy mẫu"), _("Bộ phận Một cửa mẫu")
    return Place(code="", unit=_("Tên đơn vị"), name=point, line=f"{point} · {office}")


def _phone(questionnaire: Questionnaire) -> str:
    return render_form(
        questionnaire, _sample_place(), display(), hidden="", mark=Mark.PREVIEW, tool_link=_same_page
    )


def _same_page(target: Display) -> str:
    """Return the address of this preview in another language, size or contrast."""
    choices = {"width": request.args["width"], "lang": target.language} | target.query_values()
    return f"{request.path}?{urlencode(choices)}"


def _kiosk(questionnaire: Questionnaire) -> str:
    return _sheet("responses/preview_kiosk.html", questionnaire)


def _paper(questionnaire: Questionnaire) -> str:
    return _sheet("responses/paper.html", questionnaire)


def _sheet(template: str, questionnaire: Questionnaire) -> str:
    language = shown_language(questionnaire, display())
    with use_language(language):
        return render_template(
            template,
            questionnaire=questionnaire,
            place=_sample_place(),
            language=language,
            duration=duration(questionnaire.seconds),
            sections=numbered(questionnaire),
            mark=mark_words(Mark.PREVIEW),
            t=lambda text: text[language],
        )
