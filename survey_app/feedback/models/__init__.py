"""Tables of room feedback."""

from survey_app.feedback.models.answers import Answer, AnswerVersion, CaseRating, PublicCopy, ReplyTemplate
from survey_app.feedback.models.attachments import Attachment, AttachmentContent
from survey_app.feedback.models.cases import (
    BulkAssignment,
    Case,
    CaseContact,
    CaseEvent,
    CaseMerge,
    SavedView,
)
from survey_app.feedback.models.clocks import CalendarDay, CaseClock, DeadlineRule, DeskSetting, OfficeHours
from survey_app.feedback.models.grievances import Grievance, GrievanceEvent
from survey_app.feedback.models.pins import WrongPins
from survey_app.feedback.models.privacy import Breach, ConsentRecord, PrivacyRequest, PurgeRun

__all__ = [
    "Answer",
    "AnswerVersion",
    "Attachment",
    "AttachmentContent",
    "Breach",
    "BulkAssignment",
    "CalendarDay",
    "Case",
    "CaseClock",
    "CaseContact",
    "CaseEvent",
    "CaseMerge",
    "CaseRating",
    "ConsentRecord",
    "DeadlineRule",
    "DeskSetting",
    "Grievance",
    "GrievanceEvent",
    "OfficeHours",
    "PrivacyRequest",
    "PublicCopy",
    "PurgeRun",
    "ReplyTemplate",
    "SavedView",
    "WrongPins",
]
