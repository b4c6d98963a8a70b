"""Doors of the campaigns room."""

from __future__ import annotations

from flask import Blueprint

from survey_app.campaigns.views.browsing import blueprint as browsing_doors
from survey_app.campaigns.views.choosing import blueprint as choosing_doors
from survey_app.campaigns.views.drafting import blueprint as drafting_doors
from survey_app.campaigns.views.inviting import blueprint as inviting_doors
from survey_app.campaigns.views.moving import blueprint as moving_doors
from survey_app.campaigns.views.repeating import blueprint as repeating_doors
from survey_app.campaigns.views.weighting import blueprint as weighting_doors

blueprint = Blueprint("campaigns", __name__)
for doors in (browsing_doors, drafting_doors, choosing_doors, moving_doors, repeating_doors, weighting_doors):
    blueprint.register_blueprint(doors)
blueprint.register_blueprint(inviting_doors)
