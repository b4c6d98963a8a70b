"""Writes of the offices room. All are keyword-only, take the session and leave the commit to the caller."""

from survey_app.offices.operations.codes import (
    UnableToIssueCode,
    UnableToRevokeCode,
    UnableToRotateCode,
    issue_code,
    revoke_code,
    rotate_code,
)
from survey_app.offices.operations.places import (
    NewServicePoint,
    UnableToAddOffice,
    UnableToAddServicePoint,
    UnableToDeactivate,
    add_office,
    add_service_point,
    deactivate_office,
    deactivate_service_point,
)
from survey_app.offices.operations.units import LoadReport, UnableToLoadUnits, load_units

__all__ = [
    "LoadReport",
    "NewServicePoint",
    "UnableToAddOffice",
    "UnableToAddServicePoint",
    "UnableToDeactivate",
    "UnableToIssueCode",
    "UnableToLoadUnits",
    "UnableToRevokeCode",
    "UnableToRotateCode",
    "add_office",
    "add_service_point",
    "deactivate_office",
    "deactivate_service_point",
    "issue_code",
    "load_units",
    "revoke_code",
    "rotate_code",
]
