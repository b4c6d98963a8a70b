"""The heading of a file of responses, to be filled in."""

from __future__ import annotations

import csv
from io import StringIO

from survey_app.questionnaires.rules import Questionnaire
from survey_app.responses.rules.designs import DESIGN_COLUMNS
from survey_app.responses.rules.layouts import CIRCUMSTANCES, DESIGN_PREFIX, RESPONSE_PREFIX


def template_csv(questionnaire: Questionnaire) -> bytes:
    """Return a heading with every column that a file may have, marked so that spreadsheets read it as UTF-8.

    Circumstances and design carry their prefix only where an item bears the same name.
    """
    items = [item.id for item in questionnaire.items]
    circumstances = [f"{RESPONSE_PREFIX}{name}" if name in items else name for name in CIRCUMSTANCES]
    design = [f"{DESIGN_PREFIX}{name}" if name in items else name for name in DESIGN_COLUMNS]
    text = StringIO(newline="")
    csv.writer(text).writerow([*circumstances, *design, *items])
    return text.getvalue().encode("utf-8-sig")
