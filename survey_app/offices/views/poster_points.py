"""From a counter as stored, and an address, to what its poster says."""

from __future__ import annotations

from flask import request

from survey_app.offices.documents.posters import PosterPoint
from survey_app.offices.forms import MOST_MINUTES, USUAL_MINUTES
from survey_app.offices.queries import PointLine


def poster_point(point: PointLine) -> PosterPoint:
    """Return what the poster of a counter with an active code says."""
    assert point.code is not None
    return PosterPoint(
        code=point.code,
        point_name=point.name,
        office_name=point.office_name,
        collector=point.collector,
        point_name_en=point.name_en,
        office_name_en=point.office_name_en,
        number=point.number,
    )


def minutes_asked() -> int:
    """Return the minutes named in the address (`?minutes=6`, as campaigns link here), else the usual ones."""
    asked = request.args.get("minutes", "")
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 3 and int(asked) > 0
    return min(int(asked), MOST_MINUTES) if is_number else USUAL_MINUTES
