"""Forms of the administration screens."""

from survey_app.administration.forms.messages import (
    LiftForm,
    OptOutForm,
    PhoneForm,
    SenderForm,
    TemplateForm,
)
from survey_app.administration.forms.settings import (
    AppearanceForm,
    AuditFilterForm,
    GrantForm,
    InviteForm,
    UnitForm,
)

__all__ = [
    "AppearanceForm",
    "AuditFilterForm",
    "GrantForm",
    "InviteForm",
    "LiftForm",
    "OptOutForm",
    "PhoneForm",
    "SenderForm",
    "TemplateForm",
    "UnitForm",
]
