"""Doors of the administration room: accounts, roles, audit log, appearance, messages."""

from __future__ import annotations

from flask import Blueprint

from survey_app.administration.views.account import blueprint as account_doors
from survey_app.administration.views.accounts import blueprint as accounts_doors
from survey_app.administration.views.appearance import blueprint as appearance_doors
from survey_app.administration.views.audit import blueprint as audit_doors
from survey_app.administration.views.changes import blueprint as change_doors
from survey_app.administration.views.delivery import blueprint as delivery_doors
from survey_app.administration.views.gateways import blueprint as gateway_doors
from survey_app.administration.views.opt_outs import blueprint as opt_out_doors
from survey_app.administration.views.overview import blueprint as overview_doors
from survey_app.administration.views.senders import blueprint as sender_doors
from survey_app.administration.views.templates import blueprint as template_doors

blueprint = Blueprint("administration", __name__)
for _doors in (overview_doors, accounts_doors, account_doors, change_doors, audit_doors, appearance_doors):
    blueprint.register_blueprint(_doors)
for _doors in (gateway_doors, sender_doors, template_doors, opt_out_doors, delivery_doors):
    blueprint.register_blueprint(_doors)
