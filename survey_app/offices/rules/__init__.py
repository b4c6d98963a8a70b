"""Pure decisions of the offices room: kinds, public codes, names and how they are folded for search."""

from survey_app.offices.rules.codes import (
    ALPHABET,
    CODE_LENGTH,
    RandomSource,
    group_code,
    new_code,
    normalise_code,
)
from survey_app.offices.rules.kinds import CheckOutcome, CodeStatus, JobState, ServicePointKind, UnitKind
from survey_app.offices.rules.names import (
    SLUG_LENGTH,
    authority_name,
    clean_name,
    fold,
    fold_tone_position,
    is_slug,
    is_unit_code,
    match_rank,
    search_name,
    split_prefix,
    suggest_slug,
    suggest_unit_code,
)
from survey_app.offices.rules.units import TWO_TIERS_FROM, DatedName, UnitRow, read_units

__all__ = [
    "ALPHABET",
    "CODE_LENGTH",
    "SLUG_LENGTH",
    "TWO_TIERS_FROM",
    "CheckOutcome",
    "CodeStatus",
    "DatedName",
    "JobState",
    "RandomSource",
    "ServicePointKind",
    "UnitKind",
    "UnitRow",
    "authority_name",
    "clean_name",
    "fold",
    "fold_tone_position",
    "group_code",
    "is_slug",
    "is_unit_code",
    "match_rank",
    "new_code",
    "normalise_code",
    "read_units",
    "search_name",
    "split_prefix",
    "suggest_slug",
    "suggest_unit_code",
]
