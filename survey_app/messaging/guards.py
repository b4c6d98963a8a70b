"""Who stands at a webhook's door: a carrier that proves it, over the bytes exactly as they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, current_app, request

from survey_app.config import Settings
from survey_app.foundation.log import logger
from survey_app.messaging.gateway.incoming import MAXIMUM_BODY
from survey_app.messaging.gateway.registry import NAMES, gateway_of
from survey_app.messaging.models import PROVIDER_ID_LENGTH
from survey_app.messaging.rules.contract import (
    Event,
    Forged,
    Gateway,
    StatusUpdate,
    Unreadable,
    WebhookRequest,
)


@dataclass(frozen=True, slots=True)
class Call:
    """A carrier that proved itself, and what it says."""

    gateway: Gateway
    events: Sequence[Event]


def carrier_call(name: str) -> Call:
    """Return what the carrier called `name` says with the request at hand.

    Answers 403 to what is forged, 400 to what cannot be read, 404 to a carrier there is not.
    """
    if name not in NAMES:
        abort(404)
    gateway = _gateway(name)
    request.max_content_length = request.max_form_memory_size = MAXIMUM_BODY
    try:
        events = gateway.read(_as_it_came())
        _check_ids(events)
    except Forged as error:
        logger.warning("forged webhook", gateway=name, reason=str(error))
        abort(403)
    except Unreadable as error:
        logger.warning("unreadable webhook", gateway=name, reason=str(error))
        abort(400)
    return Call(gateway, events)


def _check_ids(events: Sequence[Event]) -> None:
    """Refuse ids that no column holds: too long, with control characters, or empty."""
    for event in events:
        code = f"{event.code}{event.reference}" if isinstance(event, StatusUpdate) else ""
        if not (
            0 < len(event.provider_id) <= PROVIDER_ID_LENGTH and f"{event.provider_id}{code}".isprintable()
        ):
            raise Unreadable("an id that no carrier gives")


def _gateway(name: str) -> Gateway:
    """Return the carrier, made once for each process; the simulator's mailbox is not needed to read."""
    made: dict[str, Gateway] = current_app.extensions.setdefault("survey_app.gateways", {})
    if name not in made:
        settings: Settings = current_app.config["SETTINGS"]
        made[name] = gateway_of(name, settings)
    return made[name]


def _as_it_came() -> WebhookRequest:
    settings: Settings = current_app.config["SETTINGS"]
    body = request.get_data(cache=True)
    query = request.query_string.decode("latin-1")
    return WebhookRequest(
        method=request.method,
        url=f"{settings.public_url}{request.path}" + (f"?{query}" if query else ""),
        headers=dict(request.headers),
        query=list(request.args.items(multi=True)),
        form=list(request.form.items(multi=True)),
        body=body,
        remote_address=request.remote_addr or "",
    )
