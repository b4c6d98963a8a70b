"""Reads of room responses: coded answers, counts, arrivals, and which submissions were stored."""

from survey_app.responses.queries.answers import (
    CodedChunk,
    PlaceCount,
    Watermark,
    coded_answers,
    counts_by_place,
    watermark,
)
from survey_app.responses.queries.arrivals import (
    Arrivals,
    LiveArrival,
    PlaceArrivals,
    campaign_arrivals,
    horizon,
    live_arrivals,
    office_arrivals,
    office_days,
    place_arrivals,
)
from survey_app.responses.queries.designs import DesignChunk, designed_count, designs
from survey_app.responses.queries.imports import ImportLine, imports_of, report_of, stored_designs, upload_of
from survey_app.responses.queries.places import PlaceName, campaign_places, rehearsal_counts
from survey_app.responses.queries.silence import (
    SilentCounter,
    SilentPlace,
    silence_window,
    silent_counters,
    silent_places,
    watched_campaigns,
)
from survey_app.responses.queries.submissions import is_stored, submission_digest

__all__ = [
    "Arrivals",
    "CodedChunk",
    "DesignChunk",
    "ImportLine",
    "LiveArrival",
    "PlaceArrivals",
    "PlaceCount",
    "PlaceName",
    "SilentCounter",
    "SilentPlace",
    "Watermark",
    "campaign_arrivals",
    "campaign_places",
    "coded_answers",
    "counts_by_place",
    "designed_count",
    "designs",
    "horizon",
    "imports_of",
    "is_stored",
    "live_arrivals",
    "office_arrivals",
    "office_days",
    "place_arrivals",
    "rehearsal_counts",
    "report_of",
    "silence_window",
    "silent_counters",
    "silent_places",
    "stored_designs",
    "submission_digest",
    "upload_of",
    "watched_campaigns",
    "watermark",
]
