"""`survey-app feedback ...`."""

from __future__ import annotations

import click

from survey_app.feedback.commands.purge import purge_due
from survey_app.feedback.commands.reports import check_form, report
from survey_app.feedback.commands.rules import calendar, due


@click.group()
def feedback() -> None:
    """The feedback desk: reports, purges, rules as data."""


for _verb in (calendar, due, purge_due, report, check_form):
    feedback.add_command(_verb)
