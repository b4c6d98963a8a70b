"""The words that replies are made of, each with its kind: one letter, so that a reply's kinds are a short text.

A word stands here as it is written with accents; it is known without them too. What is not here is OTHER.
"""

from __future__ import annotations

from itertools import product

from survey_app.texting.rules.texts import unaccented

SCORE, NUMBER, NUMBER_WORD = "N", "Z", "D"  # 1 to 5 in digits; any other number; một to năm
# COUNTED is counted only where it is few: "2 cán bộ" are two, "5 cán bộ vui vẻ" is a rating of five.
POINTS, UNIT, COUNTED, STAR, NUMERO = "S", "U", "h", "*", "#"
SATISFIED, DISSATISFIED, ORDINARY = "H", "Y", "B"
GOOD, BAD, PASSABLE = "G", "T", "A"
NOT, VERY, VERY_AFTER, AT_ALL, FAIRLY = "X", "I", "M", "C", "K"
LINK, FILLER, PRONOUN, POLITE, OK = "L", "F", "R", "P", "O"
ALL, TURN, DOUBT, WISH, CONDITION, BETWEEN, COMPLAINT = "E", "J", "Q", "w", "q", "v", "c"
OTHER, GLUED = "W", "V"
FULL_STOP, COMMA, COLON, MARK, QUESTION, SLASH, DASH, COMPARED = ".", ",", ":", "m", "?", "/", "-", "<"
SYMBOL, ASTERISK, ANGRY = "e", "s", "a"

