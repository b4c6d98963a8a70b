"""Where the worker keeps the jobs of the running minute."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from survey_app.config import Settings
from survey_app.messaging.tasks.worker import store_of


def test_huey_reads_only_what_this_installation_signed(settings_of: Callable[[str], Settings]) -> None:
    serializer = store_of(settings_of("sqlite:///unused")).serializer
    signed = serializer.serialize("a job")

    assert serializer.deserialize(signed) == "a job"
    with pytest.raises(ValueError, match=r"[Ss]ignature"):
        serializer.deserialize(signed[:-1] + b"0")
