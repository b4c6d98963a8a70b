"""The public result pages over HTTP, on both databases."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from flask import Flask


@pytest.fixture
def survey(app: Flask, make_survey, some):
    """The trial campaign on the application's database: offices with 60, 40 and 6 responses."""
    survey = make_survey(app.extensions["survey_app.database"])
    survey.store(some(0, 60) + some(1, 40, channel="web") + some(2, 6))
    return survey


@pytest.fixture
def published(survey):
    """The same with a published run; returns its id."""
    run_id = survey.run()
    survey.publish(run_id)
    return run_id


class TestCampaignPage:
    def test_shows_the_overall_index_with_interval_and_n(self, survey, published, client):
        overall = json.loads(survey.compute().text)["overall"]
        page = client.get("/results/thu-nghiem").text
        assert f"{overall['estimate']:.2f}%".replace(".", ",") in page
        assert f"{overall['ci_low']:.2f} – {overall['ci_high']:.2f}%".replace(".", ",") in page
        assert "106 phiếu" in page

    def test_says_who_answered_and_that_they_chose_to(self, published, client):
        page = client.get("/results/thu-nghiem").text
        assert "không phải mẫu đại diện" in page
        assert "Mã QR tại quầy: 66" in page
        assert "Đường dẫn trên mạng: 40" in page

    def test_names_each_instrument_and_hides_its_index_where_it_would_give_away_an_office(
        self, survey, published, client
    ):
        rows = json.loads(survey.compute().text)["instruments"]
        section = client.get("/results/thu-nghiem").text.split("Chỉ số chung theo cách trả lời")[1]
        assert "Mã QR tại quầy – Điện thoại hoặc máy tính của người dân" in section
        # 66 by QR code less the 60 of the first office are the 6 of the last.
        assert [(row["responses"], row["in_hidden_offices"]) for row in rows] == [(66, 6), (40, 40)]
        assert f"{rows[0]['overall']['estimate']:.2f}%".replace(".", ",") not in section

    def test_says_how_it_was_computed_and_when_published(self, published, client):
        page = client.get("/results/thu-nghiem").text
        assert "tỷ lệ người chọn mức 4 hoặc 5" in page
        assert "Công bố ngày 21/11/2026" in page
        assert published in page

    def test_compares_offices_without_ranks_and_warns_of_overlap(self, published, client):
        page = client.get("/results/thu-nghiem").text
        assert "không xếp hạng" in page
        assert "Xin đừng dùng bảng này để xếp hạng" in page

    def test_hides_a_small_office_and_the_one_that_would_give_it_away(self, published, client):
        page = client.get("/results/thu-nghiem").text
        assert "dưới 10 phiếu, không công bố" in page
        assert "không công bố, để bảo vệ nhóm ít phiếu" in page
        assert "6 phiếu<" not in page.replace("106 phiếu<", "").replace("66 phiếu<", "")

    def test_draws_every_interval_as_an_image_with_words(self, published, client):
        drawings = re.findall(r'<svg class="bar" role="img".*?</svg>', client.get("/results/thu-nghiem").text)
        assert len(drawings) >= 9
        assert all("<title>" in drawing and "<desc>" in drawing for drawing in drawings)

    def test_has_no_style_attribute_and_no_script(self, published, client):
        page = client.get("/results/thu-nghiem").text
        assert not re.search(r"<[^>]+ style=", page)
        assert "<script" not in page

    def test_speaks_english_with_decimal_points(self, survey, published, client):
        overall = json.loads(survey.compute().text)["overall"]
        page = client.get("/results/thu-nghiem?lang=en").text
        assert "Trial campaign" in page
        assert f"{overall['estimate']:.2f}%" in page

    def test_escapes_names(self, app, make_survey, some, client):
        other = make_survey(
            app.extensions["survey_app.database"], code="ten-la", office_name="<b>Một cửa</b> &"
        )
        other.store(some(0, 20) + some(1, 20))
        other.publish(other.run())
        page = client.get("/results/ten-la").text
        assert "<b>Một cửa" not in page
        assert "&lt;b&gt;Một cửa" in page

    def test_says_so_when_there_are_too_few_responses_for_any_figure(self, app, make_survey, some, client):
        other = make_survey(app.extensions["survey_app.database"], code="it-phieu")
        other.store(some(0, 9))
        other.publish(other.run())
        page = client.get("/results/it-phieu").text
        assert "Chưa đủ phiếu để công bố chỉ số chung." in page
        assert not re.search(r"\d,\d\d%", page)

    def test_warns_when_the_method_is_not_the_questionnaires_own(self, survey, client):
        from survey_app.questionnaires.rules import ScoreMethod

        survey.publish(survey.run(score=ScoreMethod.MEAN_SCALED))
        assert "cách tính khác với công thức ghi trong phiếu" in client.get("/results/thu-nghiem").text

    def test_shows_the_newest_publication(self, survey, published, client, some, now):
        client.get("/results/thu-nghiem")
        survey.store(some(0, 50))
        newer = survey.run()
        survey.publish(newer, now + timedelta(days=1))
        page = client.get("/results/thu-nghiem").text
        assert newer in page
        assert "Công bố ngày 22/11/2026" in page

    def test_stands_when_nobody_without_a_flag_answered_a_question(self, app, make_survey, answer, client):
        other = make_survey(app.extensions["survey_app.database"], code="co-hieu")
        other.store([answer(0, (5, 4, 0, 1, 4))] * 30 + [answer(0, (5, 4, 3, 1, 4), flags="burst")] * 20)
        other.publish(other.run())
        page = client.get("/results/co-hieu")
        assert page.status_code == 200
        assert "Nếu bỏ" not in page.text

    def test_says_that_its_figures_stay_while_few_responses_are_new(
        self, survey, published, client, some, now
    ):
        before = client.get("/results/thu-nghiem").text
        survey.store(some(0, 1, 2))
        newer = survey.run()
        survey.publish(newer, now + timedelta(days=1))
        page = client.get("/results/thu-nghiem").text
        assert "Số liệu giữ nguyên như lần công bố ngày 21/11/2026" in page
        assert newer in page
        assert numbers(page) == numbers(before)

    def test_lists_offices_a_line_each_with_a_link_to_their_own_page(self, published, client):
        page = client.get("/results/thu-nghiem?lang=en").text
        assert 'href="/results/thu-nghiem/offices/thu-nghiem-00?lang=en"' in page

    @pytest.mark.parametrize(
        ("page", "offices"), [("", range(2)), ("?page=1", range(2)), ("?page=2", range(2, 3))]
    )
    def test_pages_a_long_list_of_offices(self, published, client, monkeypatch, page, offices):
        monkeypatch.setattr("survey_app.results.views.public.OFFICES_AT_ONCE", 2)
        text = client.get(f"/results/thu-nghiem{page}").text
        linked = re.findall(r"/offices/([\w-]+)", text)
        order = ["thu-nghiem-01", "thu-nghiem-02", "thu-nghiem-00"]  # by unit code
        assert linked == [order[number] for number in offices]
        assert ("?page=2#offices" in text) == (page != "?page=2")

    @pytest.mark.parametrize("page", ["0", "2", "-1", "x", "²", "99999999999999999999", ""])
    def test_has_no_other_pages(self, published, client, page):
        assert client.get(f"/results/thu-nghiem?page={page}").status_code == 404


