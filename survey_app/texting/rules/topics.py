"""What the outbox calls the messages of a campaign."""

from __future__ import annotations


def topic_of(campaign_id: int) -> str:
    """Return the topic of a campaign's messages, by which they are paused and counted."""
    return f"campaign:{campaign_id}"
