"""Doors of room texting: the phone on screen, replies that a person reads, invitations by message."""

from __future__ import annotations

from flask import Blueprint

from survey_app.texting.views.inviting import blueprint as inviting_doors
from survey_app.texting.views.opening import blueprint as opening_doors
from survey_app.texting.views.planning import blueprint as planning_doors
from survey_app.texting.views.reading import blueprint as reading_doors
from survey_app.texting.views.simulator import blueprint as simulator_doors

blueprint = Blueprint("texting", __name__)
for doors in (simulator_doors, reading_doors, opening_doors, inviting_doors, planning_doors):
    blueprint.register_blueprint(doors)
