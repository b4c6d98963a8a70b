"""Writes of the campaigns room. All are keyword-only, take the session and leave the commit to the caller."""

from survey_app.campaigns.operations.creation import UnableToCreateCampaign, create_campaign
from survey_app.campaigns.operations.moves import (
    UnableToCloseCampaign,
    UnableToOpenCampaign,
    UnknownCampaign,
    close_campaign,
    open_campaign,
)

__all__ = [
    "UnableToCloseCampaign",
    "UnableToCreateCampaign",
    "UnableToOpenCampaign",
    "UnknownCampaign",
    "close_campaign",
    "create_campaign",
    "open_campaign",
]
