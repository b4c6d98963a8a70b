"""What the outbox calls the messages of a campaign."""

from __future__ import annotations

_CAMPAIGN = "campaign:"


def topic_of(campaign_id: int) -> str:
    """Return the topic of a campaign's messages, by which they are paused and counted."""
    return f"{_CAMPAIGN}{campaign_id}"


def campaign_of(topic: str) -> int | None:
    """Return the id of the campaign that a topic stands for; None if it is another kind of topic."""
    number = topic.removeprefix(_CAMPAIGN)
    return int(number) if topic.startswith(_CAMPAIGN) and number.isdecimal() else None
