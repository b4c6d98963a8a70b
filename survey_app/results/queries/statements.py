"""What a result says beside its figures: the campaign, whom its answers stand for, and its offices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from survey_app.campaigns.queries import CampaignOfficeView, CampaignView
from survey_app.campaigns.rules import Channel, Population, channel_label, population_label, population_of
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.languages import use_language
from survey_app.questionnaires.rules import Questionnaire
from survey_app.responses import queries as responses
from survey_app.responses.rules.flags import Flag, reason
from survey_app.responses.rules.instruments import instrument_label
from survey_app.results.rules.refusals import UnableToCompute


def campaign_facts(campaign: CampaignView, questionnaire: Questionnaire) -> dict[str, Any]:
    """Return code, titles, questionnaire and period."""
    return {
        "code": campaign.code,
        "title": campaign.title,
        "title_en": campaign.title_en,
        "questionnaire": questionnaire.name,
        "from": campaign.opens_on.isoformat(),
        "to": campaign.closes_on.isoformat(),
    }


def population_facts(mark: responses.Watermark, flagged: int, *, drawn: bool) -> dict[str, Any]:
    """Return whom the answers stand for, and how many came through which channel and with which flag.

    Raises
    ------
    UnableToCompute
        Channels of different populations, or a drawn sample without its design, or a design of volunteers.
    """
    kinds = population_of(Channel(name) for name in mark.channels)
    if len(kinds) != 1:
        raise UnableToCompute(
            _(
                "Đợt khảo sát này trộn nhiều loại người trả lời, nên không có chung một chỉ số. "
                "Hãy tách thành nhiều đợt."
            )
        )
    (kind,) = kinds
    if (kind is Population.PROBABILITY_SAMPLE) != drawn:
        raise UnableToCompute(
            _(
                "Phiếu của một mẫu bốc thăm phải có thiết kế mẫu (tầng, đơn vị mẫu, trọng số), và chỉ phiếu của mẫu "
                "bốc thăm mới có. Hãy nhập lại phiếu với đủ cột thiết kế mẫu, qua kênh phỏng vấn theo mẫu."
            )
        )
    return {
        "kind": kind.value,
        **_bilingual("label", lambda: _short_label(kind)),
        **_bilingual("statement", lambda: _statement(kind)),
        "responses": mark.count,
        "channels": [_channel(Channel(name), count) for name, count in mark.channels.items()],
        "flagged": {
            "responses": flagged,
            "reasons": [_flag(Flag(name), count) for name, count in mark.flags.items()],
        },
    }


def _channel(channel: Channel, count: int) -> dict[str, Any]:
    words = _bilingual("label", lambda: channel_label(channel))
    return {"channel": channel.value, **words, "responses": count}


def instrument_facts(channel: str, instrument: str) -> dict[str, Any]:
    """Return a channel and an instrument with their names."""
    return {
        "channel": channel,
        "instrument": instrument,
        **_bilingual("label", lambda: f"{channel_label(Channel(channel))} – {instrument_label(instrument)}"),
    }


def _flag(flag: Flag, count: int) -> dict[str, Any]:
    return {"flag": flag.value, **_bilingual("label", lambda: reason(flag)), "responses": count}


def _short_label(kind: Population) -> str:
    return {
        Population.VOLUNTARY: _("Ý kiến tự nguyện"),
        Population.PROBABILITY_SAMPLE: _("Mẫu bốc thăm"),
        Population.INVITED: _("Người được mời"),
    }[kind]


def _statement(kind: Population) -> str:
    caution = {
        Population.VOLUNTARY: _(
            "Chỉ những người tự chọn trả lời mới có mặt ở đây. Khoảng tin cậy chỉ tính sai số ngẫu nhiên giữa "
            "những người như vậy, không tính khác biệt giữa người trả lời và người không trả lời."
        ),
        Population.PROBABILITY_SAMPLE: _(
            "Mỗi người trả lời đại diện cho nhiều người dân. Khoảng tin cậy tính sai số do bốc thăm; không tính "
            "được khác biệt giữa người đã trả lời và người được chọn mà không trả lời."
        ),
        Population.INVITED: _(
            "Người được mời có trả lời hay không là tùy họ. Khoảng tin cậy chỉ tính sai số ngẫu nhiên giữa những "
            "người đã trả lời, không tính khác biệt với người không trả lời."
        ),
    }[kind]
    label = population_label(kind)
    return f"{label[:1].upper()}{label[1:]}. {caution}"


def _bilingual(key: str, words: Callable[[], str]) -> dict[str, str]:
    """Word a field in both languages: the bytes must not depend on the language the operator works in."""
    found = {}
    for name, language in ((key, "vi"), (f"{key}_en", "en")):
        with use_language(language):
            found[name] = words()
    return found


def office_facts(office: CampaignOfficeView) -> dict[str, Any]:
    """Return code, names and unit of an office."""
    return {
        "code": office.code,
        "name": office.name,
        "name_en": office.name_en,
        "unit": {"code": office.unit_code, "name": office.unit_name},
    }
