"""Prints many posters in a process of its own, so that their memory is given back and no page waits for them.

The child reads one JSON document, writes a line with a number whenever more QR codes are ready, and puts the PDF into
a file. `python -m survey_app.offices.documents.press OUT` is what it runs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from survey_app.offices.documents.posters import PosterFormat, PosterPoint, poster_pdf

_MODULE = "survey_app.offices.documents.press"
_LONGEST_SECONDS = 600
_SIGN_OF_LIFE_SECONDS = 5


class UnableToPress(Exception):
    """The child ended without a PDF; the message is its last line, for the log."""


@dataclass(frozen=True, slots=True)
class Order:
    """How posters are to look; see `poster_pdf`."""

    public_url: str
    printed_on: date
    paper: PosterFormat
    minutes: int
    hotline: str | None
    with_english: bool


def press(points: Sequence[PosterPoint], order: Order, *, alive: Callable[[int], bool]) -> bytes | None:
    """Return one PDF with a page for each point, made in a child process.

    `alive` is called with the number of posters prepared so far; when it returns False the child is ended and None
    returned.

    Raises
    ------
    UnableToPress
        The child failed.
    """
    with tempfile.TemporaryDirectory(prefix="posters-") as folder:
        pdf, errors = Path(folder) / "posters.pdf", Path(folder) / "errors.txt"
        task = json.dumps({"points": [asdict(point) for point in points], **_order_values(order)})
        with errors.open("wb") as log:
            child = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
                [sys.executable, "-m", _MODULE, str(pdf)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                cwd=Path(__file__).resolve().parents[3],
            )
            with child:
                if not _attend(child, task, alive):
                    child.kill()
                    return None
        if child.returncode or not pdf.exists():
            lines = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise UnableToPress(lines[-1] if lines else f"exit {child.returncode}")
        return pdf.read_bytes()


def _attend(child: subprocess.Popen[str], task: str, alive: Callable[[int], bool]) -> bool:
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(task)
        child.stdin.close()
    except BrokenPipeError:
        return True  # it failed at once; its exit says so
    return all(alive(int(line)) for line in child.stdout)


def _order_values(order: Order) -> dict[str, object]:
    return asdict(order) | {"printed_on": order.printed_on.isoformat(), "paper": order.paper.value}


class _Count:
    """How many posters are prepared; tells the parent about every step, and every few seconds that work goes on."""

    def __init__(self) -> None:
        self._prepared = 0

    def tell(self, prepared: int) -> None:
        self._prepared = prepared
        print(prepared, flush=True)  # noqa: T201  (the line the parent waits for)

    def keep_telling(self) -> None:
        for _second in range(0, _LONGEST_SECONDS, _SIGN_OF_LIFE_SECONDS):
            time.sleep(_SIGN_OF_LIFE_SECONDS)
            self.tell(self._prepared)
        os._exit(3)  # something hangs: the parent must not wait for ever


def main(out: str) -> None:
    """Do what the parent asks on standard input."""
    task = json.load(sys.stdin)
    count = _Count()
    threading.Thread(target=count.keep_telling, daemon=True).start()
    pdf = poster_pdf(
        [PosterPoint(**point) for point in task["points"]],
        public_url=task["public_url"],
        printed_on=date.fromisoformat(task["printed_on"]),
        paper=PosterFormat(task["paper"]),
        minutes=task["minutes"],
        hotline=task["hotline"],
        with_english=task["with_english"],
        prepared=count.tell,
    )
    Path(out).write_bytes(pdf)


if __name__ == "__main__":
    main(sys.argv[1])
