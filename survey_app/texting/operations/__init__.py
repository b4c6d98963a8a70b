"""Writes of room texting: how a campaign invites, invitations and reminders, what people reply, endings."""

from survey_app.texting.operations.batches import (
    BatchPreview,
    Sent,
    UnableToSend,
    pause_batch,
    preview_batch,
    remind,
    resume_batch,
    send_batch,
)
from survey_app.texting.operations.coding import UnableToCode, code_reading
from survey_app.texting.operations.endings import Tidied, cut_links, expire, purge, tidy
from survey_app.texting.operations.hearing import hear
from survey_app.texting.operations.plans import PlanDraft, UnableToPlan, set_plan

__all__ = [
    "BatchPreview",
    "PlanDraft",
    "Sent",
    "Tidied",
    "UnableToCode",
    "UnableToPlan",
    "UnableToSend",
    "code_reading",
    "cut_links",
    "expire",
    "hear",
    "pause_batch",
    "preview_batch",
    "purge",
    "remind",
    "resume_batch",
    "send_batch",
    "set_plan",
    "tidy",
]
