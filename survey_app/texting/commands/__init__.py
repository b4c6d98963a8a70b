"""`survey-app texting`: reads replies, invites, and ends what is over. Output is for operators, in English."""

from survey_app.texting.commands.inviting import pause, plan, preview, remind, resume, send, status, tidy
from survey_app.texting.commands.reading import texting

for _verb in (pause, plan, preview, remind, resume, send, status, tidy):
    texting.add_command(_verb)

__all__ = ["texting"]
