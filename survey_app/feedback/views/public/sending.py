"""The citizen's form while it is being answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from survey_app.feedback.forms.intake import IntakeForm
from survey_app.feedback.queries.addressees import Addressee
from survey_app.feedback.queries.fields import field_choices
from survey_app.feedback.rules.consent import consent_text
from survey_app.feedback.rules.drafts import FileDraft
from survey_app.feedback.rules.kinds import GrievanceKind, Kind, kind_label
from survey_app.feedback.rules.settings import DeskSettings
from survey_app.feedback.views.public.wording import (
    anonymity_options,
    diversion_options,
    field_labels,
    kind_options,
)
from survey_app.foundation.languages import gettext as _


@dataclass
class Sending:
    """One form being answered: what was typed, to whom it goes, and what the page says besides."""

    form: IntakeForm
    addressee: Addressee | None = None
    suggestions: Sequence[Addressee] = ()
    suspected: GrievanceKind | None = None
    files: tuple[FileDraft, ...] = field(default=(), repr=False)
    settings: DeskSettings = field(default_factory=DeskSettings)

    @property
    def kind(self) -> Kind | GrievanceKind | None:
        """Return what the sender decided in the end."""
        decided = self.form.diversion.data
        return GrievanceKind(decided) if decided in list(GrievanceKind) else self.form.chosen_kind()

    def page(self, status: int = 200, notice: str = "") -> Response:
        """Return the form with everything typed still in it; files must be chosen again, as browsers want it."""
        if status != 200 and _has_files():
            notice = f"{notice} {_('Xin chọn lại tệp kèm theo: trình duyệt không giữ tệp.')}".strip()
        kind = self.form.chosen_kind()
        page = render_template(
            "feedback/intake.html",
            form=self.form,
            notice=notice,
            kinds=kind_options(),
            anonymities=anonymity_options(is_published=not isinstance(kind, GrievanceKind)),
            labels=field_labels(),
            fields=field_choices(),
            addressee=self.addressee,
            suggestions=[(one.code, one.name, "") for one in self.suggestions],
            suspected=self.suspected,
            diversions=diversion_options(self.suspected, kind)
            if self.suspected and isinstance(kind, Kind)
            else (),
            other_track=kind if isinstance(kind, GrievanceKind) else None,
            is_contact_asked=Kind.PETITION in self.settings.contact_required,
            whither=whither(self.addressee, self.form.at.data),
            kind_label=kind_label,
            consent_text=consent_text,
        )
        response = make_response(page, status)
        # With no-store the browser's back button would not bring back what was typed.
        response.headers["Cache-Control"] = "private, no-cache"
        return response


def whither(addressee: Addressee | None, at: str | None) -> dict[str, str]:
    """Return the parameters of a link that keep to whom the sender writes."""
    if addressee is None:
        return {}
    return {"at": at} if at and addressee.place else {"unit": addressee.code}


def _has_files() -> bool:
    files: Any = request.files
    return any(one.filename for one in files.getlist("files"))
