"""A phone on screen that gets and sends messages, so that everything can be tried with no carrier.

The number stands in addresses only encrypted, for a list that was imported for a trial may hold real ones.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, flash, json, redirect, render_template, request
from flask.typing import ResponseReturnValue

from survey_app.config import Settings
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.privacy import FieldCipher, UnableToDecrypt
from survey_app.messaging.gateway.registry import SIMULATOR
from survey_app.messaging.operations import receive
from survey_app.messaging.queries import ScreenMessage, phone_hash, screen_messages
from survey_app.messaging.rules.contract import InboundText
from survey_app.messaging.rules.phones import UnableToReadPhone, mask, mobile_number
from survey_app.staff.guards import act, requires, scopes_here
from survey_app.staff.rules.permissions import Action
from survey_app.texting.forms import HandsetForm, WriteForm
from survey_app.texting.queries.screens import handsets, may_be_played
from survey_app.texting.rules.words import KEYWORD

blueprint = Blueprint("simulator", __name__)
HERE = "/texting/simulator"
SHORT_CODE = "8079"
_CODE = re.compile(r"\b(?=[0-9A-Z]*\d)(?=[0-9A-Z]*[A-Z])[0-9A-Z]{8}\b")


@dataclass(frozen=True, slots=True)
class Handset:
    """The phone on screen: its number, and what stands for it in addresses."""

    number: str
    token: str

    @property
    def address(self) -> str:
        """Return the address of this phone's page."""
        return f"{HERE}?{urlencode({'phone': self.token})}"


@blueprint.get("/texting/simulator")
@requires(Action.MANAGE_CAMPAIGNS)
def simulator() -> str:
    """Show a phone with its messages, and the phones there are."""
    return _page(_handset(), HandsetForm(), WriteForm())


@blueprint.get("/texting/simulator.json")
@requires(Action.MANAGE_CAMPAIGNS)
def simulator_screen() -> Response:
    """Return the messages of the phone anew, for the page that is open."""
    handset = _handset()
    shown = render_template("texting/screen.html", messages=_messages(handset)) if handset else ""
    return Response(json.dumps({"page": shown}), content_type="application/json")


@blueprint.post("/texting/simulator")
@requires(Action.MANAGE_CAMPAIGNS)
def pick_handset() -> ResponseReturnValue:
    """Take the phone whose number was typed."""
    form = HandsetForm()
    if form.validate_on_submit():
        try:
            return redirect(_of(mobile_number(form.phone.data)).address, 303)
        except UnableToReadPhone as error:
            form.phone.errors = [str(error)]
    return _page(_handset(), form, WriteForm()), 422


@blueprint.post("/texting/simulator/write")
@requires(Action.MANAGE_CAMPAIGNS)
def write_from_handset() -> ResponseReturnValue:
    """Send a text from the phone on screen, as a carrier would deliver it."""
    handset, form = _handset(), WriteForm()
    if handset is None:
        return redirect(HERE, 303)
    if not form.validate_on_submit():
        return _page(handset, HandsetForm(), form), 422
    text = InboundText(
        provider_id=f"phone-{secrets.token_hex(12)}",
        sender=handset.number,
        to=_called(_messages(handset)),
        text=form.text.data,
    )
    take = partial(
        receive,
        gateway=SIMULATOR,
        event=text,
        handler=current_app.extensions.get("survey_app.inbound"),
        key=_settings().contact_key,
        now=now(),
    )
    try:
        act(take, subject="simulator", unit_path=scopes_here()[0], details={"did": "simulator_texted"})
    except Refused as error:
        flash(str(error), "bad")
    return redirect(f"{handset.address}#write", 303)


def _called(messages: Sequence[ScreenMessage]) -> str:
    """Return where the phone writes to: the number it wrote to before, else a short code."""
    return next((one.other for one in reversed(messages) if one.is_own), SHORT_CODE)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _of(number: str) -> Handset:
    return Handset(number, FieldCipher(_settings().contact_key).encrypt(number).decode())


def _handset() -> Handset | None:
    """Return the phone that the address names, None without one; 404 unless the person may play it."""
    token = request.args.get("phone", "")
    if not token:
        return None
    key = _settings().contact_key
    try:
        number = FieldCipher(key).decrypt(token.encode())
    except UnableToDecrypt:
        abort(404)
    with read() as session:
        if not may_be_played(session, phone_hash(key, number), unit_paths=scopes_here()):
            abort(404)
    return Handset(number, token)


def _messages(handset: Handset) -> list[ScreenMessage]:
    with read() as session:
        return screen_messages(session, key=_settings().contact_key, phone=handset.number)


def _page(handset: Handset | None, picking: HandsetForm, writing: WriteForm) -> str:
    cipher = FieldCipher(_settings().contact_key)
    with read() as session:
        found = handsets(session, unit_paths=scopes_here())
    phones = [(_of(cipher.decrypt(one.sealed)), one.last_at) for one in found]
    messages = _messages(handset) if handset else []
    return render_template(
        "texting/simulator.html",
        handset=handset,
        phones=phones,
        messages=messages,
        picking=picking,
        writing=writing,
        samples=_samples(messages),
        mask=mask,
    )


def _samples(messages: Sequence[ScreenMessage]) -> list[str]:
    """Return replies to tap: of each kind one, with the code of the latest invitation."""
    codes = [found[0] for one in messages if not one.is_own and (found := _CODE.search(one.text))]
    coded = f"{KEYWORD} {codes[-1]} 5" if codes else f"{KEYWORD} 5"
    return [
        coded,
        "4 nhanh gọn, cảm ơn",
        "rất hài lòng",
        "ko hài lòng, chờ lâu quá",
        "5 5 4 5",
        "ok",
        "Tôi muốn khiếu nại cán bộ quầy 2",
        "HD",
        "nhầm số rồi",
        "TC",
    ]
