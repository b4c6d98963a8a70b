"""Reads of the campaigns room: campaigns, their offices and codes, and what a public code leads to."""

from survey_app.campaigns.queries.campaigns import (
    CampaignOfficeView,
    CampaignView,
    RivalCampaign,
    campaign_by_code,
    campaign_by_id,
    campaign_offices,
    count_offices,
    list_campaigns,
    rival_campaign,
)
from survey_app.campaigns.queries.choices import (
    QuestionnaireChoice,
    draft_just_made,
    owner_choices,
    questionnaire_choices,
)
from survey_app.campaigns.queries.codes import EntryCode, campaign_links, entry_codes
from survey_app.campaigns.queries.entries import Entry, find_entry
from survey_app.campaigns.queries.listing import CampaignLine, campaigns_page, codes_like
from survey_app.campaigns.queries.origins import CampaignOrigin, campaign_origin, coming_rival
from survey_app.campaigns.queries.places import (
    CounterEntrance,
    OfficeEntrances,
    PlaceCounts,
    UnitChoice,
    chosen_among,
    count_places,
    entrances_page,
    offices_to_print,
    unit_choices,
)
from survey_app.campaigns.queries.weighting import (
    WeightSetView,
    weight_set,
    weight_sets,
    weight_variables,
)

__all__ = [
    "CampaignLine",
    "CampaignOfficeView",
    "CampaignOrigin",
    "CampaignView",
    "CounterEntrance",
    "Entry",
    "EntryCode",
    "OfficeEntrances",
    "PlaceCounts",
    "QuestionnaireChoice",
    "RivalCampaign",
    "UnitChoice",
    "WeightSetView",
    "campaign_by_code",
    "campaign_by_id",
    "campaign_links",
    "campaign_offices",
    "campaign_origin",
    "campaigns_page",
    "chosen_among",
    "codes_like",
    "coming_rival",
    "count_offices",
    "count_places",
    "draft_just_made",
    "entrances_page",
    "entry_codes",
    "find_entry",
    "list_campaigns",
    "offices_to_print",
    "owner_choices",
    "questionnaire_choices",
    "rival_campaign",
    "unit_choices",
    "weight_set",
    "weight_sets",
    "weight_variables",
]
