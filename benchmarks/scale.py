"""How time and memory grow with the number of workbooks, beside what others would do.

    python benchmarks/scale.py 9 100 1000 [--folder DIR] [--rounds N]

Each size is a workspace of ``generate.py``. Whole processes take turns, so that a machine whose
speed drifts disturbs all of them alike; medians are printed as one Markdown table. Contenders:

- ``floor``: read the sheet 事業 of every file with calamine and write one list with XlsxWriter; no
  check, no total, no second sheet. Nobody who reads and writes these workbooks gets under it.
- ``naive``: the script an office would write (glob, pandas.read_excel, concat, to_excel).
- ``pandera``: floor, with one pandera call per workbook instead of one for all.
- ``merge``: ours, every check and every workbook included, also reading back what was written.

``naive`` and ``pandera`` run up to 1,000 workbooks only: a round of theirs takes minutes beyond.
Memory is the largest resident set of one process; for ``merge`` the readers' is given beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SLOW, SLOW_LIMIT = ("naive", "pandera"), 1000
MEGABYTE = 1 << 20


# --- the contenders, each in a process of its own -------------------------------------------------


def _tables(inbox: Path) -> Iterator[list[list[object]]]:
    """The sheet 事業 of every workbook, from its header (row 3) down to its last filled row."""
    from python_calamine import CalamineWorkbook

    for path in sorted(inbox.glob("*.xlsx")):
        with CalamineWorkbook.from_path(path) as book:
            rows = book.get_sheet_by_name("事業").to_python(skip_empty_area=False)
        yield [row for row in rows[2:] if row[5] != ""]


def _write_list(rows: list[list[Any]], target: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            else:
                sheet.write_number(number, column, value)
    book.close()


def floor(workspace: Path, target: Path) -> None:
    """calamine → XlsxWriter."""
    rows: list[list[Any]] = []
    for table in _tables(workspace / "inbox"):
        rows += table[1:] if rows else table
    _write_list(rows, target)


def naive(workspace: Path, target: Path) -> None:
    """pandas from end to end."""
    import pandas as pd

    frames = [
        pd.read_excel(path, sheet_name="事業", header=2, engine="openpyxl").dropna(
            subset=["事業名"]
        )
        for path in sorted((workspace / "inbox").glob("*.xlsx"))
    ]
    pd.concat(frames).to_excel(target, index=False)


def pandera(workspace: Path, target: Path) -> None:
    """calamine → one pandera call per workbook → XlsxWriter."""
    import pandas as pd
    import pandera.pandas as pa

    schema = pa.DataFrameSchema(
        {
            "番号": pa.Column(float, pa.Check.ge(1)),
            "事業名": pa.Column(str, pa.Check.str_length(1, 100)),
            "関連性": pa.Column(str, pa.Check.isin(["◎", "○"])),
            "事業内容": pa.Column(str, pa.Check.str_length(1, 1000)),
        }
    )
    rows: list[list[Any]] = []
    for heading, *body in _tables(workspace / "inbox"):
        schema.validate(pd.DataFrame(body, columns=heading), lazy=True)
        rows += body if rows else [heading, *body]
    _write_list(rows, target)


def merge(workspace: Path, target: Path) -> None:
    """Ours, with its stages timed; what they took stands in ``target``."""
    stages: dict[str, float] = {}

    def timed(module: str, name: str, stage: str) -> None:
        owner: Any = import_module(module)
        *path, last = name.split(".")
        for part in path:
            owner = getattr(owner, part)
        function: Callable[..., Any] = getattr(owner, last)

        def wrapper(*given: Any, **named: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*given, **named)
            finally:
                stages[stage] = stages.get(stage, 0) + time.perf_counter() - started

        setattr(owner, last, wrapper)

    started = time.perf_counter()
    for module in ("sousei_xl.pipeline.delivery", "sousei_xl.commands.report"):
        import_module(module)
    stages["import"] = time.perf_counter() - started
    for module, name, stage in STAGES:
        timed(module, name, stage)
    from sousei_xl.cli import run

    status = run(["merge", "--workspace", str(workspace)])
    stages["publish"] = stages["publish"] - sum(stages[s] for s in ("official", "checkbook"))
    target.write_text(json.dumps({"stages": stages, "status": status}), encoding="utf-8")


STAGES = (
    ("sousei_xl.intake.arrivals", "Arriving.result", "read"),
    ("sousei_xl.pipeline.delivery", "define", "template"),
    ("sousei_xl.pipeline", "receive", "receive"),
    ("sousei_xl.pipeline", "merge", "rules"),
    ("sousei_xl.pipeline.delivery", "contents_of", "figures"),
    ("sousei_xl.pipeline.delivery", "write_official", "official"),
    ("sousei_xl.pipeline.delivery", "write_checkbook", "checkbook"),
    ("sousei_xl.pipeline.delivery", "publish_list", "publish"),
    ("sousei_xl.commands.report", "merged", "report"),
)
CONTENDERS = {f.__name__: f for f in (floor, naive, pandera, merge)}


# --- measuring ------------------------------------------------------------------------------------


@dataclass
class Measured:
    """One contender at one size: seconds, megabytes and stages of every round."""

    seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    stages: list[dict[str, float]] = field(default_factory=list)

    def stage(self, name: str) -> float:
        """Median seconds of a stage."""
        return statistics.median(stages.get(name, 0.0) for stages in self.stages)


def run_once(name: str, workspace: Path, folder: Path, measured: Measured) -> None:
    """One round in a process of its own, its outputs new."""
    target = folder / f"{name}.out.xlsx"
    target.unlink(missing_ok=True)
    shutil.rmtree(workspace / "outbox", ignore_errors=True)
    command = [sys.executable, __file__, "--run", name, str(workspace), str(target)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody compiles anew at each start
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "pycache")
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    memory = 0.0
    if hasattr(os, "wait4"):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / MEGABYTE
    taken = time.perf_counter() - started
    if process.wait() != 0:
        raise SystemExit(f"{name} ended with {process.returncode}")
    measured.seconds.append(taken)
    measured.memory.append(memory)
    if name == "merge":
        measured.stages.append(json.loads(target.read_text(encoding="utf-8"))["stages"])


def measure(sizes: Sequence[int], folder: Path, rounds: int) -> dict[int, dict[str, Measured]]:
    """All contenders at all sizes."""
    from generate import generate

    found: dict[int, dict[str, Measured]] = {}
    for size in sizes:
        print(f"{size} workbooks …", file=sys.stderr)
        workspace = generate(folder / str(size), size).outbox.parent
        names = [n for n in CONTENDERS if n not in SLOW or size <= SLOW_LIMIT]
        found[size] = {name: Measured() for name in names}
        for turn in range(rounds + 1):
            for name in names:
                # The first turn compiles and warms the caches.
                run_once(name, workspace, folder, found[size][name] if turn else Measured())
    return found


def table(found: dict[int, dict[str, Measured]]) -> Iterator[str]:
    """The Markdown table."""
    sizes = list(found)
    yield f"| | {' | '.join(f'{size:,}' for size in sizes)} |"
    yield f"|---|{'---:|' * len(sizes)}"

    def line(label: str, cells: Callable[[dict[str, Measured]], str]) -> str:
        return f"| {label} | {' | '.join(cells(found[size]) for size in sizes)} |"

    for name in CONTENDERS:

        def seconds(here: dict[str, Measured], name: str = name) -> str:
            return f"{statistics.median(here[name].seconds):.2f}" if name in here else "–"

        yield line(f"**{name}**, s", seconds)
    for name in CONTENDERS:
        if name == "merge":
            continue

        def ratio(here: dict[str, Measured], name: str = name) -> str:
            if name not in here:
                return "–"
            pairs = zip(here["merge"].seconds, here[name].seconds, strict=True)
            return f"{statistics.median(mine / theirs for mine, theirs in pairs):.2f}"

        yield line(f"merge ÷ {name}", ratio)
    for name in CONTENDERS:

        def memory(here: dict[str, Measured], name: str = name) -> str:
            return f"{max(here[name].memory):.0f}" if name in here else "–"

        yield line(f"{name}, peak MB", memory)
    for stage in ("import", *(stage for _, _, stage in STAGES)):

        def spent(here: dict[str, Measured], stage: str = stage) -> str:
            return f"{here['merge'].stage(stage):.2f}"

        yield line(f"stage {stage}, s", spent)


def main() -> None:
    """Command line."""
    if sys.argv[1:2] == ["--run"]:
        name, workspace, target = sys.argv[2:]
        CONTENDERS[name](Path(workspace), Path(target))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--folder", type=Path, help="where generated workspaces are kept")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for row in table(measure(given.sizes, folder, given.rounds)):
            print(row)


if __name__ == "__main__":
    main()
