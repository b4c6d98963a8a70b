"""Writes of room responses: answers, files of answers, answers of rehearsals, counted arrivals."""

from survey_app.responses.operations.arrivals import roll_up
from survey_app.responses.operations.imports import (
    PreparedImport,
    UnableToImport,
    prepare_import,
    store_import,
)
from survey_app.responses.operations.rehearsals import RehearsalOver, submit_rehearsal
from survey_app.responses.operations.replies import UnknownResponse, revise_reply, store_reply
from survey_app.responses.operations.submissions import Origin, purge_submissions, submit
from survey_app.responses.operations.uploads import drop_upload, keep_upload

__all__ = [
    "Origin",
    "PreparedImport",
    "RehearsalOver",
    "UnableToImport",
    "UnknownResponse",
    "drop_upload",
    "keep_upload",
    "prepare_import",
    "purge_submissions",
    "revise_reply",
    "roll_up",
    "store_import",
    "store_reply",
    "submit",
    "submit_rehearsal",
]
