"""Background jobs of room messaging, and `survey-app worker`, which runs them."""

from survey_app.messaging.tasks.courier import Courier, courier_of
from survey_app.messaging.tasks.sending import drain
from survey_app.messaging.tasks.worker import worker

__all__ = ["Courier", "courier_of", "drain", "worker"]
