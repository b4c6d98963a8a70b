"""Ratings in digits, stars and number words: what stands at the start, and nothing that counts something else."""

from __future__ import annotations

import re
from functools import lru_cache

from survey_app.texting.rules import lexicon
from survey_app.texting.rules.labels import SOFT, Doubt, Label, read_label, read_synonym
from survey_app.texting.rules.tokens import Reply

# The letters are the kinds of the lexicon: N 1 to 5, Z another number, D a number word, S points, U a unit.
_LEAD = (
    f"[{lexicon.POLITE}{lexicon.FILLER}{lexicon.PRONOUN}{lexicon.LINK}{lexicon.OK}{lexicon.POINTS}e,.:m#]*+"
)
_NUMBER = re.compile(rf"({_LEAD})[NZ]")
_OVER = re.compile(r"/[NZ](?![/NZ])")
_DATE = re.compile(r"/[NZ]")
_STARS = re.compile(r"[PFROe,.:m]*+(\*[*e]*+)")
_WORD = re.compile(r"(?:[PFLOe,.:mS]|R(?!D(?!S)))*+(D)(?:S|(?!R))(?:[PFRLOe,.:ms])*+\Z")
_ALL_BEFORE = re.compile(rf"{_LEAD}E[EPFRLO]*+NS?+(?![/NZUDQv<?X-])")
_ALL_AFTER = re.compile(rf"{_LEAD}NS?+L*+E+(?=[PFRLOe,.:m]*+(?:\Z|J|(?<=[,.])))")
_DATES = re.compile(r"[NZ](?:/[NZ])+")
_OUT_OF = ("5", "10")
_BARE = re.compile(r"(?<![U#WhD/])[NZ](?![UhD/])")
_NUMBER_AFTER = re.compile(r"[PFRLe,.:m#-]*+N(?:/N)?S?(?![/U<vQDh?-])")
_PERCENT = re.compile("[NZ]<")
_TIME = re.compile(r":[NZ](?!\Z)")
_DASH_TO_WORDS = re.compile(r"-[^NZ]")
_NO_RATING_AFTER = re.compile(rf"S?[PFRLOe,.:m*]*+(?:[QX?]{SOFT}*+\Z|\?)|S?[Q<v]|[/-]|S?P*X{SOFT}*+\Z")
_PEOPLE = re.compile("R+[Wh]")
_REPEATED = re.compile(rf"[Se,.:m-]*+(?:(D)S?|(\*[*e]*+)){SOFT}*+\Z")
_NUMBER_GOES_ON = re.compile(r"[.,:-]?[NZ](?![UhD])")


def read_list(reply: Reply, questions: int) -> tuple[int, ...] | None:
    """Return one rating for each question by position, or for all questions by one number and "hết"; else None."""
    run_of_digits, listed = _lists_of(questions)
    run = run_of_digits.match(reply.kinds)
    if run is not None and _is_run(reply.words[run.end(1)], questions):
        return tuple(int(digit) for digit in reply.words[run.end(1)])
    by_position = listed.match(reply.kinds)
    if by_position is not None and not _bare_numbers(reply, by_position.end()):
        return tuple(reply.value(place) for place in _scores(reply, 0, by_position.end()))
    for_all = _ALL_BEFORE.match(reply.kinds) or _ALL_AFTER.match(reply.kinds)
    if for_all is not None and not _bare_numbers(reply, for_all.end()):
        return (reply.value(for_all[0].index(lexicon.SCORE)),) * questions
    return None


