"""Only plain, small, readable YAML comes in, and every value keeps its line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from survey_app.questionnaires.gateway import (
    MAXIMUM_BYTES,
    UnableToRead,
    parse,
    read,
    shipped,
    shipped_file,
)


def refusal(content: bytes) -> tuple[int, str]:
    with pytest.raises(UnableToRead) as refused:
        parse(content, "form.yaml")
    problem = refused.value.problem
    assert problem.remedy
    assert str(refused.value).startswith(f"form.yaml:{problem.line}: ")
    return problem.line, problem.message


def test_reads_plain_values_of_every_kind() -> None:
    content = b'a: 1\nb: -2.5\nc: true\nd: ~\ne: "1"\nf: [x, {g: y}]\nh: |\n  two\n  lines\n'
    document = parse(content, "form.yaml").document
    lines = "two\nlines\n"
    assert document == {"a": 1, "b": -2.5, "c": True, "d": None, "e": "1", "f": ["x", {"g": "y"}], "h": lines}


def test_reads_as_text_what_other_readers_take_for_something_else() -> None:
    content = b"a: no\nb: 2026-11-21\nc: 0x10\nd: 1e5\ne: 12:30\nno: on\n"
    document = parse(content, "form.yaml").document
    assert list(document.values()) == ["no", "2026-11-21", "0x10", "1e5", "12:30", "on"]
    assert list(document) == ["a", "b", "c", "d", "e", "no"]


def test_keeps_the_line_of_every_value() -> None:
    source = parse(b"# first\na: 1\nb:\n  - x\n  - c: y\n", "form.yaml")
    assert source.line(("a",)) == 2
    assert source.line(("b", 0)) == 4
    assert source.line(("b", 1, "c")) == 5


def test_gives_the_line_of_the_nearest_value_for_what_is_missing() -> None:
    source = parse(b"a: 1\nb:\n  - x\n", "form.yaml")
    assert source.line(("b", 0, "nothing", "here")) == 3
    assert source.line(("nothing",)) == 1


def test_accepts_a_byte_order_mark() -> None:
    assert parse("\ufeffa: ệ".encode(), "form.yaml").document == {"a": "ệ"}


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", 1, "tệp trống"),
        (b"# only a comment\n", 1, "tệp trống"),
        (b"- a\n- b\n", 1, "không phải là nhóm"),
        (b"just words", 1, "không phải là nhóm"),
        (b"a: 1\nb: &name 2\n", 2, "neo và bí danh"),
        (b"a: 1\nb: *name\n", 2, "neo và bí danh"),
        (b"a: &n {b: 1}\nc: {<<: *n}\n", 1, "neo và bí danh"),
        (b"a: {<<: {b: 1}}\n", 1, "tên mục phải là một từ"),
        (b"? [a, b]\n: 1\n", 1, "tên mục phải là một từ"),
        (b"a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "nhãn kiểu"),
        (b"a: !other 1\n", 1, "nhãn kiểu"),
        (b"a: 1\n\na: 2\n", 3, "“a” lặp lại"),
        (b"a: 1\n---\nb: 2\n", 3, "nhiều tài liệu"),
        (b"a: [1, 2\nb: 3\n", 2, "YAML sai cú pháp"),
        (b"a: 1\n  b: 2\n", 2, "YAML sai cú pháp"),
        (b"a: 1\n\tb: 2\n", 2, "YAML sai cú pháp"),
        (b"a: 'open\n", 2, "YAML sai cú pháp"),
        (b'a: "\\UFFFFFFFF"\n', 1, "YAML sai cú pháp"),
        (b"%YAML 9.0\n---\na: 1\n", 1, "YAML sai cú pháp"),
        (b"a: 1\nb: \x00\n", 2, "ký tự điều khiển U+0000"),
        ("a: 1\nb: x\ufeffy\n".encode(), 2, "ký tự điều khiển U+FEFF"),
        ("a: 1\nb: x\ue000y\n".encode(), 2, "ký tự U+E000 thuộc vùng dùng riêng"),
        ("# \uf8ff\na: 1\n".encode(), 1, "ký tự U+F8FF thuộc vùng dùng riêng"),
        (b'a: 1\nb: "\\uE000"\n', 2, "ký tự U+E000 thuộc vùng dùng riêng"),
        (b'a: "\\0"\n', 1, "ký tự điều khiển"),
        (b'a: "\\ud800"\n', 1, "ký tự điều khiển"),
        (b"a: 1\nb: \xe1\xbb\n", 2, "không phải mã UTF-8"),
        ("a: Phiếu\n".encode("utf-16"), 1, "không phải mã UTF-8"),
        ("a: Đơn\n".encode("cp1258"), 1, "không phải mã UTF-8"),
        (b"a: " + b"[" * 100_000, 1, "lồng nhau quá sâu"),
        (b"a: " + b"{b: " * 50_000, 1, "lồng nhau quá sâu"),
    ],
)
def test_refuses_with_line_and_reason(content: bytes, line: int, message: str) -> None:
    told = refusal(content)
    assert message in told[1]
    assert told[0] == line


def test_refuses_a_huge_file_without_reading_it_all(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(20 * 1024**3)
    started = time.perf_counter()
    with pytest.raises(UnableToRead, match="512 KB"):
        read(path)
    assert time.perf_counter() - started < 1


def test_refuses_an_alias_bomb_at_once() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    started = time.perf_counter()
    assert "neo và bí danh" in refusal(bomb.encode())[1]
    assert time.perf_counter() - started < 1


def test_takes_a_file_of_the_greatest_size() -> None:
    content = b"a: x\n" + b"#" * (MAXIMUM_BYTES - 5)
    assert parse(content, "form.yaml").document == {"a": "x"}


@pytest.mark.parametrize("name", ["nothing.yaml", "."])
def test_tells_of_a_file_that_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnableToRead, match="không mở được tệp"):
        read(tmp_path / name)


def test_finds_the_newest_or_the_named_version_that_ships() -> None:
    assert shipped_file("sipas_2022") in shipped()
    assert shipped_file("sipas_2022@1") == next(
        path for path in shipped() if path.parent.name == "sipas_2022"
    )
    assert shipped_file("sipas_2022@99") is None
    assert shipped_file("nothing") is None


def test_counts_versions_as_numbers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for version in (1, 2, 10):
        (tmp_path / "form").mkdir(exist_ok=True)
        (tmp_path / "form" / f"v{version}.yaml").touch()
    monkeypatch.setattr("survey_app.questionnaires.gateway.files.resource_folder", lambda _name: tmp_path)
    newest = shipped_file("form")
    assert newest is not None
    assert newest.name == "v10.yaml"
