"""Results as a table for people."""

from typing import Any

from survey_app.estimation.requests.problem import Fields

_COLUMNS = ("estimate", "se", "ci_low", "ci_high", "df", "n", "deff", "statistic", "p_value")


def table_of(results: list[Fields]) -> str:
    """Lines of aligned columns: one line an estimate, `-` where there is none; errors below."""
    lines = [_line(result["id"], row) for result in results for row in _rows(result)]
    shown = [column for column in _COLUMNS if any(column in row for row in lines)]
    header = ["request", "label", *shown]
    cells = [[row["request"], row["label"], *(row.get(column, "-") for column in shown)] for row in lines]
    widths = [max(len(line[k]) for line in [header, *cells]) for k in range(len(header))]
    table = [_aligned(line, widths) for line in [header, ["-" * width for width in widths], *cells]]
    errors = [f"{result['id']}: {result['error']}" for result in results if "error" in result]
    return "\n".join([*table, *(["", "Not answered:", *errors] if errors else [])])


def _rows(result: Fields) -> list[Fields]:
    if "error" in result:
        return []
    rows: list[Fields] = result.get("rows", [result])
    return rows


def _line(name: str, row: Fields) -> dict[str, str]:
    given = {column: _cell(row[column]) for column in _COLUMNS if column in row}
    return {"request": name, "label": str(row.get("label", ""))} | given


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _aligned(cells: list[str], widths: list[int]) -> str:
    texts = [cell.ljust(width) for cell, width in zip(cells[:2], widths[:2], strict=True)]
    numbers = [cell.rjust(width) for cell, width in zip(cells[2:], widths[2:], strict=True)]
    return "  ".join([*texts, *numbers]).rstrip()
