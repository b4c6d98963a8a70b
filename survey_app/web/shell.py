"""Dresses the application: templates, languages, headers, compression, failures."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import cache
from urllib.parse import quote, urlencode

from flask import Flask, Request, Response, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from jinja2 import ChoiceLoader, Environment, PackageLoader
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from survey_app.config import Settings
from survey_app.foundation.languages import (
    LANGUAGES,
    current_language,
    format_date,
    format_instant,
    format_number,
    gettext,
    ngettext,
    set_language,
)
from survey_app.web.display import Display
from survey_app.web.problems import install_problem_handlers
from survey_app.web.requests import refuse_impossible
from survey_app.web.security import CLOSED_POLICY, FIXED_HEADERS, page_policy, staff_policy

ROOMS_WITH_PAGES = (
    "web",
    "staff",
    "administration",
    "appearance",
    "offices",
    "questionnaires",
    "campaigns",
    "responses",
    "kiosks",
    "results",
    "feedback",
    "texting",
)
_WORTH_COMPRESSING = 600
_TEXTUAL = ("text/", "application/json", "application/problem+json", "image/svg+xml")


def install_shell(app: Flask) -> None:
    """Give `app` its looks and its manners."""
    settings: Settings = app.config["SETTINGS"]
    _install_templates(app)
    app.session_interface = StaffSessions()
    app.before_request(_choose_display)
    app.before_request(refuse_impossible)
    app.after_request(_finish)
    install_problem_handlers(app)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


class StaffSessions(SecureCookieSessionInterface):
    """Sessions of staff pages. Citizens' pages write nothing into them, so they set no cookie and pay nothing."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the signed cookie where there is one."""
        if self.get_cookie_name(app) not in request.cookies:
            return SecureCookieSession()
        return super().open_session(app, request)


def _install_templates(app: Flask) -> None:
    app.jinja_loader = ChoiceLoader([PackageLoader(f"survey_app.{room}") for room in ROOMS_WITH_PAGES])
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.trim_blocks = environment.lstrip_blocks = True
    shipped = {"styles": _files(environment, ".css"), "scripts": _files(environment, ".js")}
    app.extensions["survey_app.policy"] = page_policy(**shipped)
    app.extensions["survey_app.staff_policy"] = staff_policy(**shipped)
    environment.filters["date"] = format_date
    environment.filters["instant"] = format_instant
    environment.filters["number"] = format_number
    environment.globals.update(
        inline=_inliner(environment),
        display=display,
        page_link=page_link,
        display_link=display_link,
        tool_words=tool_words,
        current_language=current_language,
        languages=LANGUAGES,
        public_url=app.config["SETTINGS"].public_url,
        csrf_token=generate_csrf,
    )
    environment.globals["ui"] = environment.get_template("web/macros.html").module


def _files(environment: Environment, ending: str) -> list[str]:
    """Return the text of each shipped style or script."""
    return [_source(environment, name) for name in environment.list_templates([ending.removeprefix(".")])]


def _source(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _inliner(environment: Environment) -> Callable[[str], Markup]:
    """Return the template function that puts a shipped style or script into the page, letter for letter."""

    @cache
    def inline(name: str) -> Markup:
        tag = "style" if name.endswith(".css") else "script"
        # Markup: the file is ours, and its hash in the policy is of just these letters.
        return Markup(f"<{tag}>{_source(environment, name)}</{tag}>")  # noqa: S704

    return inline


def display() -> Display:
    """Return the display choices of the request being answered."""
    chosen: Display = g.get("display") or Display()
    return chosen


def page_link(chosen: Display) -> str:
    """Return the address of the page being shown with other display choices; its other parameters stay."""
    pairs = urlencode(_kept_parameters() | chosen.query_values())
    # One slash only: //name would be another site.
    path = "/" + quote(request.path.lstrip("/"))
    return f"{path}?{pairs}" if pairs else path


def display_link(chosen: Display) -> str:
    """Return the address of the staff page being shown that changes the kept display to `chosen`.

    It names all three choices, because on staff pages what the address does not name stays as it was.
    """
    choices = {
        "lang": chosen.language,
        "size": chosen.size,
        "contrast": "high" if chosen.contrast else "normal",
    }
    return f"/{quote(request.path.lstrip('/'))}?{urlencode(_kept_parameters() | choices)}"


def _kept_parameters() -> dict[str, str]:
    """Return what a page's links keep of its address; those of a failure keep nothing that was typed there."""
    if g.get("is_problem"):
        return {}
    return {name: value for name, value in request.args.items() if name not in ("lang", "size", "contrast")}


def tool_words(tool: str, chosen: Display) -> tuple[str, str]:
    """Return (sign on the button, its accessible name) of a tool in the page header."""
    if tool == "language":
        other = "vi" if chosen.language == "en" else "en"
        return LANGUAGES[other], LANGUAGES[other]
    return {
        "smaller": ("A−", gettext("Chữ nhỏ hơn")),
        "larger": ("A+", gettext("Chữ to hơn")),
        "contrast": ("◐", gettext("Giảm tương phản") if chosen.contrast else gettext("Tăng tương phản")),
    }[tool]


def use_display(chosen: Display) -> None:
    """Answer the rest of this request with `chosen`."""
    g.display = chosen
    set_language(chosen.language)


def use_kept_display(language: str | None = None) -> None:
    """Answer with the staff look and the display this browser keeps; choices in the address are kept from now on.

    Staff pages have a session, so their links need not carry the choices; `language` holds until one is chosen.
    """
    g.is_staff_page = True
    named = {name: request.args[name] for name in ("lang", "size", "contrast") if name in request.args}
    kept: dict[str, str] = session.get("display") or ({"lang": language} if language else {})
    if named:
        kept = Display.from_query(kept | named).query_values()
        kept.setdefault("lang", "vi")
        session["display"] = kept
    use_display(Display.from_query(kept))


def _choose_display() -> None:
    use_display(Display.from_query(request.args))


def _finish(response: Response) -> Response:
    headers = response.headers
    for name, value in FIXED_HEADERS.items():
        headers.setdefault(name, value)
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    # A browser puts the headers of a 304 over those it keeps with the page.
    is_page = response.mimetype == "text/html" or response.status_code == 304
    policy = "survey_app.staff_policy" if g.get("is_staff_page") else "survey_app.policy"
    headers.setdefault(
        "Content-Security-Policy", current_app.extensions[policy] if is_page else CLOSED_POLICY
    )
    headers.setdefault("Cache-Control", "no-store")
    if "Content-Encoding" not in headers:
        _compress(response)
    return response


def _compress(response: Response) -> None:
    """Gzip textual answers that gain from it."""
    if (
        response.is_streamed
        or response.direct_passthrough
        or not (response.mimetype or "").startswith(_TEXTUAL)
    ):
        return
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) > _WORTH_COMPRESSING and accepts_gzip():
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"


def accepts_gzip() -> bool:
    """Say whether the caller takes gzip; `gzip;q=0` refuses it (RFC 9110, 12.5.3)."""
    accepted = request.headers.get("Accept-Encoding", "")
    return "gzip" in accepted and ("q=0" not in accepted or request.accept_encodings["gzip"] > 0)
