"""Lets an invented message come in: by its sender, or typed by the clerk."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from zlib import crc32

from PIL import Image, ImageDraw

from survey_app.demo.scenes import Scene, submission_of
from survey_app.feedback.operations.intake import open_case
from survey_app.feedback.rules.actors import CITIZEN
from survey_app.feedback.rules.attachments import MediaType
from survey_app.feedback.rules.drafts import CaseDraft, FileDraft, SenderDraft
from survey_app.feedback.rules.kinds import Anonymity, Channel

BY_STAFF = frozenset({Channel.COUNTER, Channel.PHONE, Channel.LETTER, Channel.EMAIL, Channel.SMS})


def open_message(scene: Scene, now: datetime) -> None:
    """Let the message come in: by its sender, or typed by the clerk."""
    actor = scene.by("tiepnhan") if scene.story.channel in BY_STAFF else CITIZEN
    open_case(scene.session, draft=_draft(scene), actor=actor, **scene.at(now))


def _draft(scene: Scene) -> CaseDraft:
    story = scene.story
    name = story.word("sender")
    sender = SenderDraft(name=name, phone=_phone(story.id) if name else "", address=story.word("place"))
    return CaseDraft(
        submission_id=submission_of(story.id),
        kind=story.kind,
        unit_path=scene.units[story.word("from") or story.unit],
        text=story.text,
        proposal=story.word("proposal"),
        field_name="",
        place=story.word("place"),
        channel=story.channel,
        anonymity=Anonymity(story.word("anonymity", Anonymity.OFFICERS_ONLY)),
        sender=sender if name else SenderDraft(),
        files=(FileDraft(MediaType.JPEG, _photo()),) if story.word("photo") else (),
        is_signed=bool(story.word("is_signed")),
    )


def _phone(story_id: str) -> str:
    """Return a number that is nobody's, and none of those that play trouble at the simulator."""
    return f"090000{1000 + crc32(story_id.encode()) % 8000:04}"


def _photo() -> bytes:
    """Return a drawn picture of a dark street with a lamp."""
    picture = Image.new("RGB", (640, 420), "#26304a")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 330, 640, 420), fill="#3a3a3f")
    pen.rectangle((310, 90, 322, 335), fill="#8a8f98")
    pen.line((316, 92, 400, 78), fill="#8a8f98", width=8)
    pen.ellipse((388, 70, 428, 96), fill="#55585f")
    pen.rectangle((60, 180, 210, 330), fill="#1c2437")
    pen.rectangle((95, 215, 135, 260), fill="#d7b45a")
    stored = BytesIO()
    picture.save(stored, "JPEG", quality=80)
    return stored.getvalue()
