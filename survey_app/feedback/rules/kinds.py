"""The words a case is described by: kind, channel, class of the register, who may know the sender."""

from __future__ import annotations

from enum import StrEnum

from survey_app.foundation.languages import gettext as _


class Kind(StrEnum):
    """What a citizen sends; khiếu nại and tố cáo are no cases but `GrievanceKind`."""

    SUGGESTION = "suggestion"
    PETITION = "petition"
    QUESTION = "question"
    PRAISE = "praise"


class GrievanceKind(StrEnum):
    """What takes another legal track and stands in the restricted register."""

    COMPLAINT = "complaint"
    DENUNCIATION = "denunciation"


class Channel(StrEnum):
    """How it came in."""

    WEB = "web"
    SURVEY = "survey"
    SMS = "sms"
    COUNTER = "counter"
    PHONE = "phone"
    LETTER = "letter"
    EMAIL = "email"
    PORTAL = "portal"


class SubjectClass(StrEnum):
    """The two groups of the quarterly report (NĐ 20/2008 Đ9): how officials act, or what rules say."""

    CONDUCT = "conduct"
    REGULATION = "regulation"


class Anonymity(StrEnum):
    """Who may know the sender's name."""

    ANONYMOUS = "anonymous"
    OFFICERS_ONLY = "officers_only"
    PUBLIC = "public"


class ActorKind(StrEnum):
    """Who made a move: a citizen, a member of staff, or a rule that came due."""

    CITIZEN = "citizen"
    STAFF = "staff"
    SYSTEM = "system"


def kind_label(kind: Kind | GrievanceKind) -> str:
    """Return the kind in the reader's words."""
    return {
        Kind.SUGGESTION: _("Góp ý"),
        Kind.PETITION: _("Phản ánh, kiến nghị"),
        Kind.QUESTION: _("Hỏi đáp"),
        Kind.PRAISE: _("Khen"),
        GrievanceKind.COMPLAINT: _("Khiếu nại"),
        GrievanceKind.DENUNCIATION: _("Tố cáo"),
    }[kind]


def channel_label(channel: Channel) -> str:
    """Return the channel in the reader's words."""
    return {
        Channel.WEB: _("Trang web"),
        Channel.SURVEY: _("Sau khi trả lời khảo sát"),
        Channel.SMS: _("Tin nhắn"),
        Channel.COUNTER: _("Trực tiếp tại quầy"),
        Channel.PHONE: _("Điện thoại"),
        Channel.LETTER: _("Văn bản, thư"),
        Channel.EMAIL: _("Thư điện tử"),
        Channel.PORTAL: _("Cổng dịch vụ công quốc gia"),
    }[channel]


def subject_class_label(subject_class: SubjectClass) -> str:
    """Return the class of the register in the reader's words."""
    return {
        SubjectClass.CONDUCT: _("Hành vi hành chính"),
        SubjectClass.REGULATION: _("Quy định hành chính"),
    }[subject_class]


def anonymity_label(anonymity: Anonymity) -> str:
    """Return who may know the sender, in the citizen's words."""
    return {
        Anonymity.ANONYMOUS: _("Ẩn danh"),
        Anonymity.OFFICERS_ONLY: _("Chỉ cán bộ xử lý biết"),
        Anonymity.PUBLIC: _("Công khai tên"),
    }[anonymity]
