"""XLSForm and questionnaire, each turned into the other; pure, on rows of cells.

An XLSForm (KoboToolbox, ODK, Enketo) and a questionnaire overlap. What an XLSForm says beyond a questionnaire becomes
a `Loss`, in words and with its row. What a questionnaire says beyond an XLSForm goes into a sheet of its own,
`survey_app`, so that export and import give back the same document.
"""

from survey_app.questionnaires.rules.xlsforms.conversion import document_of, headers, sheets_of
from survey_app.questionnaires.rules.xlsforms.sheets import (
    CHOICES,
    EXTRAS,
    SETTINGS,
    SURVEY,
    Loss,
    Losses,
    Row,
    Sheets,
    UnableToReadXlsform,
)

__all__ = [
    "CHOICES",
    "EXTRAS",
    "SETTINGS",
    "SURVEY",
    "Loss",
    "Losses",
    "Row",
    "Sheets",
    "UnableToReadXlsform",
    "document_of",
    "headers",
    "sheets_of",
]
