"""Clean rows by the thousand, and every finding that is planted among them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sousei_xl.findings import Place
from sousei_xl.forms import layout
from sousei_xl.intake.reading import Reading
from sousei_xl.rules.records import Acknowledgement, Correction
from sousei_xl.strategy import Strategy
from sousei_xl.workspace import OFFICE_SHEET as OFFICE
from tests.builders import make_strategy
from tests.indicator_builders import RESULTS_DAY, example_kpi_strategy
from tests.truth.forms import FIRST, LETTERS, OWN, Row, cells, notice, reading

Spot = tuple[str, str, str, str]  # code, file, sheet, cell


class World:
    """An inbox whose truth is known: ``rows[serial]``, and ``expected``, all its findings."""

    def __init__(self, files: int, per_file: int, times: int, plants: Sequence[Plant]) -> None:
        self.files, self.per_file = files, per_file
        self.names = [f"第{i + 1:03}部" for i in range(files)]
        self.extra = ["空部", "両方部"]
        self.strategy = self._strategy()
        self.measures = [m.key for m in self.strategy.measures]
        self.rows = {serial: self._clean(serial) for serial in range(files * per_file)}
        self.expected: Counter[Spot] = Counter()
        self.taken: set[int] = set()  # rows of other files that a plant has used
        self.tied = {0, 1}  # files whose findings depend on other files, or other files on them
        self.gaps: set[str] = set()
        self.held = self.withdrawn = 0
        chance = random.Random(20180330)
        places = self._places(chance)
        for plant in plants:
            for _ in range(times):
                plant(self, next(places))
        self.corrections: list[Correction] = []
        self.acknowledgements: list[Acknowledgement] = []
        self._plant_office(next(places), next(places), next(places))

    def _strategy(self) -> Strategy:
        names = [*self.names, *self.extra]
        strategy = make_strategy(
            settings={"実績基準日": RESULTS_DAY},
            departments=[(i, name, f"旧{name}") for i, name in enumerate(names, 1)],
            fields=[(OWN, "独自", "文字", "はい")],
        )
        owned = tuple(
            replace(i, departments=(self.names[0],)) for i in example_kpi_strategy().indicators
        )
        return replace(strategy, indicators=owned)

    def _clean(self, serial: int) -> Row:
        number, measure = divmod(serial, len(self.measures))
        return Row(
            {
                "measure": self.strategy.measures[measure].option,
                "number": number + 1,
                "name": f"事業{serial:06}",
                "department": self.names[serial // self.per_file],
                "relevance": "◎",
                "budget": 100 + serial % 9_000,
                "description": f"目的のために取組を行う（{serial}）。",
                "own_1": "総務課",
            }
        )

    def _places(self, chance: random.Random) -> Iterator[int]:
        """Serials far enough from each other: the next row, in the same file and the next measure,
        is free too, and so is the next one of the same measure. The first rows of every file are
        left alone."""
        step = len(self.measures)
        free = [
            serial
            for serial in range(2 * step, len(self.rows) - 4 * step, 2 * step + 2)
            if 2 * step <= serial % self.per_file < self.per_file - step - 1
            and serial % step < step - 1
        ]
        chance.shuffle(free)
        yield from free

    def file(self, serial: int) -> str:
        return f"{self.names[serial // self.per_file]}.xlsx"

    def row_number(self, serial: int) -> int:
        return FIRST + serial % self.per_file

    def measure(self, serial: int) -> str:
        return self.measures[serial % len(self.measures)]

    def expect(self, code: str, serial: int, name: str) -> None:
        cell = f"{LETTERS[name]}{self.row_number(serial)}"
        self.expected[code, self.file(serial), layout.PROJECTS, cell] += 1

    def type(self, serial: int, **cells: Any) -> None:
        self.rows[serial].cells |= cells

    def lose(self, serial: int) -> None:
        """The row's number stands in no row of the list any more."""
        self.gaps.add(self.measure(serial))

    # --- the office and everything that is no row -------------------------------------------------

    def _plant_office(self, good: int, stale: int, withheld: int) -> None:
        target = {
            s: f"{self.measure(s)}-{self.rows[s].cells['number']}" for s in (good, stale, withheld)
        }
        budget = self.rows[good].cells["budget"]
        made = (
            (target[good], "修正", "予算事業費", budget, 77_777, ""),
            (target[stale], "修正", "予算事業費", 1, 2, "O102 C"),
            ("9ケ-99", "修正", "予算事業費", 1, 2, "O101 A"),
            (target[withheld], "掲載しない", "", None, None, ""),
        )
        for line, (name, operation, label, before, after, found) in enumerate(made, 2):
            cells = {"対象": f"A{line}", "修正前": f"C{line}"}
            place = Place(OFFICE, "修正", line, f"A{line}")
            self.corrections.append(
                Correction(place, name, operation, label, before, after, "査定", "", "", cells)
            )
            if found:
                code, letter = found.split()
                self.expected[code, OFFICE, "修正", f"{letter}{line}"] += 1
        self.tied |= {serial // self.per_file for serial in (good, stale, withheld)}
        self.withdrawn += 1
        self.lose(withheld)
        place = Place(OFFICE, "確認済", 2, "B2")
        self.acknowledgements.append(Acknowledgement(place, "R115", "9ケ-99", "", "", "", ""))
        self.expected["O103", OFFICE, "確認済", "B2"] += 1

    def readings(self, without: str = "") -> Iterator[Reading]:
        for index, name in enumerate(self.names):
            file = f"{name}.xlsx"
            if file != without:
                first = index * self.per_file
                yield self._form(file, name, range(first, first + self.per_file))

    def _form(self, file: str, name: str, serials: range, **changes: Any) -> Reading:
        lines = [(self.row_number(s), self.rows[s]) for s in serials]
        return reading(file, name, lines, **changes)

    def others(self) -> Iterator[Reading]:
        """Files that are refused, superseded or odd, each with its expected findings."""
        for code in (f"F10{i}" for i in range(1, 8)):
            self.expected[code, f"{code}.xlsx", "", ""] += 1
            yield Reading(f"{code}.xlsx", refusal=notice(code))
        yield Reading("F201.xlsx", sheets=(cells("メモ", [(1, ("こんにちは",))]),))
        self.expected["F201", "F201.xlsx", "", ""] += 1
        yield reading("F202.xlsx", self.names[0], [], year="平成29年度")
        self.expected["F202", "F202.xlsx", layout.REPLY, "B4"] += 1
        yield reading("F203.xlsx", "架空の部", [])
        self.expected["F203", "F203.xlsx", layout.REPLY, "B5"] += 1
        yield reading("空部.xlsx", "空部", [], notices=(notice("F204"),))
        self.expected["F204", "空部.xlsx", "", ""] += 1
        self.expected["F207", "空部.xlsx", layout.REPLY, "B11"] += 1
        last = len(self.rows)  # the numbers go on where those of the other files end
        self.rows[last] = replace(self._clean_after(last), errors={})
        yield reading("両方部.xlsx", "両方部", [(FIRST, self.rows[last])], ticked="該当なし")
        self.expected["F208", "両方部.xlsx", layout.REPLY, "B11"] += 1
        yield self._replaced()

    def _clean_after(self, serial: int) -> Row:
        row = self._clean(0)
        number, measure = divmod(serial, len(self.measures))
        option = self.strategy.measures[measure].option
        row.cells |= {"measure": option, "number": number + 1, "name": "両方の事業"}
        row.cells["department"] = "両方部"
        return row

    def _replaced(self) -> Reading:
        """An earlier edition: one row has vanished since, another one was wrong (nobody minds)."""
        department, first = self.names[1], self.per_file
        kept = replace(self.rows[first], cells={**self.rows[first].cells, "relevance": "×"})
        gone = replace(kept, cells={**kept.cells, "name": "消えた事業"})
        file = f"{department}（旧）.xlsx"
        self.expected["L110", file, layout.PROJECTS, f"F{FIRST + 1}"] += 1
        self.expected["F206", f"{department}.xlsx", "", ""] += 1
        return reading(file, department, [(FIRST, kept), (FIRST + 1, gone)], edition=1)

    def expect_gaps(self) -> None:
        """L109 stands at the first number of its measure."""
        for position, measure in enumerate(self.measures):
            if measure in self.gaps:
                self.expect("L109", position, "number")


Plant = Callable[[World, int], None]
