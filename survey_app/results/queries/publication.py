"""Works out what publishing a run would show: heavy reading, so that the write that follows is short."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.foundation.clock import local_date
from survey_app.results.models import IndexRun, PublicOffice
from survey_app.results.queries import runs
from survey_app.results.rules.cells import Reason
from survey_app.results.rules.disclosure import LEVELS, figures_hidden, intervals_of, suppress
from survey_app.results.rules.document import canonical
from survey_app.results.rules.release import Counts, Release, offices_to_keep
from survey_app.results.rules.small_changes import without_small_changes

LINE = ("code", "name", "name_en", "unit", "kept", "overall")

Office = dict[str, Any]


@dataclass(frozen=True)
class Publication:
    """What the public would read of a run.

    Attributes
    ----------
    shows : str
        The run whose figures are shown; another one while too few responses are new, and then nothing else
        is filled.
    beside : tuple of str
        The runs it was compared with: all that the public had read when it was worked out.
    values : dict
        `head`, `public` and `release` of the run.
    offices : list of dict
        Rows of `public_offices`.
    """

    shows: str
    beside: tuple[str, ...]
    values: dict[str, Any]
    offices: list[dict[str, Any]]

    @property
    def kept_offices(self) -> int:
        """How many offices keep earlier figures."""
        return len(self.values["release"]["kept"]) if self.values else 0


def prepare(session: Session, *, run_id: str) -> Publication:
    """Work out what the public may read of a run beside everything that was published before.

    Raises
    ------
    UnknownRun
    """
    result = json.loads(runs.result_text(session, run_id=run_id))
    campaign_id = runs.run(session, run_id=run_id).campaign_id
    earlier, beside = _releases(session, campaign_id), read_by_public(session, campaign_id=campaign_id)
    counts = Counts.of(result)
    keep = offices_to_keep(counts, earlier)
    before = runs.published_run(session, campaign_id=campaign_id)
    if keep is None:
        assert before is not None
        assert before.shows is not None
        return Publication(before.shows, beside, {}, [])
    release = Release(counts, keep)
    public = without_small_changes(suppress(result), release, earlier)
    offices = _offices(session, public["offices"], keep, before)
    public["method"]["intervals"] = intervals_of([public, *offices])
    values = {
        "head": _head(public),
        "public": canonical({key: value for key, value in public.items() if key != "offices"}),
        "release": release.as_json(),
    }
    return Publication(run_id, beside, values, [_row(run_id, *one) for one in enumerate(offices)])


def read_by_public(session: Session, *, campaign_id: int) -> tuple[str, ...]:
    """Return the runs of a campaign that were ever published, the one published now first."""
    query = select(IndexRun.id).where(IndexRun.campaign_id == campaign_id, IndexRun.shows.is_not(None))
    return tuple(session.scalars(query.order_by(IndexRun.state, IndexRun.id)))


def _releases(session: Session, campaign_id: int) -> list[Release]:
    """Return what was published of a campaign; a run that showed another's figures told nothing new."""
    query = select(IndexRun.release).where(IndexRun.campaign_id == campaign_id, IndexRun.shows == IndexRun.id)
    return [Release.from_json(stored) for stored in session.scalars(query.order_by(IndexRun.id)) if stored]


def _offices(
    session: Session, found: Sequence[Office], keep: frozenset[str], before: runs.RunSummary | None
) -> list[Office]:
    """Return the offices as published; those of `keep` with the figures that the public sees of them now."""
    if not keep:
        return [{**office, "kept": None} for office in found]
    assert before is not None
    assert before.shows is not None
    assert before.published_at is not None
    of = {"run": before.shows, "published": local_date(before.published_at).isoformat()}
    rows = select(PublicOffice).where(PublicOffice.run_id == before.shows, PublicOffice.code.in_(keep))
    known = {row.code: json.loads(runs.joined(row.line, row.levels)) for row in session.scalars(rows)}
    return [
        _kept(office, known.get(office["code"]), of) if office["code"] in keep else {**office, "kept": None}
        for office in found
    ]


def _kept(office: Office, known: Office | None, of: Mapping[str, str]) -> Office:
    """Return the earlier figures of an office; hidden ones if the public never saw it."""
    if known is None:
        return {**figures_hidden(office, Reason.WAITS), "kept": None}
    return known | {"kept": known["kept"] or of}


def _head(public: Mapping[str, Any]) -> dict[str, Any]:
    campaign, population = public["campaign"], public["population"]
    return {
        **{key: campaign[key] for key in ("title", "title_en", "from", "to")},
        "label": population["label"],
        "label_en": population["label_en"],
        "overall": public["overall"],
    }


def _row(run_id: str, position: int, office: Office) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "code": office["code"],
        "position": position,
        "line": canonical({key: office[key] for key in LINE}),
        "levels": canonical({key: office[key] for key in LEVELS}),
    }
