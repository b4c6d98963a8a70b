"""A linter for questionnaires: advice to the person who writes one, never a refusal.

The rules are those of any handbook on questionnaires, reduced to what a program can see without crying wolf; the
numbers are our own rules unless a source is named.
"""

from survey_app.questionnaires.rules.advice.form import COUNTER_SECONDS, PANEL_SECONDS
from survey_app.questionnaires.rules.advice.linter import advise
from survey_app.questionnaires.rules.advice.remark import Advice, Severity

__all__ = ["COUNTER_SECONDS", "PANEL_SECONDS", "Advice", "Severity", "advise"]
