"""Shapes of what devices send; anything else is refused as a whole."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from survey_app.kiosks.models import VERSION_LENGTH
from survey_app.kiosks.rules.arrivals import BATCH_AT_MOST, TICKETS_AT_MOST, Sent
from survey_app.kiosks.rules.health import Health

_COUNT = validate.Range(0, 1_000_000_000)
_ITEMS_AT_MOST, _VALUES_AT_MOST, _TEXT_AT_MOST = 500, 100, 20_000


class Shape(Schema):
    """A group of keys; keys of a newer version of the device's script are left aside."""

    class Meta:
        """Options."""

        unknown = EXCLUDE


class SentShape(Shape):
    """One answer."""

    id = fields.String(required=True, validate=validate.Length(max=64))
    token = fields.String(required=True, validate=validate.Length(max=200))
    answers = fields.Dict(
        keys=fields.String(validate=validate.Length(max=200)),
        values=fields.List(
            fields.String(validate=validate.Length(max=_TEXT_AT_MOST)),
            validate=validate.Length(max=_VALUES_AT_MOST),
        ),
        required=True,
        validate=validate.Length(max=_ITEMS_AT_MOST),
    )
    language = fields.String(required=True, validate=validate.Length(max=8))
    hour = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    seconds = fields.Integer(required=True, strict=True, validate=_COUNT)
    burst = fields.Boolean(required=True)

    @post_load
    def _sent(self, data: dict[str, Any], **_: Any) -> Sent:
        return Sent(**data)


class BatchShape(Shape):
    """Answers in one request."""

    answers = fields.List(
        fields.Nested(SentShape), required=True, validate=validate.Length(min=1, max=BATCH_AT_MOST)
    )


class HealthShape(Shape):
    """What a device says about itself every minute."""

    waiting = fields.Integer(required=True, strict=True, validate=_COUNT)
    refused = fields.Integer(required=True, strict=True, validate=_COUNT)
    oldest = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    recorded = fields.Integer(required=True, strict=True, validate=_COUNT)
    version = fields.String(required=True, validate=validate.Length(max=VERSION_LENGTH))

    @post_load
    def _health(self, data: dict[str, Any], **_: Any) -> Health:
        return Health(oldest_waiting_at=data.pop("oldest"), **data)


class TicketsShape(Shape):
    """How many tickets a device wants."""

    count = fields.Integer(required=True, strict=True, validate=validate.Range(1, TICKETS_AT_MOST))


class PinShape(Shape):
    """A PIN typed on the device."""

    pin = fields.String(required=True, validate=validate.Length(max=20))


class EnrolmentShape(PinShape):
    """The token of the enrolment address with the PIN."""

    token = fields.String(required=True, validate=validate.Length(max=64))


class ExportShape(Shape):
    """The file that staff export from a device."""

    code = fields.String(required=True, validate=validate.Length(equal=8))
    answers = fields.List(fields.Nested(SentShape), required=True, validate=validate.Length(max=5_000))
