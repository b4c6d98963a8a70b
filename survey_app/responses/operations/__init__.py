"""Writes of room responses: answers, answers of rehearsals, counted arrivals."""

from survey_app.responses.operations.arrivals import roll_up
from survey_app.responses.operations.rehearsals import RehearsalOver, submit_rehearsal
from survey_app.responses.operations.submissions import Origin, purge_submissions, submit

__all__ = ["Origin", "RehearsalOver", "purge_submissions", "roll_up", "submit", "submit_rehearsal"]
