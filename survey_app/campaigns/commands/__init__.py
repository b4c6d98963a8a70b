"""`survey-app campaigns`: what staff do on screens, for scripts. Output is for operators, in English."""

from survey_app.campaigns.commands.campaigns import campaigns
from survey_app.campaigns.commands.invitations import invite
from survey_app.campaigns.commands.weights import weights

campaigns.add_command(invite)
campaigns.add_command(weights)

__all__ = ["campaigns"]