def numbers(page):
    """Every percentage on a page."""
    return re.findall(r"\d+,\d+%", page)


class TestOfficePage:
    def test_shows_the_whole_tree_of_an_office(self, survey, published, client):
        (office,) = [
            one for one in json.loads(survey.compute().text)["offices"] if one["code"] == "thu-nghiem-00"
        ]
        page = client.get("/results/thu-nghiem/offices/thu-nghiem-00").text
        # offices 00 and 01 alone are shown where the third is hidden: 01 protects it
        for figure in [office["overall"], *office["contents"], *office["factors"], *office["criteria"]]:
            assert f"{figure['estimate']:.2f}%".replace(".", ",") in page
        assert "Nhân tố 1" in page

    def test_shows_no_figure_of_a_small_office(self, published, client):
        page = client.get("/results/thu-nghiem/offices/thu-nghiem-02").text
        assert "dưới 10 phiếu, không công bố" in page
        assert len(numbers(page)) == 1  # the campaign's own index, for comparison

    def test_says_that_its_figures_stay(self, survey, published, client, some, now):
        survey.store(some(0, 5, 2) + some(1, 40, 3))
        survey.publish(survey.run(), now + timedelta(days=1))
        page = client.get("/results/thu-nghiem/offices/thu-nghiem-00").text
        assert "Số liệu giữ nguyên như lần công bố ngày 21/11/2026" in page
        assert "60 phiếu" in page
        assert "số liệu lần công bố trước" in client.get("/results/thu-nghiem").text

    @pytest.mark.parametrize("code", ["khong-co", "thu-nghiem", "Cơ quan lạ"])
    def test_answers_404_to_an_unknown_office(self, published, client, code):
        answer = client.get(f"/results/thu-nghiem/offices/{code}")
        assert answer.status_code == 404
        assert "không có trong đợt khảo sát" in answer.text

    def test_answers_404_without_publication(self, survey, client):
        assert client.get("/results/thu-nghiem/offices/thu-nghiem-00").status_code == 404

    def test_links_to_itself_in_the_other_language(self, published, client):
        page = client.get("/results/thu-nghiem/offices/thu-nghiem-00?x=1").text
        assert 'href="/results/thu-nghiem/offices/thu-nghiem-00?lang=en"' in page


