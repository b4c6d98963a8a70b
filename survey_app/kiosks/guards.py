"""Who stands at a device's door: the kiosk whose key the request shows, and nobody's cookie."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from flask import Response, abort, request

from survey_app.campaigns.queries import Entry
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.kiosks.queries import Device, device_by_key, entry_at
from survey_app.offices.rules import normalise_code

KEY_HEADER = "X-Kiosk-Key"
_BODY_AT_MOST = 256 * 1024


@dataclass(frozen=True, slots=True)
class AtCounter:
    """A device that proved to be a kiosk in use, and what the counter of its address asks now."""

    device: Device
    entry: Entry


def answer(contents: Mapping[str, Any], status: int = 200) -> Response:
    """Return `contents` as JSON."""
    return Response(json.dumps(contents, ensure_ascii=False), status, content_type="application/json")


def refuse(status: int, reason: str) -> NoReturn:
    """Answer a device with a status and a reason its script knows."""
    abort(answer({"refused": reason}, status))


def require_device(code: str) -> AtCounter:
    """Return the kiosk that asks.

    Answers 401 `device` for a key that nobody holds, 403 `revoked` or `counter` for a kiosk that was ended or is not
    of the counter in the address. Nothing else is told, so a wrong key learns nothing about codes.
    """
    key = request.headers.get(KEY_HEADER, "")
    with read() as session:
        device = device_by_key(session, key) if 0 < len(key) <= 100 else None
        if device is None:
            refuse(401, "device")
        if device.revoked_at is not None:
            refuse(403, "revoked")
        canonical = normalise_code(code)
        point = device.service_point_id
        entry = canonical and entry_at(session, code=canonical, service_point_id=point, now=now())
    if not entry:
        refuse(403, "counter")
    return AtCounter(device, entry)


def body() -> dict[str, Any]:
    """Return the JSON object of the request; 400 `json` for anything else, 413 for more than 256 KB."""
    request.max_content_length = _BODY_AT_MOST
    try:
        found = _storable(request.get_json(silent=True)) if request.mimetype == "application/json" else None
    except RecursionError:
        found = None
    if not isinstance(found, dict):
        refuse(400, "json")
    return found


def _storable(found: Any) -> Any:
    """Return `found` with texts that can be stored: a cut emoji leaves half a character, which no database takes.

    One such answer would else be refused with its whole batch, and hold up all that wait behind it.
    """
    if isinstance(found, str):
        return found.encode("utf-8", "replace").decode().replace("\0", "")
    if isinstance(found, list):
        return [_storable(one) for one in found]
    if isinstance(found, dict):
        return {_storable(name): _storable(value) for name, value in found.items()}
    return found
