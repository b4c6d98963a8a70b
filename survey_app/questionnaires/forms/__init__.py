"""Forms of the questionnaires room."""

from survey_app.questionnaires.forms.part import PartForm
from survey_app.questionnaires.forms.parts import new_question_form, part_form
from survey_app.questionnaires.forms.starting import (
    ConfirmForm,
    NewDraftForm,
    PublishForm,
    UploadForm,
    YamlForm,
)

__all__ = [
    "ConfirmForm",
    "NewDraftForm",
    "PartForm",
    "PublishForm",
    "UploadForm",
    "YamlForm",
    "new_question_form",
    "part_form",
]