_WORDS = {
    POINTS: "điểm|đ|đê|sao|star|stars|point|points",
    UNIT: (
        "ngày|hôm|lần|tháng|giờ|tiếng|phút|tuần|buổi|đêm|sáng|chiều|bước|triệu|nghìn|ngàn|đồng|cái|tờ|bộ|loại|km|cây|"
        "trang|tập|bản|hồ sơ|giấy|khâu|cửa|vợ chồng|đứa|xe|lượt|số cán bộ|số nhân viên|số người|số nơi|"
        "số chỗ|số thủ tục|số việc|days|hours|times|hour|day|h|ph|"
        "người|mẹ con|bố con|bà cháu|ông cháu|anh em|chị em|vc|củ|xị|tay|nửa|tí|chút|phát|"
        "phường|xã|tầng|phòng|chỗ|nơi|việc|công|câu|ng"
    ),
    COUNTED: "cán bộ|nhân viên|thủ tục|anh chị cán bộ|công chức|đồng chí|cb",
    NUMERO: "số",
    SATISFIED: "hài lòng|haì lòng|hl|hailong|hài lòg|hài log|satisfied",
    DISSATISFIED: "dissatisfied|unsatisfied",
    ORDINARY: "bình thường|bt|bth|bthg|bthuong|bthường|bình thg|b thường|btg|neutral",
    GOOD: "tốt",
    BAD: "tệ",
    PASSABLE: "tạm được|tạm đc|tạm dc",
    NOT: "không|k|ko|kg|kh|hok|hông|khum|chưa|chẳng|chả|hổng|hem|hk|khg|kô|hôk|not|no|don't|dont|đâu",
    VERY: (
        "rất|rât|r|quá|cực kỳ|cực kì|cực|vô cùng|hết sức|hoàn toàn|very|extremely|completely|totally|siêu|tuyệt đối"
    ),
    VERY_AFTER: "lắm|lém|lắm lắm",
    AT_ALL: "chút nào|tí nào|tý nào|một chút nào|một tí nào|tẹo nào|xíu nào|chút xíu nào|at all",
    FAIRLY: "khá|quite",
    LINK: (
        "là|thấy|cảm thấy|được|đc|dc|thật sự|thực sự|thiệt sự|có|mấy|cũng|đang|với mức|am|really|"
        "đã|im|i'm|cũng thấy"
    ),
    FILLER: (
        "cho|chấm|đánh giá|mức|mức độ|trả lời|tl|chọn|bấm|nhấn|kết quả|ý kiến|vote|rate|rating|soạn|của|câu trả lời|"
        "mức độ hài lòng|độ hài lòng|sự hài lòng|chấm điểm|cho điểm|điểm số|đáp án|phương án|gia đình|tặng|các câu|"
        "mọi câu|về|kính gửi ubnd|bộ phận một cửa|đồng ý"
    ),
    PRONOUN: (
        "em|e|tôi|tui|t|mình|anh|a|chị|c|con|cháu|bác|chú|cô|ông|bà|dì|cậu|bạn|ad|admin|shop|chúng tôi|chúng em|"
        "gia đình tôi|gia đình em|nhà tôi|anh chị|ông bà|quý vị|ubnd|i|các anh chị|các bạn|các cô chú|các bác"
    ),
    POLITE: (
        "dạ|vâng|ạ|ah|ak|ạk|à|xin|xin chào|chào|kính gửi|kính chào|thưa|nhé|nhe|nha|nhá|nghen|nhen|hen|ha|nè|nà|đó|đấy|"
        "vậy|thôi|rồi|luôn|lun|ơi|hihi|hi|haha|hehe|cảm ơn|cám ơn|cảm ơn cán bộ|cảm ơn các cán bộ|cám ơn cán bộ|"
        "cảm ơn nhiều|cám ơn nhiều|cảm ơn cán bộ nhiều|cảm ơn các cán bộ nhiều|cảm ơn nhân viên|xin cảm ơn|"
        "thanks|thank|you|thank you|tks|thks|thx|ty|please|làm ơn|trân trọng|alo|cả|nhỉ|hả|the|"
        "cảm ơn anh chị|cảm ơn các anh chị|cảm ơn quý cơ quan|cảm ơn ubnd"
    ),
    OK: "ok|oke|okie|okay|oki|okê|yes|ừ|uh",
    ALL: "hết|đều|tất cả|all|tất|hết cả|tất cả các câu|đều là",
    TURN: "chứ|phải|nhưng|nhg|nhưng mà|vì|do|tại|tại vì|bởi vì|mà|song|tuy nhiên|but|because",
    DOUBT: (
        "ai|ai mà|đéo|đếch|sao được|sao đc|sao dc|sao nổi|là sao|trong số|làm sao|tại sao|vì sao|sao lại|thế nào|"
        "gì|cái gì|nỗi gì|kiểu gì|nào|đâu có|hơi|ít|kém|gần|gần như|hầu như|khoảng|tầm|chắc|hình như|có lẽ|hơn|dưới|"
        "rưỡi|phẩy|trừ|cộng|nhầm|nhiều|vừa|vừa vừa|vừa phải|một phần|phần nào|một nửa|tương đối|trung bình|hẳn|thể|"
        "người ta|người dân|mọi người|nhiều người|bao giờ|thì|tạm|mới lạ|chết liền|cái con khỉ|are|nói|hay không|"
        "hỏi|chẳng lẽ|từng|hề|half"
    ),
    SLASH: "trên",
    WISH: "đừng|đừng mong|mong|muốn|ép|bắt|khó|khó mà|sẽ|giả vờ|để|chúc|bảo",
    CONDITION: "nếu|giá mà|lẽ ra|đáng lẽ|phải chi|giá như|tưởng|would|if|could",
    BETWEEN: "từ|đến|hoặc|hay|và|lại|or|to|and",
    COMPLAINT: "khiếu nại|tố cáo|khiếu kiện|khởi kiện|tố giác",
}
NUMBER_WORDS = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5}
UNITS_GLUED = frozenset(["h", "g", "p", "ph", "tr", "k", "km", "m", "kg"]).union(
    ("gio", "giờ", "phut", "phút", "ngay", "ngày", "lan", "lần", "nam", "năm", "thang", "tháng")
)
POINTS_GLUED = frozenset(["d", "đ", "diem", "điểm", "sao", "star", "stars"])
SYMBOLS = {
    ".": FULL_STOP, "…": FULL_STOP, ",": COMMA, ";": COMMA, "\n": COMMA, ":": COLON, "=": COLON,
    "?": QUESTION, "/": SLASH, "\u2044": SLASH, "-": DASH, "–": DASH, "—": DASH, "‐": DASH, "−": DASH,
    "⭐": STAR, "★": STAR, "*": ASTERISK,
}  # fmt: skip
SYMBOLS |= dict.fromkeys("^!()[]\"'“”‘’<_|{}", MARK) | dict.fromkeys(">%~+≈≥≤±$€₫", COMPARED)
SYMBOLS |= dict.fromkeys("😡😠🤬👎💩😤", ANGRY)


def spellings(phrase: str) -> list[str]:
    """Return `phrase` with each of its words accented or not: people accent half of what they write."""
    return [" ".join(words) for words in product(*({word, unaccented(word)} for word in phrase.split()))]


def _kinds() -> dict[str, str]:
    listed = [(phrase, kind) for kind, phrases in _WORDS.items() for phrase in phrases.split("|")]
    # Number words last: without accents "hai", "ba" and "nam" are numbers before anything else.
    listed += [(word, NUMBER_WORD) for word in NUMBER_WORDS]
    known = {spelling: kind for phrase, kind in listed for spelling in spellings(phrase)}
    return known | dict(listed)


KINDS = _kinds()
VALUES = {spelling: value for word, value in NUMBER_WORDS.items() for spelling in spellings(word)}
SINGLE_WORDS = frozenset(word for phrase in KINDS for word in phrase.split())
LONGEST_FROM: dict[str, int] = {}
"""Words of the longest phrase that begins with a word, for words that begin a phrase."""
for _phrase in KINDS:
    _words = _phrase.split()
    if len(_words) > 1:
        LONGEST_FROM[_words[0]] = max(LONGEST_FROM.get(_words[0], 0), len(_words))
