"""Commands about responses. `status` appears as `survey-app campaigns status`."""

from survey_app.responses.commands.imports import import_command
from survey_app.responses.commands.stored import responses, status

responses.add_command(import_command)

__all__ = ["responses", "status"]
