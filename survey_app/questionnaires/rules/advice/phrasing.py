"""What is awkward about the wording of one question: patterns of Vietnamese and English, on purpose few.

A pattern is here only if it is seldom wrong: advice that cries wolf is not read. Each function answers for one
language; the original is Vietnamese, and a translation is looked at only where there is no Vietnamese.
"""

from __future__ import annotations

import re

MOST_WORDS = {"vi": 40}
"""Longest question that is read in one breath. Our own rule: 30 words; Vietnamese puts a space after every syllable
and has about 1.4 syllables a word, so 40."""
MOST_WORDS_ELSEWHERE = 30

_PARENTHESES = re.compile(r"\([^()]*\)")
_JOINING = {
    "vi": re.compile(r"(?:^|[\s,;])(và|hoặc|cũng như|lẫn)\s+(?=\w)|\w(và/hoặc)\w?", re.IGNORECASE),
    "en": re.compile(r"\s(and/or|and|or|as well as)\s+(?=\w)", re.IGNORECASE),
}
# One thing said with two words: no second thing is asked.
_ONE_THING = {
    "vi": re.compile(
        r"từ đủ \d+ tuổi và|ông (?:và|hoặc) bà|ông/bà (?:và|hoặc) gia đình|khoa học và công nghệ|"
        r"giáo dục và đào tạo|văn hóa và thể thao|tài nguyên và môi trường|nông nghiệp và môi trường|"
        r"bộ phận tiếp nhận và trả kết quả|phản ánh và kiến nghị|khiếu nại và tố cáo|mua và bán|"
        r"đi và về|ngày và giờ|họ và tên|phí và lệ phí|thu và chi",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"terms and conditions|feedback and petitions|fees and charges|name and address|one or more|"
        r"\d+ (?:and|or) (?:over|more|older)|yes or no|sooner or later|more or less|and so on",
        re.IGNORECASE,
    ),
}
_LEADING = {
    "vi": re.compile(
        r"(có đồng ý (?:rằng|là)|phải không\s*\?|đúng không\s*\?|chẳng lẽ|lẽ nào|chắc hẳn|ai cũng biết|"
        r"mọi người đều|như đã biết|tuyệt vời|xuất sắc|nỗ lực (?:không ngừng|to lớn|vượt bậc)|tận tụy|"
        r"tồi tệ|nhũng nhiễu|quan liêu|có hài lòng không\s*\?)",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(do(?:n't| not) you (?:agree|think)|do you agree that|would(?:n't| not) you|isn't it|everyone knows|"
        r"obviously|as you know|excellent|outstanding|terrible|corrupt)",
        re.IGNORECASE,
    ),
}
_ABBREVIATION = re.compile(r"(?<![\w.])[A-ZĐ]{2,8}(?![\w.])")
_KNOWN = frozenset(
    {"UBND", "QR", "SMS", "PIN", "TV", "VNPT", "OTP", "II", "III", "IV", "VI", "VII", "VIII", "IX"}
)


def joined_by(text: str, language: str) -> str | None:
    """Return the word that joins two things in `text`, or None.

    Not counted: words in parentheses (examples), a joining word before a capital letter (names of offices), and
    pairs that are one thing. A comma alone joins too, but mostly in lists of one thing, so it is not counted.
    """
    if language not in _JOINING:
        return None
    kept = _ONE_THING[language].sub(" ", _PARENTHESES.sub(" ", text))
    for found in _JOINING[language].finditer(kept):
        if not kept[found.end() : found.end() + 1].isupper():
            return next(group for group in found.groups() if group).lower()
    return None


def leading_words(text: str, language: str) -> str | None:
    """Return words of `text` that push towards an answer, or None."""
    found = _LEADING[language].search(text) if language in _LEADING else None
    return found.group(0) if found else None


def too_many_words(text: str, language: str) -> tuple[int, int] | None:
    """Return the number of words of `text` and the greatest number that is easy to read, or None when it is short."""
    words, most = len(text.split()), MOST_WORDS.get(language, MOST_WORDS_ELSEWHERE)
    return (words, most) if words > most else None


def abbreviations(text: str) -> list[str]:
    """Return words in capitals that not everyone knows, without those that `text` explains in parentheses."""
    if text.isupper():
        return []
    found = dict.fromkeys(_ABBREVIATION.findall(text))
    return [one for one in found if one not in _KNOWN and not explains(text, one)]


def explains(text: str, abbreviation: str) -> bool:
    """Tell whether `text` writes the abbreviation out: `… (ABC)` or `ABC (…)`."""
    return f"({abbreviation})" in text or re.search(rf"\b{abbreviation}\s*\(", text) is not None
