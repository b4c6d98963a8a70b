"""Requests without what no record can hold: a NUL character, or a number that no column has room for."""

from __future__ import annotations

from flask import abort, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

# Of a BIGINT: neither database compares with more.
_LARGEST_ID = 2**63 - 1
_OTHER_SITES = ("cross-site", "same-site")


def refuse_impossible() -> None:
    """Answer 404 to an address that can name no record, before a database answers it with an error."""
    if any(_is_impossible(value) for value in (request.view_args or {}).values()):
        abort(404)


def _is_impossible(value: object) -> bool:
    return value > _LARGEST_ID if isinstance(value, int) else "\0" in str(value)


def drop_nuls() -> None:
    """Take NUL characters out of the query and the form: PostgreSQL stores none, and no keyboard writes one."""
    request.args = _plain(request.args)
    if request.method == "POST":
        request.form = _plain(request.form)


def _plain(sent: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    pairs = sent.items(multi=True)
    return ImmutableMultiDict([(name.replace("\0", ""), value.replace("\0", "")) for name, value in pairs])


def is_from_another_site() -> bool:
    """Say whether the browser tells that a page of another site sent this request (W3C Fetch Metadata)."""
    return request.headers.get("Sec-Fetch-Site", "") in _OTHER_SITES