@lru_cache(maxsize=16)
def _lists_of(questions: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what matches a run of digits, and `questions` numbers separated by spaces, commas or dashes."""
    listed = rf"{_LEAD}N(?:S?[,-]{{0,2}}N){{{questions - 1}}}S?(?![/U<vQDh?-])"
    return re.compile(rf"({_LEAD})Z(?=[PFRLOe,.:ms]*+\Z)"), re.compile(listed)


def _is_run(digits: str, questions: int) -> bool:
    return len(digits) == questions and set(digits) <= set("12345")


def _scores(reply: Reply, start: int, end: int) -> list[int]:
    return [place for place in range(start, end) if reply.kinds[place] == lexicon.SCORE]


def read_stars(reply: Reply) -> Label | Doubt | None:
    """Return the stars at the start, counted: one to five."""
    found = _STARS.match(reply.kinds)
    if found is None:
        return None
    count = found[1].count(lexicon.STAR)
    rest = reply.kinds[found.end() :]
    if count > 5 or set(rest) & set("NZHYBGTA?<*a") or _NO_RATING_AFTER.match(rest):
        return Doubt.SPOILT
    return Label(count, found.start(1), found.end())


def read_number_word(reply: Reply) -> Label | None:
    """Return a number word when it is the whole remainder, and not how an uncle or a sister is addressed."""
    found = _WORD.match(reply.kinds)
    return Label(reply.value(found.start(1)), 0, len(reply.kinds)) if found else None


def read_number(reply: Reply) -> Label | Doubt | None:
    """Return the rating at the start, checked against words of the scale beside it.

    None: no number stands there, or it counts days, is a date, a street number or another quantity.
    """
    found = _NUMBER.match(reply.kinds)
    if found is None:
        return None
    place, end = found.end(1), found.end()
    over = _OVER.match(reply.kinds, end)
    if over is not None and reply.words[over.end() - 1] == "5" and reply.kinds[place] == lexicon.SCORE:
        end = over.end()
    elif _DATE.match(reply.kinds, end):
        return None if _is_date(reply, place) else Doubt.SPOILT
    rest = reply.kinds[end:]
    if _counts_something(reply, place, rest):
        return None
    if _NUMBER_GOES_ON.match(rest) or reply.text.startswith("."):
        return Doubt.SPOILT
    if reply.kinds[place] != lexicon.SCORE or _is_doubtful(reply, end):
        return Doubt.SPOILT
    return _agreed(reply, reply.value(place), place, end)


def _is_date(reply: Reply, place: int) -> bool:
    second = reply.words[place + 2]
    return second not in _OUT_OF and int(second[:4]) <= 12 and int(reply.words[place][:4]) <= 31


def _counts_something(reply: Reply, place: int, rest: str) -> bool:
    """Say whether the number has a unit, is a time, or is a house's; officials and procedures are counted when few."""
    if rest[:1] in (lexicon.UNIT, lexicon.NUMBER_WORD) or _TIME.match(rest):
        return True
    if rest[:1] == lexicon.COUNTED:
        return reply.kinds[place] == lexicon.NUMBER or reply.value(place) <= 3
    if reply.kinds[place] == lexicon.SCORE and reply.value(place) <= 3 and _PEOPLE.match(rest):
        return True
    numbered = reply.kinds[:place].endswith(lexicon.NUMERO)
    return numbered and rest[:1] in (lexicon.OTHER, lexicon.COUNTED, lexicon.UNIT)


def _is_doubtful(reply: Reply, end: int) -> bool:
    """Say whether what follows the number asks, negates or weakens it, or names another number."""
    if _NO_RATING_AFTER.match(reply.kinds, end) and not _DASH_TO_WORDS.match(reply.kinds, end):
        return True
    return _bare_numbers(reply, end)


def _bare_numbers(reply: Reply, start: int, end: int | None = None) -> bool:
    """Say whether another number might be a rating: up to ten, with no unit after it and no noun before it."""
    undated = _DATES.sub(
        lambda found: _undated(found, reply.words[start + found.end() - 1]), reply.kinds[start:end]
    )
    return any(_up_to_ten(reply.words[start + found.start()]) for found in _BARE.finditer(undated))


def _up_to_ten(digits: str) -> bool:
    significant = digits.lstrip("0")
    return len(significant) <= 2 and int(significant or "0") <= 10


def _undated(found: re.Match[str], last: str) -> str:
    """Return units for a date; "4/5" and "8/10" remain numbers unless a noun stands before them."""
    return ("N" if last in _OUT_OF else "U") + "m" * (len(found[0]) - 1)


def _agreed(reply: Reply, value: int, place: int, end: int) -> Label | Doubt:
    """Return the number where words beside it say the same side of the scale: people invert the scale."""
    rest = reply.kinds[end:]
    if lexicon.ANGRY in rest and value >= 4:
        return Doubt.SPOILT
    repeated = _REPEATED.match(rest)
    if repeated is not None:
        return Label(value, place, end + len(rest)) if _repeats(reply, value, repeated, end) else Doubt.SPOILT
    label = read_label(rest)
    if label is Doubt.SPOILT:
        return label
    if isinstance(label, Label):
        same = agrees(value, label.value)
        return Label(value, place, end + label.end if label.start <= 3 else end) if same else Doubt.SPOILT
    synonym = read_synonym(rest)
    return Label(value, place, end) if synonym is None or agrees(value, synonym) else Doubt.SPOILT


def _repeats(reply: Reply, value: int, repeated: re.Match[str], end: int) -> bool:
    """Say whether "5 (năm)" or "5 ⭐⭐⭐⭐⭐" says the same twice; one star alone means points."""
    if repeated[1]:
        return reply.value(end + repeated.start(1)) == value
    return repeated[2].count(lexicon.STAR) in (1, value)


def agrees(number: int, label: int) -> bool:
    """Say whether both lie on the same side of the middle."""
    return (number > 3) - (number < 3) == (label > 3) - (label < 3)


def read_label_with_number(reply: Reply) -> Label | Doubt | None:
    """Return the label of the reply; a number right after it wins where it lies on the same side."""
    label = read_label(reply.kinds)
    if not isinstance(label, Label):
        return label
    after = _NUMBER_AFTER.match(reply.kinds, label.end)
    end = after.end() if after is not None else label.end
    if _contradicts(reply.kinds, label.value):
        return Doubt.SPOILT
    if _bare_numbers(reply, 0, label.start) or _bare_numbers(reply, end):
        return Doubt.SPOILT
    return label if after is None else _with_number(reply, label, after.end())


def _contradicts(kinds: str, value: int) -> bool:
    """Say whether signs speak against a label: an angry face beside a good one, or "100%"."""
    return (value >= 4 and lexicon.ANGRY in kinds) or _PERCENT.search(kinds) is not None


def _with_number(reply: Reply, label: Label, end: int) -> Label | Doubt:
    number, *over = [reply.value(place) for place in _scores(reply, label.end, end)]
    return (
        Label(number, label.start, end) if agrees(number, label.value) and over in ([], [5]) else Doubt.SPOILT
    )
