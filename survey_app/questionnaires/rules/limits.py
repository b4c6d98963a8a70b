"""What ids, languages, numbers and words of a questionnaire may be, whether they come from a file or a form."""

from __future__ import annotations

import re

from survey_app.questionnaires.rules.form import MissingCode

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,39}", re.ASCII)
INSTRUMENT = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)
MAXIMUM_WORDING = 2000
NUMBER_BOUND = 999_999_999
MISSING_NAMES = tuple(code.name.lower() for code in MissingCode)