class TestJson:
    def test_gives_the_published_figures_with_the_run_in_front(self, published, client):
        answer = client.get("/results/thu-nghiem.json")
        result = json.loads(answer.text)
        assert answer.mimetype == "application/json"
        assert list(result)[:4] == ["run", "published", "smallest_cell", "campaign"]
        assert (result["run"], result["published"]) == (published, "2026-11-21")

    def test_holds_no_number_of_a_hidden_figure(self, published, client):
        offices = json.loads(client.get("/results/thu-nghiem.json").text)["offices"]
        small = next(office for office in offices if office["code"] == "thu-nghiem-02")
        assert small["overall"]["hidden"] == "under_10"
        assert {small["overall"][key] for key in ("estimate", "se", "n", "n_min", "df")} == {None}

    def test_counts_nothing_past_disclosure_control(self, published, client):
        text = client.get("/results/thu-nghiem.json").text
        assert "last_response" not in text
        result = json.loads(text)
        scopes = [result, *result["offices"]]
        assert "data" not in result["method"]
        assert sum(result["method"]["intervals"].values()) == sum(
            figure["hidden"] is None
            for scope in scopes
            for figure in [scope["overall"], *scope["contents"], *scope["factors"], *scope["criteria"]]
        )

    def test_names_each_node_once(self, published, client):
        result = json.loads(client.get("/results/thu-nghiem.json").text)
        assert list(result["offices"][0]) == [
            "code",
            "name",
            "name_en",
            "unit",
            "kept",
            "overall",
            "contents",
            "factors",
            "criteria",
        ]
        assert result["criteria"][0]["label"] == "Câu 1"
        assert "label" not in result["offices"][0]["criteria"][0]
        assert [one["id"] for one in result["offices"][0]["criteria"]] == ["q1", "q2", "q3", "q4"]

    def test_says_whose_figures_it_holds(self, survey, published, client, some):
        assert json.loads(client.get("/results/thu-nghiem.json").text)["kept"] is None
        survey.store(some(0, 1))
        newer = survey.run()
        survey.publish(newer)
        result = json.loads(client.get("/results/thu-nghiem.json").text)
        assert (result["run"], result["kept"]) == (newer, {"run": published, "published": "2026-11-21"})


class TestCsv:
    def test_gives_the_table_as_a_file_in_utf_8(self, published, client):
        answer = client.get("/results/thu-nghiem.csv")
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8"))))
        assert answer.content_type == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="thu-nghiem.csv"'
        assert {row["run"] for row in rows} == {published}


