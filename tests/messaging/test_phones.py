"""Phone numbers as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.messaging.rules.phones import PhoneKind, UnableToReadPhone, mask, mobile_number, read_phone

mobiles = st.from_regex(r"(?:[3579][0-9]|8[1-9])[0-9]{7}", fullmatch=True)
separators = st.sampled_from(["", " ", ".", "-", "\u00a0", "–", " ."])


class TestMobileNumber:
    """What can be sent messages."""

    @pytest.mark.parametrize(
        "text",
        [
            "0901234567",
            "84901234567",
            "+84901234567",
            "0084901234567",
            " 090 123 45 67 ",
            "090.123.45.67",
            "090-123-4567",
            "(090) 123 4567",
            "+84 (0)90 123 4567",
            "840901234567",
            "901234567",
            "\u202a+84 90\u00a0123 4567\u202c",
            "０９０１２３４５６７",
            "＋８４９０１２３４５６７",
        ],
    )
    def test_is_the_same_however_it_is_written(self, text: str) -> None:
        assert mobile_number(text) == "+84901234567"

    @pytest.mark.parametrize(
        "prefix", ["032", "039", "052", "056", "059", "070", "079", "081", "084", "089", "099"]
    )
    def test_has_ten_digits_from_03_05_07_08_or_09(self, prefix: str) -> None:
        assert mobile_number(f"{prefix}1234567") == f"+84{prefix[1:]}1234567"

    def test_that_lost_its_zero_in_a_spreadsheet_is_read_even_if_it_begins_with_the_country_code(
        self,
    ) -> None:
        assert mobile_number("841234567") == "+84841234567"

    @pytest.mark.parametrize(
        ("text", "remedy"),
        [
            ("024 3825 1234", "máy bàn"),
            ("+842438251234", "máy bàn"),
            ("8079", "đầu số"),
            ("1900 1234", "đầu số"),
            ("+1 500 555 0006", "Việt Nam"),
            ("01234567890", "năm 2018"),
            ("+84 123 456 7890", "năm 2018"),
        ],
    )
    def test_is_refused_with_the_remedy_where_no_message_can_go(self, text: str, remedy: str) -> None:
        with pytest.raises(UnableToReadPhone, match=remedy):
            mobile_number(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "không có",
            "090123456",
            "09012345678",
            "0801234567",
            "0601234567",
            "0901234567/0912345678",
            "0901234567 0912345678",
            "901234567.0",
            "9.01234567E8",
            "+",
            "++84901234567",
            "84+901234567",
            "٠٩٠١٢٣٤٥٦٧",
            "090²123456",
            "0" * 10_000,
        ],
    )
    def test_is_not_made_up_from_anything_else(self, text: str) -> None:
        with pytest.raises(UnableToReadPhone) as refusal:
            mobile_number(text)

        assert not any(char.isdigit() for char in str(refusal.value).replace("090 123 45 67", ""))

    @settings(deadline=None)
    @given(
        mobiles, st.lists(separators, min_size=9, max_size=9), st.sampled_from(["0", "84", "+84", "0084", ""])
    )
    def test_does_not_depend_on_what_stands_between_the_digits(
        self, national: str, between: list[str], prefix: str
    ) -> None:
        written = prefix + "".join(map(str.__add__, national, between))

        assert mobile_number(written) == f"+84{national}"


class TestReadPhone:
    """Any number that texts may come from."""

    @pytest.mark.parametrize(
        ("text", "number", "kind"),
        [
            ("0901234567", "+84901234567", PhoneKind.MOBILE),
            ("02438251234", "+842438251234", PhoneKind.LANDLINE),
            ("8079", "8079", PhoneKind.SHORT_CODE),
            ("1022", "1022", PhoneKind.SHORT_CODE),
            ("+14158675309", "+14158675309", PhoneKind.FOREIGN),
            ("001 415 867 5309", "+14158675309", PhoneKind.FOREIGN),
        ],
    )
    def test_says_what_answers_there(self, text: str, number: str, kind: PhoneKind) -> None:
        phone = read_phone(text)

        assert (phone.number, phone.kind) == (number, kind)

    @settings(deadline=None)
    @given(st.text(max_size=50) | st.text("+0123456789 .-()", max_size=20))
    def test_gives_a_number_that_reads_as_itself_or_refuses(self, text: str) -> None:
        try:
            phone = read_phone(text)
        except UnableToReadPhone:
            return
        assert read_phone(phone.number) == phone


class TestMask:
    """What screens show."""

    @pytest.mark.parametrize(
        ("number", "masked"),
        [
            ("+84901234567", "+84 90• ••• •67"),
            ("+842438251234", "+842•••••••34"),
            ("+14158675309", "+141••••••09"),
            ("8079", "8079"),
        ],
    )
    def test_hides_the_digits_that_name_somebody(self, number: str, masked: str) -> None:
        assert mask(number) == masked

    @settings(deadline=None)
    @given(mobiles)
    def test_shows_four_of_the_nine_digits_of_a_mobile_number(self, national: str) -> None:
        masked = mask(f"+84{national}").removeprefix("+84 ")

        assert sum(char.isdigit() for char in masked) == 4
        assert masked.count("•") == 5
