"""Runs every benchmark of the product; exits 1 when a budget is missed."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = (
    "sizes", "collect", "index_run", "posters", "staff_pages", "estimation", "texting_reader", "inbound", "outbox",
    "desk",
)  # fmt: skip


def main() -> int:
    """Run each in its own process, so that none warms up another."""
    missed = [name for name in BENCHMARKS if _run(name)]
    print(f"budgets missed in: {', '.join(missed)}" if missed else "all budgets kept")
    return 1 if missed else 0


def _run(name: str) -> int:
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
