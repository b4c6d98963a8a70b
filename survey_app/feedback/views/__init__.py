"""Doors of room feedback: the citizen's side and the desk."""

from __future__ import annotations

from flask import Blueprint

from survey_app.feedback.queries.fields import field_label
from survey_app.feedback.views.desk.answering import blueprint as answering_doors
from survey_app.feedback.views.desk.case import blueprint as case_doors
from survey_app.feedback.views.desk.files import blueprint as desk_files_doors
from survey_app.feedback.views.desk.filing import blueprint as filing_doors
from survey_app.feedback.views.desk.grievances import blueprint as grievances_doors
from survey_app.feedback.views.desk.moves import blueprint as moves_doors
from survey_app.feedback.views.desk.papers import blueprint as papers_doors
from survey_app.feedback.views.desk.privacy import blueprint as privacy_doors
from survey_app.feedback.views.desk.queue import blueprint as queue_doors
from survey_app.feedback.views.desk.reports import blueprint as reports_doors
from survey_app.feedback.views.desk.rules import blueprint as rules_doors
from survey_app.feedback.views.desk.sections import desk_sections
from survey_app.feedback.views.desk.succeeding import blueprint as succeeding_doors
from survey_app.feedback.views.public.answered import blueprint as answered_doors
from survey_app.feedback.views.public.files import blueprint as files_doors
from survey_app.feedback.views.public.intake import blueprint as intake_doors
from survey_app.feedback.views.public.tracking import blueprint as tracking_doors

blueprint = Blueprint("feedback", __name__)
blueprint.add_app_template_filter(field_label)
blueprint.context_processor(lambda: {"desk_sections": desk_sections})
for doors in (
    intake_doors,
    tracking_doors,
    answered_doors,
    files_doors,
    queue_doors,
    case_doors,
    moves_doors,
    answering_doors,
    filing_doors,
    papers_doors,
    grievances_doors,
    desk_files_doors,
    reports_doors,
    rules_doors,
    privacy_doors,
    succeeding_doors,
):
    blueprint.register_blueprint(doors)
