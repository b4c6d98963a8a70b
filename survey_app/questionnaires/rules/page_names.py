"""Names that the form page needs for itself; an id of a questionnaire must not be one of them."""

from __future__ import annotations

FORM_FIELDS = frozenset({"form_token", "send", "show", "submission_id", "website"})
"""Names under which the form itself sends something: an item of that name would be read as its own."""

PAGE_IDS = frozenset({"errors", "errors-title", "f", "hp", "main", "notice", "rescue", "send", "website"})
"""Ids that stand once in the page, for links, labels, style and script."""

FORM_MEMBERS = frozenset({"addEventListener", "dataset", "elements", "querySelector", "querySelectorAll"})
"""Members of the form that its script calls: a browser gives it a control of that name in their place."""

RESERVED_IDS = FORM_FIELDS | PAGE_IDS | FORM_MEMBERS
"""Every id that `questionnaires check` refuses."""
