"""Very many files to be returned: several processes write them, and nothing else changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sousei_xl.findings import Place, finding
from sousei_xl.forms.returns import Return
from sousei_xl.pipeline import returns
from sousei_xl.pipeline.returns import return_outputs
from sousei_xl.publish import Output
from tests.facts import example_strategy

STRATEGY = example_strategy()


def jobs(count: int) -> list[Return]:
    """Files that could not be opened: the findings go back alone."""
    return [
        Return(
            f"{n}.xls", f"差戻し/{n}.xlsx", "経済部", 1, "", (finding("F101", Place(f"{n}.xls")),)
        )
        for n in range(count)
    ]


def written(outputs: list[Output], folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    found = {}
    for output in outputs:
        path = folder / Path(output.name).name
        output.write(path)
        found[output.name] = path.read_bytes()
    return found


def test_many_processes_write_what_one_writes(tmp_path: Path) -> None:
    due = jobs(returns._FEW + 1)
    with return_outputs(due, tmp_path, STRATEGY, processes=1) as outputs:
        alone = written(outputs, tmp_path / "1")
    with return_outputs(due, tmp_path, STRATEGY, processes=2) as outputs:
        together = written(outputs, tmp_path / "2")
    assert len(alone) == len(due)
    assert together == alone


def die(*_: object) -> None:
    os._exit(9)


def test_processes_that_die_cost_nothing_but_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = jobs(returns._FEW + 1)
    with return_outputs(due, tmp_path, STRATEGY, processes=1) as outputs:
        alone = written(outputs, tmp_path / "1")
    monkeypatch.setattr(returns, "_write_several", die)
    with return_outputs(due, tmp_path, STRATEGY, processes=2) as outputs:
        assert written(outputs, tmp_path / "2") == alone


def test_what_cannot_be_written_is_said_and_not_hidden(
    tmp_path: Path,
) -> None:
    due = jobs(returns._FEW + 1)
    with (
        return_outputs(due, tmp_path, STRATEGY, processes=2) as outputs,
        pytest.raises(OSError, match="nowhere"),
    ):
        outputs[0].write(tmp_path / "nowhere" / "1.xlsx")
