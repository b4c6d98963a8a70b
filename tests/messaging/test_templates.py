"""Templates of SMS and of Zalo."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.messaging.rules.templates import (
    UnableToFill,
    compose,
    fill,
    sms_faults,
    variable_faults,
    variables_of,
)
from survey_app.messaging.rules.texts import measure
from survey_app.messaging.rules.zalo_templates import RatingTemplate, zalo_faults

BY_SHORT_CODE = (
    "{unit}: Ông/bà chấm điểm phục vụ hồ sơ 1-5 (5=rất hài lòng, 1=rất không hài lòng). "
    "Soạn DG {code} điểm gửi {number}. Từ chối: soạn TC"
)
VALUES = {"unit": "UBND tỉnh Cao Bằng", "code": "7K3F9M2X", "number": "8079"}


class TestFill:
    """Variables and their values."""

    def test_are_listed_in_order_and_once(self) -> None:
        assert variables_of("{unit} {code}: {unit}, {so_hs}") == ("unit", "code", "so_hs")

    def test_gives_the_ready_text_of_one_segment(self) -> None:
        text = compose(BY_SHORT_CODE, VALUES, accents=False)

        assert text.startswith("UBND tinh Cao Bang: Ong/ba cham diem phuc vu ho so 1-5")
        assert (len(text), measure(text).segments) == (143, 1)

    def test_keeps_accents_where_they_are_wanted(self) -> None:
        assert compose("{unit}", {"unit": "Cao Ba\u0306\u0300ng"}, accents=True) == "Cao Bằng"

    @pytest.mark.parametrize("values", [{}, {"unit": ""}, {"unit": " \n"}, {"other": "x"}])
    def test_is_refused_while_a_variable_has_no_value(self, values: dict[str, str]) -> None:
        with pytest.raises(UnableToFill, match=r"\{unit\}"):
            fill("Kính gửi {unit}", values)

    def test_does_not_read_variables_out_of_values(self) -> None:
        assert fill("{unit}", {"unit": "{code}", "code": "secret"}) == "{code}"

    def test_puts_a_value_on_one_line(self) -> None:
        assert fill("[{unit}]", {"unit": " Sở\r\nNội  vụ "}) == "[Sở Nội vụ]"

    @settings(deadline=None)
    @given(st.text(), st.dictionaries(st.sampled_from(["unit", "code"]), st.text(min_size=1)))
    def test_never_leaves_a_gap(self, template: str, values: dict[str, str]) -> None:
        try:
            filled = fill(template + "{unit}", values)
        except UnableToFill:
            assert not values.get("unit", "").split()
        else:
            assert filled.endswith(" ".join(values["unit"].split()))


class TestVariableFaults:
    """What a template may refer to."""

    def test_are_none_for_known_variables(self) -> None:
        assert variable_faults(BY_SHORT_CODE, VALUES) == ()

    def test_names_unknown_variables(self) -> None:
        assert variable_faults("{unit} {phone}", {"unit"}) == ("Không có biến: {phone}.",)

    @pytest.mark.parametrize(
        "template", ["{unit", "unit}", "{}", "{Unit}", "{unit.name}", "{{unit}}", "{0}", "{ unit }"]
    )
    def test_names_braces_that_are_no_variable(self, template: str) -> None:
        assert any("chỉ dùng cho biến" in fault for fault in variable_faults(template, {"unit"}))


class TestSmsFaults:
    """What a composed SMS must keep to."""

    def test_are_none_for_the_ready_text(self) -> None:
        assert sms_faults(compose(BY_SHORT_CODE, VALUES, accents=False), first=True, confirmed=False) == ()

    def test_ask_for_confirmation_of_more_than_two_segments(self) -> None:
        text = compose(BY_SHORT_CODE, VALUES, accents=True)

        assert sms_faults(text, first=True, confirmed=False) == (
            "Tin nhắn dài 3 tin. Hãy rút ngắn, hoặc xác nhận gửi như vậy.",
        )
        assert sms_faults(text, first=True, confirmed=True) == ()

    @pytest.mark.parametrize(("length", "faults"), [(306, 0), (307, 1)])
    def test_allow_two_full_segments(self, length: int, faults: int) -> None:
        assert len(sms_faults("a" * length, first=False, confirmed=False)) == faults

    def test_want_the_way_to_refuse_in_a_first_message_only(self) -> None:
        text = "Moi ong/ba cham diem 1-5."

        assert sms_faults(text, first=True, confirmed=False) == (
            "Tin nhắn đầu tiên phải ghi cách từ chối, ví dụ “Từ chối: soạn TC”.",
        )
        assert sms_faults(text, first=False, confirmed=False) == ()

    @pytest.mark.parametrize("text", ["a" * 1531, "ế" * 671])
    def test_do_not_let_anybody_confirm_more_than_ten_segments(self, text: str) -> None:
        assert sms_faults(text, first=False, confirmed=True) == ("Tin nhắn quá dài: nhiều nhất 10 tin.",)

    @pytest.mark.parametrize("text", ["", " \n "])
    def test_want_a_text(self, text: str) -> None:
        assert sms_faults(text, first=False, confirmed=False) == ("Tin nhắn không có nội dung.",)


RATING = RatingTemplate(
    title="Đánh giá việc giải quyết hồ sơ",
    text="{unit} mời {name} chấm điểm việc giải quyết hồ sơ {code} ngày 21.11.2026.",
    options=("Đúng hẹn", "Thái độ tốt"),
)


class TestZaloFaults:
    """What Zalo would refuse."""

    def test_are_none_for_a_template_within_the_rules(self) -> None:
        assert zalo_faults(RATING) == ()

    @pytest.mark.parametrize(
        ("changed", "fault"),
        [
            (replace(RATING, title="Đánh giá"), "Tiêu đề dài từ 9 đến 65"),
            (replace(RATING, title="a" * 66), "Tiêu đề dài từ 9 đến 65"),
            (replace(RATING, text="{code}"), "Nội dung dài từ 9 đến 400"),
            (replace(RATING, text="{code}" + "a" * 395), "Nội dung dài từ 9 đến 400"),
            (replace(RATING, title="{unit} {name} {code} mời ông bà"), "nhiều nhất 2 biến"),
            (replace(RATING, text=RATING.text + " {procedure}"), "nhiều nhất 3 biến"),
            (replace(RATING, options=("a" * 51,)), "dài từ 1 đến 50"),
            (replace(RATING, options=("",)), "dài từ 1 đến 50"),
            (replace(RATING, text="{unit} mời ông/bà chấm điểm"), "biến riêng"),
        ],
    )
    def test_name_lengths_and_parameters(self, changed: RatingTemplate, fault: str) -> None:
        assert [fault in found for found in zalo_faults(changed)] == [True]

    @pytest.mark.parametrize(
        "words",
        [
            "https://dg.caobang.gov.vn/x",
            "xem caobang.gov.vn",
            "WWW.abc",
            "bit.ly/3x",
            "HTTP://x",
            "tại {link}",
        ],
    )
    def test_find_links_in_any_text(self, words: str) -> None:
        in_text, in_option = replace(RATING, text=f"{{code}} {words}"), replace(RATING, options=(words,))

        assert zalo_faults(in_text) == ("Không ghi đường dẫn trong nội dung, chỉ đặt ở nút bấm.",)
        assert zalo_faults(in_option) == zalo_faults(in_text)

    @pytest.mark.parametrize(
        "words",
        [
            "gọi 0901234567",
            "gọi 090.123.45.67 nhé",
            "ĐT (024) 3825 1234",
            "1900 1234",
            "+84901234567",
            "gọi {number}",
        ],
    )
    def test_find_telephone_numbers_in_any_text(self, words: str) -> None:
        in_text, in_title = (
            replace(RATING, text=f"{{code}} {words}"),
            replace(RATING, title=f"Đánh giá {words}"),
        )

        assert zalo_faults(in_text) == ("Không ghi số điện thoại trong nội dung, chỉ đặt ở nút bấm.",)
        assert zalo_faults(in_title) == zalo_faults(in_text)

    @pytest.mark.parametrize(
        "words",
        [
            "hồ sơ 000.00.19.H26-211101-0001",
            "ngày 21.11.2026",
            "năm 2021-2025",
            "TP.HCM",
            "phí 10.000.000 đồng",
        ],
    )
    def test_leave_dates_dossier_codes_and_sums_alone(self, words: str) -> None:
        assert zalo_faults(replace(RATING, text=f"{{code}} {words}")) == ()

    def test_are_all_named_at_once(self) -> None:
        assert len(zalo_faults(RatingTemplate(title="", text="gọi 0901234567 tại x.vn"))) == 4
