"""How time and memory grow with the number of workbooks, beside what others would do.

Each size is a workspace of ``generate.py``. Whole processes take turns, so that a machine whose
speed drifts disturbs all of them alike.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.contenders import CONTENDERS, STAGES
from benchmarks.generate import generate

ROOT = Path(__file__).resolve().parents[1]
# A round of these takes minutes beyond.
SLOW, SLOW_LIMIT = ("naive", "frictionless", "pandera"), 1000
FEW, FEW_FROM = 2, 5000  # rounds of the largest sizes
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
GROWN_FROM = 1000
MERGE_STAGES = tuple(dict.fromkeys(("import", *(stage for _, _, stage in STAGES))))


@dataclass
class Measured:
    """One contender at one size: seconds, peak megabytes and stages of every round."""

    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    stages: list[Mapping[str, float]] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Median seconds."""
        return statistics.median(self.seconds)

    def stage(self, name: str) -> float:
        """Median seconds of a stage."""
        return statistics.median(stages.get(name, 0.0) for stages in self.stages)


Found = Mapping[int, Mapping[str, Measured]]


def measure(sizes: Sequence[int], folder: Path, rounds: int) -> Found:
    """All contenders at all sizes; workspaces are kept in ``folder``."""
    found: dict[int, dict[str, Measured]] = {}
    for size in sizes:
        workspace = generate(folder / str(size), size).outbox.parent
        names = [n for n in CONTENDERS if n not in SLOW or size <= SLOW_LIMIT]
        if size == GROWN_FROM < max(sizes):
            names.append("alone")
        found[size] = {name: Measured() for name in names}
        turns = min(rounds, FEW) if size >= FEW_FROM else rounds
        for turn in range(turns + 1):
            for name in names:
                print(f"{size:,} workbooks, round {turn}: {name}", file=sys.stderr)
                # The first turn compiles and warms the caches.
                _run_once(name, workspace, folder, found[size][name] if turn else Measured())
    return found


def _run_once(name: str, workspace: Path, folder: Path, measured: Measured) -> None:
    """One round in a process of its own, its outputs new."""
    target = folder / f"{name}.out.xlsx"
    target.unlink(missing_ok=True)
    shutil.rmtree(workspace / "outbox", ignore_errors=True)
    command = [sys.executable, "-m", "benchmarks.contenders", name, str(workspace), str(target)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody compiles anew at each start
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "pycache")
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    taken = peak = 0.0

    def note_the_end() -> None:
        nonlocal taken
        process.wait()
        taken = time.perf_counter() - started

    waiting = threading.Thread(target=note_the_end)
    waiting.start()
    while waiting.is_alive():
        asked = time.perf_counter()
        peak = _megabytes(process.pid, peak)
        # Hardly in anybody's way; the end is noted when it comes, not when it is asked for.
        waiting.join(max(0.02, 20 * (time.perf_counter() - asked)))
    if process.returncode != 0:
        raise SystemExit(f"{name} ended with {process.returncode}")
    measured.seconds.append(taken)
    measured.megabytes.append(peak)
    if name in ("merge", "alone"):
        measured.stages.append(json.loads(target.read_text(encoding="utf-8"))["stages"])


def _megabytes(pid: int, highest: float) -> float:
    """Memory of a process and all its children (Linux only), a page that several of them share
    counted once; ``highest`` where it cannot be more.

    The exact sum takes time from those who are measured, so it is asked for only where the plain
    one says that it may have risen.
    """
    family = list(_family(pid))
    if sum(_resident(member) for member in family) <= highest:
        return highest
    return max(highest, sum(_proportional(member) for member in family))


def _resident(pid: int) -> float:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / (1 << 20)
    return 0.0


def _proportional(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _family(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def table(found: Found) -> Iterator[str]:
    """The Markdown table: seconds, ratios, memory, stages and their growth."""
    sizes = list(found)
    yield f"| | {' | '.join(f'{size:,}' for size in sizes)} |"
    yield f"|---|{'---:|' * len(sizes)}"

    def line(label: str, cells: Sequence[str]) -> str:
        return f"| {label} | {' | '.join(cells)} |"

    for name in CONTENDERS:
        cells = [f"{found[s][name].median:.2f}" if name in found[s] else "–" for s in sizes]
        yield line(f"**{name}**（秒）", cells)
    for name in CONTENDERS:
        if name != "merge":
            yield line(f"merge ÷ {name}", [_ratio(found[s], name) for s in sizes])
    for name in CONTENDERS:
        cells = [f"{max(found[s][name].megabytes):.0f}" if name in found[s] else "–" for s in sizes]
        yield line(f"{name} の最大メモリ（MB、全プロセス）", cells)
    for stage in MERGE_STAGES:
        yield line(
            f"merge のうち {stage}（秒）", [f"{found[s]['merge'].stage(stage):.2f}" for s in sizes]
        )


def _ratio(here: Mapping[str, Measured], name: str) -> str:
    """Median of the rounds' ratios."""
    if name not in here:
        return "–"
    pairs = zip(here["merge"].seconds, here[name].seconds, strict=True)
    return f"{statistics.median(mine / theirs for mine, theirs in pairs):.2f}"


# What is read while pandas is imported belongs to reading, however much that is.
_GROWING = (("import、read", ("import", "read")), *((s, (s,)) for s in MERGE_STAGES[1:]))


def growth(found: Found) -> Iterator[str]:
    """How many times longer each stage takes at the largest size than at 1,000 workbooks, as it is
    run and with the work shared out in the same way."""
    largest = max(found)
    if largest <= GROWN_FROM or GROWN_FROM not in found:
        return
    large, small = found[largest]["merge"], found[GROWN_FROM]
    yield (
        f"| 段階 | {GROWN_FROM:,} → {largest:,}（{largest // GROWN_FROM}倍） "
        "| 書く仕事の分け方をそろえて |"
    )
    yield "|---|---:|---:|"
    for label, parts in _GROWING:
        if label == "read":
            continue
        after, *before = (
            sum(measured.stage(part) for part in parts)
            for measured in (large, small["merge"], small["alone"])
        )
        if min(before) >= 0.05:  # below, it is noise
            yield f"| {label} | {' | '.join(f'{after / b:.1f}倍' for b in before)} |"
    before = [small[name].median for name in ("merge", "alone")]
    yield f"| 全体 | {' | '.join(f'{large.median / b:.1f}倍' for b in before)} |"
