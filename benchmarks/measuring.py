"""One measured row: how long ours took, how long the bare machine took, and the memory."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One line of the table: seconds that each took for `rows` rows.

    `peak` is the most memory of ours in MiB where it ran in a process of its own.
    """

    name: str
    against: str
    rows: int
    ours: float
    bare: float
    peak: int | None = None

    @property
    def ratio(self) -> float:
        """The speed of ours as a share of the bare machine's: 1 is as fast."""
        return self.bare / self.ours

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.ratio:.2f} of {self.against} "
            f"({self.rows / self.ours:,.0f} against {self.rows / self.bare:,.0f} rows a second; "
            f"peak memory {self.peak or peak_mebibytes()} MiB)"
        )


def peak_mebibytes() -> int:
    """The most memory that this program has held; getrusage would count its parent's, before the exec."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) // 1024


def seconds(act: Callable[[], None]) -> float:
    """How long one act takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def turns(ours: Iterable[Callable[[], None]], bare: Iterable[Callable[[], None]]) -> tuple[float, float]:
    """Run the two by turns, so that what else the machine does meets both, and give the median of each."""
    took = [(seconds(mine), seconds(plain)) for mine, plain in zip(ours, bare, strict=True)]
    return statistics.median(mine for mine, _ in took), statistics.median(plain for _, plain in took)
