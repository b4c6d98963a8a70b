"""How a kiosk is doing, in words that name the minutes and the number of answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from survey_app.foundation.languages import format_number
from survey_app.foundation.languages import gettext as _
from survey_app.kiosks.queries import KioskLine
from survey_app.kiosks.rules.health import Signal


@dataclass(frozen=True, slots=True)
class StandingWords:
    """Tags of (words, tone), and what arrived of what was given."""

    tags: tuple[tuple[str, str], ...]
    arrived: str


def standing_words(kiosk: KioskLine, now: datetime) -> StandingWords:
    """Return what staff read about a kiosk."""
    found = kiosk.signal(now)
    tags = [_signal_tag(kiosk, found, now)]
    if found not in (Signal.REVOKED, Signal.NOT_ENROLLED):
        tags += _queue_tags(kiosk)
    return StandingWords(tuple(tags), _arrived(kiosk))


def _signal_tag(kiosk: KioskLine, found: Signal, now: datetime) -> tuple[str, str]:
    if found is Signal.SILENT and kiosk.last_seen_at is not None:
        return _("im lặng %(time)s", time=_ago(now - kiosk.last_seen_at)), "warn"
    return {
        Signal.ACTIVE: (_("đang hoạt động"), "good"),
        Signal.NOT_ENROLLED: (_("chưa đăng ký máy"), "warn"),
        Signal.REVOKED: (_("đã thu hồi"), ""),
    }[found]


def _queue_tags(kiosk: KioskLine) -> list[tuple[str, str]]:
    tags = []
    if kiosk.queue_length:
        tags.append((_("còn %(n)s phiếu chưa gửi", n=format_number(kiosk.queue_length)), "warn"))
    if kiosk.refused:
        tags.append((_("%(n)s phiếu không nhận được", n=format_number(kiosk.refused)), "bad"))
    return tags


def _arrived(kiosk: KioskLine) -> str:
    if kiosk.enrolled_at is None:
        return "–"
    # The device counts an answer when it is given and says so a minute later.
    given = max(kiosk.recorded, kiosk.received)
    return _("đã nhận %(got)s/%(all)s", got=format_number(kiosk.received), all=format_number(given))


def _ago(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    if minutes < 120:
        return _("%(n)s phút", n=minutes)
    hours = minutes // 60
    return _("%(n)s giờ", n=hours) if hours < 48 else _("%(n)s ngày", n=hours // 24)
