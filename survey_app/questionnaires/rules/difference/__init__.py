"""What differs between two versions of a questionnaire, and where that breaks a series of figures.

A trend is safe only while the same people are asked the same words with the same answers, and the index is made the
same way. Where that changes for something that is scored, the difference says `breaks_trend` and why. Rules of our
own, on the careful side: a change of dots, capitals or translations does not count, any other change of the words does.
"""

from survey_app.questionnaires.rules.difference.change import Difference, Kind
from survey_app.questionnaires.rules.difference.comparing import differences

__all__ = ["Difference", "Kind", "differences"]
