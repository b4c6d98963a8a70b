"""The public doors of room responses."""

from survey_app.responses.views.public import blueprint

__all__ = ["blueprint"]
