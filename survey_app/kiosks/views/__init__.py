"""Doors of the kiosks room: the page on the tablet, the device behind it, and the screens of staff."""

from __future__ import annotations

from flask import Blueprint

from survey_app.kiosks.views.changes import blueprint as changes
from survey_app.kiosks.views.device import blueprint as device
from survey_app.kiosks.views.page import blueprint as page
from survey_app.kiosks.views.staff import blueprint as staff

blueprint = Blueprint("kiosks", __name__)
for doors in (page, device, staff, changes):
    blueprint.register_blueprint(doors)
