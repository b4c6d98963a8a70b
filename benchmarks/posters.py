"""How long the background printer takes for 1,000 posters in one PDF.

python -m benchmarks.posters [COUNT]
"""

from __future__ import annotations

import sys
import time
from datetime import date

from survey_app.offices.documents.posters import PosterFormat, PosterPoint
from survey_app.offices.documents.press import Order, press

BUDGET_SECONDS_FOR_1000 = 60


def points(count: int) -> list[PosterPoint]:
    """Return counters of offices with names of usual length."""
    return [
        PosterPoint(
            code=f"7K3F{number:04}",
            point_name=f"Quầy {number % 40 + 1} – Hộ tịch, chứng thực",
            point_name_en=f"Counter {number % 40 + 1} – Civil status, certification",
            office_name=f"Bộ phận Tiếp nhận và Trả kết quả phường số {number // 40}",
            collector=f"Ủy ban nhân dân phường số {number // 40}",
            number=str(number % 40 + 1),
        )
        for number in range(count)
    ]


def printed_in_time(count: int, paper: PosterFormat) -> bool:
    """Print seconds and posters a second for one paper size; say whether the budget is kept."""
    order = Order("https://danhgia.caobang.gov.vn", date(2026, 11, 22), paper, 1, "0206 3852 000", True)
    start = time.perf_counter()
    pdf = press(points(count), order, alive=lambda _prepared: True)
    seconds = time.perf_counter() - start
    assert pdf is not None
    budget = BUDGET_SECONDS_FOR_1000 * max(count, 1_000) / 1_000
    print(
        f"{count:,} posters {paper}: {seconds:.1f} s, {count / seconds:.0f} posters/s, {len(pdf) / 1e6:.1f} MB "
        f"({seconds / budget:.2f} of the budget of {budget:.0f} s)"
    )
    return seconds <= budget


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    sys.exit(sum(not printed_in_time(wanted, paper) for paper in PosterFormat))
