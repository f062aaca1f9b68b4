"""Read mutants of valid forms by the thousand: ``make mutate N=10000 SEED=1``.

    python -m tests.mutate [N] [--seed S] [--from K]

Readers run as processes of their own, so that one that dies names its mutant and costs no other.
What was lost, made up or crashed on is printed with its number; the file is kept for a look.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHUNK, READY = 250, "ready"


@dataclass(slots=True)
class Tally:
    """How the mutants fared: (how, verdict) → number, and a line for each failure."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def run(seed: int, first: int, last: int, jobs: int = 1) -> Tally:
    """Read the mutants ``first`` to ``last`` (not included) in ``jobs`` processes at a time."""
    tally = Tally()
    chunks = [(n, min(n + CHUNK, last)) for n in range(first, last, CHUNK)]
    with ThreadPoolExecutor(jobs) as pool:
        for lines in pool.map(lambda chunk: list(_chunk(seed, *chunk)), chunks):
            for number, how, verdict, problem in lines:
                tally.counts[how, verdict] += 1
                if problem:
                    tally.failures.append(f"{seed}-{number} {how} {verdict}: {problem}")
    return tally


def _chunk(seed: int, first: int, last: int) -> Iterator[tuple[int, str, str, str]]:
    """One process for a run of mutants; another one goes on behind a mutant that killed it."""
    while first < last:
        command = [sys.executable, "-m", "tests.mutate", str(last), "--seed", str(seed)]
        done = subprocess.run(
            [*command, "--from", str(first), "--reader"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            env={**os.environ, "PYTHONUTF8": "1"},
        )
        ready, *lines = done.stdout.splitlines() or [""]
        if ready != READY:
            raise RuntimeError(done.stderr)
        for line in lines:
            number, how, verdict, problem = json.loads(line)
            yield number, how, verdict, problem
            first = number + 1
        if first < last:
            last_words = done.stderr.strip().splitlines()[-1:] or [f"終了コード {done.returncode}"]
            yield first, "?", "停止", last_words[0]
            first += 1


def _read(seed: int, first: int, last: int) -> None:
    """The reader: one line of JSON for each mutant."""
    # Only here: the parent reads nothing.
    from sousei_xl import pipeline
    from sousei_xl.intake.read import read_one
    from sousei_xl.intake.submission import read_submission
    from sousei_xl.intake.worker import limit_memory
    from sousei_xl.rules.records import Submission
    from tests import mutants
    from tests.mutation_oracle import judge

    template = next((ROOT / "templates").glob("*.xlsx"))
    strategy = pipeline.strategy_of(read_one(str(template), template.name))
    limit_memory()
    originals = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        for name, content in mutants.bases().items():
            path.write_bytes(content)
            original, _ = read_submission(read_one(str(path), "a.xlsx"), strategy, iter(range(99)))
            assert isinstance(original, Submission)
            assert len(original.rows) == 2
            originals[name] = original
        print(READY, flush=True)
        for number in range(first, last):
            mutant = mutants.make(seed, number)
            path.write_bytes(mutant.data)
            started = time.monotonic()
            reading = read_one(str(path), "a.xlsx")
            seconds = time.monotonic() - started
            found = judge(reading, mutant.data, originals[mutant.base], strategy)
            problem = found.problem or (f"{seconds:.0f}秒かかった" if seconds > 5 else "")
            print(json.dumps([number, mutant.how, found.verdict, problem]), flush=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--reader", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.reader:
        _read(options.seed, options.first, options.count)
        return
    started = time.monotonic()
    tally = run(options.seed, options.first, options.count, os.cpu_count() or 1)
    for (how, verdict), number in sorted(tally.counts.items()):
        print(f"{how}\t{verdict}\t{number}")
    print(f"{tally.counts.total()}件、{time.monotonic() - started:.0f}秒")
    for line in tally.failures:
        print(line)
    sys.exit(bool(tally.failures))


if __name__ == "__main__":
    main()