class TestCaching:
    @pytest.mark.parametrize("ending", ["", ".json", ".csv"])
    def test_answers_304_to_the_same_version(self, published, client, ending):
        first = client.get(f"/results/thu-nghiem{ending}")
        assert first.headers["Cache-Control"] == "public, no-cache"
        again = client.get(f"/results/thu-nghiem{ending}", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")

    def test_304_repeats_the_content_policy_of_the_page(self, published, client):
        first = client.get("/results/thu-nghiem")
        again = client.get("/results/thu-nghiem", headers={"If-None-Match": first.headers["ETag"]})
        assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]

    @pytest.mark.parametrize("ending", ["", ".json", ".csv"])
    def test_head_has_the_headers_of_get_and_no_body(self, published, client, ending):
        got, headed = (getattr(client, method)(f"/results/thu-nghiem{ending}") for method in ("get", "head"))
        assert (headed.status_code, headed.data) == (200, b"")
        assert headed.headers["ETag"] == got.headers["ETag"]
        assert headed.content_length == got.content_length

    def test_versions_differ_by_language_and_display(self, published, client):
        addresses = ["", "?lang=en", "?contrast=high", "?size=xl"]
        tags = {client.get(f"/results/thu-nghiem{query}").headers["ETag"] for query in addresses}
        assert len(tags) == 4

    def test_keeps_no_reader_s_parameters_in_another_reader_s_page(self, published, client):
        assert "abc123" not in client.get("/results/thu-nghiem?from=abc123").text
        assert "evil.example" not in client.get("/results/thu-nghiem", base_url="http://evil.example").text

    def test_renders_once_whatever_the_address_says(self, published, client, monkeypatch):
        from survey_app.results.views import public as views

        rendered = []
        render = views.render_template
        monkeypatch.setattr(
            views, "render_template", lambda *given, **more: rendered.append(1) or render(*given, **more)
        )
        for address in ("", "?x=1", "?x=2", "?page=1", "?lang=vi", "?size=huge"):
            client.get(f"/results/thu-nghiem{address}", base_url="http://other.example")
        assert len(rendered) == 1

    def test_reads_no_figures_for_the_list(self, published, client, monkeypatch):
        from survey_app.results.queries import runs

        monkeypatch.setattr(runs, "published_text", None)
        monkeypatch.setattr(runs, "result_text", None)
        assert "thu-nghiem" in client.get("/results").text

    def test_sends_the_same_page_packed_and_plain(self, published, client):
        import gzip

        plain = client.get("/results/thu-nghiem")
        packed = client.get("/results/thu-nghiem", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert "Accept-Encoding" in plain.headers["Vary"]


class TestNotPublished:
    @pytest.mark.parametrize("code", ["thu-nghiem", "khong-co", "Đợt lạ", "a.b"])
    def test_answers_404_with_what_to_do(self, survey, client, code):
        survey.run()
        answer = client.get(f"/results/{code}")
        assert answer.status_code == 404
        assert "chưa công bố kết quả" in answer.text

    def test_answers_machines_with_problem_details(self, survey, client):
        answer = client.get("/results/thu-nghiem.json")
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")

    def test_is_not_cached(self, survey, client):
        assert client.get("/results/thu-nghiem.csv").headers["Cache-Control"] == "no-store"

    def test_accepts_no_other_method(self, published, client):
        assert client.post("/results/thu-nghiem").status_code == 405


class TestList:
    def test_is_empty_without_publications(self, survey, client):
        survey.run()
        page = client.get("/results")
        assert page.status_code == 200
        assert "thu-nghiem" not in page.text

    def test_names_each_publication_with_index_population_and_link(self, survey, published, client):
        overall = json.loads(survey.compute().text)["overall"]
        page = client.get("/results").text
        assert 'href="/results/thu-nghiem"' in page
        assert f"{overall['estimate']:.2f}%".replace(".", ",") in page
        assert "Ý kiến tự nguyện" in page
