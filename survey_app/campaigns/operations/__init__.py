"""Writes of the campaigns room. All are keyword-only, take the session and leave the commit to the caller."""

from survey_app.campaigns.operations.checks import UnableToCreateCampaign
from survey_app.campaigns.operations.copying import CampaignCopy, copy_campaign
from survey_app.campaigns.operations.creation import create_campaign, start_draft
from survey_app.campaigns.operations.drafts import (
    UnableToChangeDraft,
    change_questionnaire,
    choose_offices,
    choose_offices_inside,
    delete_draft,
    drop_offices_inside,
    revise_draft,
)
from survey_app.campaigns.operations.locking import UnknownCampaign
from survey_app.campaigns.operations.moves import (
    UnableToCloseCampaign,
    UnableToExtendCampaign,
    UnableToOpenCampaign,
    close_campaign,
    extend_campaign,
    open_campaign,
)
from survey_app.campaigns.operations.rehearsals import (
    UnableToEndRehearsal,
    UnableToRehearse,
    end_rehearsal,
    start_rehearsal,
)
from survey_app.campaigns.operations.weighting import UnableToAddWeightSet, add_weight_set

__all__ = [
    "CampaignCopy",
    "UnableToAddWeightSet",
    "UnableToChangeDraft",
    "UnableToCloseCampaign",
    "UnableToCreateCampaign",
    "UnableToEndRehearsal",
    "UnableToExtendCampaign",
    "UnableToOpenCampaign",
    "UnableToRehearse",
    "UnknownCampaign",
    "add_weight_set",
    "change_questionnaire",
    "choose_offices",
    "choose_offices_inside",
    "close_campaign",
    "copy_campaign",
    "create_campaign",
    "delete_draft",
    "drop_offices_inside",
    "end_rehearsal",
    "extend_campaign",
    "open_campaign",
    "revise_draft",
    "start_draft",
    "start_rehearsal",
]
