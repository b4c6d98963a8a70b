"""Writes of room messaging: what goes out and what became of it, what came in, who must not be written to.

`enqueue`, `pause_topic`, `resume_topic`, `cancel_topic` and `opt_out` are what rooms above ask for; the rest is for
the worker, the webhooks and the screens of whoever looks after the carriers. `key` is always SURVEY_CONTACT_KEY.
"""

from survey_app.messaging.operations.deadletters import UnableToResend, resend
from survey_app.messaging.operations.inbound import (
    Handler,
    Question,
    Reception,
    handle,
    note_failed_handling,
    receive,
)
from survey_app.messaging.operations.keeping import forget_words, purge
from survey_app.messaging.operations.leasing import Leased, lease, release_all, sweep
from survey_app.messaging.operations.optouts import UnableToOptIn, opt_in, opt_out
from survey_app.messaging.operations.outbox import Draft, Queued, UnableToEnqueue, enqueue, enqueue_many
from survey_app.messaging.operations.receipts import settle_doubt, update_status
from survey_app.messaging.operations.senders import (
    SenderTerms,
    UnableToSaveSender,
    add_sender,
    change_sender,
    continue_gateway,
)
from survey_app.messaging.operations.sending import (
    Begun,
    Ended,
    begin_sending,
    begin_sendings,
    finish_sending,
    finish_sendings,
)
from survey_app.messaging.operations.simulator import deliver_simulated
from survey_app.messaging.operations.templates import UnableToSaveTemplate, delete_template, save_template
from survey_app.messaging.operations.topics import cancel_topic, pause_topic, resume_topic, set_topic_pace
from survey_app.messaging.operations.withdrawing import Leaving, Unwanted, withdraw

__all__ = [
    "Begun",
    "Draft",
    "Ended",
    "Handler",
    "Leased",
    "Leaving",
    "Question",
    "Queued",
    "Reception",
    "SenderTerms",
    "UnableToEnqueue",
    "UnableToOptIn",
    "UnableToResend",
    "UnableToSaveSender",
    "UnableToSaveTemplate",
    "Unwanted",
    "add_sender",
    "begin_sending",
    "begin_sendings",
    "cancel_topic",
    "change_sender",
    "continue_gateway",
    "delete_template",
    "deliver_simulated",
    "enqueue",
    "enqueue_many",
    "finish_sending",
    "finish_sendings",
    "forget_words",
    "handle",
    "lease",
    "note_failed_handling",
    "opt_in",
    "opt_out",
    "pause_topic",
    "purge",
    "receive",
    "release_all",
    "resend",
    "resume_topic",
    "save_template",
    "set_topic_pace",
    "settle_doubt",
    "sweep",
    "update_status",
    "withdraw",
]
