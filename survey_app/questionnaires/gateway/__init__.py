"""What comes in from outside: questionnaire files from disk, and XLSForms (`gateway.xlsforms`)."""

from survey_app.questionnaires.gateway.files import (
    MAXIMUM_BYTES,
    MAXIMUM_DEPTH,
    Problem,
    SourceFile,
    Step,
    UnableToRead,
    Where,
    parse,
    read,
    shipped,
    shipped_file,
)

__all__ = [
    "MAXIMUM_BYTES",
    "MAXIMUM_DEPTH",
    "Problem",
    "SourceFile",
    "Step",
    "UnableToRead",
    "Where",
    "parse",
    "read",
    "shipped",
    "shipped_file",
]
