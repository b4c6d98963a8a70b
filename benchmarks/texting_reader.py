"""How many replies a second one core reads, over the sample replies, and the slowest 10 kB of bad input.

python -m benchmarks.texting_reader
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

from survey_app.texting.rules.reading import read_reply

SAMPLE = Path(__file__).resolve().parents[1] / "tests" / "texting" / "sms_replies.csv"
REPLIES_A_SECOND = 20_000
SLOWEST_MILLISECONDS = 20
LENGTH = 10_000
REPEATED = (
    "👍", "⭐", "1:5 ", "5 ", "5/", "5-", "không ", "khong hai long ", "rat khong ", "cam on can bo ", "da ", "dg ",
    "1a", "a1", "ca1n ", "7K3F9M2X ", "\u0301", "\u0345\u0301\u0323", "\u05bc\u05b0", "\u200d", "\u200f", " ", "\n",
    "ﷺ", "x ", ":(", "a'a ", "'", "5 het ", "câu 1 ", "nham so ",
)  # fmt: skip


def seconds_of(text: str) -> float:
    """Return the shortest of three readings."""
    spent = []
    for _ in range(3):
        start = time.perf_counter()
        read_reply(text)
        spent.append(time.perf_counter() - start)
    return min(spent)


def replies_a_second(texts: list[str]) -> float:
    """Return the best of seven rounds."""
    best = float("inf")
    for _ in range(7):
        start = time.perf_counter()
        for _ in range(20):
            for text in texts:
                read_reply(text)
        best = min(best, time.perf_counter() - start)
    return 20 * len(texts) / best


def main() -> int:
    """Print both figures beside their budgets; exit 1 when one is missed."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    speed = replies_a_second(texts)
    slowest = max(REPEATED, key=lambda unit: seconds_of((unit * LENGTH)[:LENGTH]))
    milliseconds = 1_000 * seconds_of((slowest * LENGTH)[:LENGTH])
    print(
        f"replies read: {speed:,.0f}/s (at least {REPLIES_A_SECOND:,}), ratio {speed / REPLIES_A_SECOND:.2f}"
    )
    print(f"slowest 10 kB: {milliseconds:.1f} ms of {slowest!r} (at most {SLOWEST_MILLISECONDS})")
    return 0 if speed >= REPLIES_A_SECOND and milliseconds <= SLOWEST_MILLISECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
