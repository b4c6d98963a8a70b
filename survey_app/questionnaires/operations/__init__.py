"""Writes of the questionnaires room."""

from survey_app.questionnaires.operations.drafts import (
    DraftTooLarge,
    EditedMeanwhile,
    UnableToDraft,
    UnableToUndo,
    change_draft,
    discard_draft,
    replace_document,
    restore_revision,
    save_part,
    start_draft,
)
from survey_app.questionnaires.operations.publication import (
    UnableToPublish,
    publish,
    publish_draft,
    retire,
)

__all__ = [
    "DraftTooLarge",
    "EditedMeanwhile",
    "UnableToDraft",
    "UnableToPublish",
    "UnableToUndo",
    "change_draft",
    "discard_draft",
    "publish",
    "publish_draft",
    "replace_document",
    "restore_revision",
    "retire",
    "save_part",
    "start_draft",
]
