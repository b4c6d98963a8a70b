"""Reads of the campaigns room: campaigns, their offices and codes, and what a public code leads to."""

from survey_app.campaigns.queries.campaigns import (
    CampaignOfficeView,
    CampaignView,
    RivalCampaign,
    campaign_by_code,
    campaign_by_id,
    campaign_offices,
    list_campaigns,
    rival_campaign,
)
from survey_app.campaigns.queries.codes import EntryCode, campaign_links, entry_codes
from survey_app.campaigns.queries.entries import Entry, find_entry

__all__ = [
    "CampaignOfficeView",
    "CampaignView",
    "Entry",
    "EntryCode",
    "RivalCampaign",
    "campaign_by_code",
    "campaign_by_id",
    "campaign_links",
    "campaign_offices",
    "entry_codes",
    "find_entry",
    "list_campaigns",
    "rival_campaign",
]
