"""Reads of room messaging: what waits, what became of messages, who must not be written to."""

from survey_app.messaging.queries.counts import (
    SenderHealth,
    Stop,
    count_states,
    price_of,
    sender_health,
    stops,
    topic_counts,
)
from survey_app.messaging.queries.inbound import InboundLine, event_of_row, inbound_event, unhandled
from survey_app.messaging.queries.letters import DeadLetter, dead_letters, message_by_reference
from survey_app.messaging.queries.phones import blocks_of, history_of, opt_out_counts, phone_hash, refuses
from survey_app.messaging.queries.simulator import ScreenMessage, screen_messages, simulated_id
from survey_app.messaging.queries.waiting import Doubt, doubts, is_anything_due

__all__ = [
    "DeadLetter",
    "Doubt",
    "InboundLine",
    "ScreenMessage",
    "SenderHealth",
    "Stop",
    "blocks_of",
    "count_states",
    "dead_letters",
    "doubts",
    "event_of_row",
    "history_of",
    "inbound_event",
    "is_anything_due",
    "message_by_reference",
    "opt_out_counts",
    "phone_hash",
    "price_of",
    "refuses",
    "screen_messages",
    "sender_health",
    "simulated_id",
    "stops",
    "topic_counts",
    "unhandled",
]
