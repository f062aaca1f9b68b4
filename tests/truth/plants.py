"""What is planted: each a function that spoils one row, or two, and says what must be found."""

from __future__ import annotations

from typing import Any

from sousei_xl.text import full_width
from tests.truth.world import Plant, World


def typed(code: str, name: str, /, gap: bool = False, held: bool = False, **values: Any) -> Plant:
    """Cells of one row; the finding stands in the cell ``name``."""

    def plant(world: World, serial: int) -> None:
        world.type(serial, **values)
        world.expect(code, serial, name)
        if gap or held:
            world.lose(serial)
        world.held += held

    return plant


def unread(code: str, name: str, kind: str) -> Plant:
    """An error value, or a formula without a result."""

    def plant(world: World, serial: int) -> None:
        world.type(serial, **{name: None})
        row = world.rows[serial]
        if kind:
            row.errors[name] = kind
        else:
            row.uncached.add(name)
        world.expect(code, serial, name)

    return plant


def relisted(
    *codes: str, first: dict[str, Any] | None = None, again: dict[str, Any] | None = None
) -> Plant:
    """An original, and the row that repeats it under the next measure. ``CODE field`` stands at
    the relisted row, ``CODE ^field`` at the original."""

    def plant(world: World, serial: int) -> None:
        world.type(serial, **(first or {}))
        same = ("name", "budget", "description", "own_1")
        repeated = {name: world.rows[serial].cells[name] for name in same}
        world.type(serial + 1, **{**repeated, "relisted": "再掲", **(again or {})})
        for code, name in (entry.split() for entry in codes):
            world.expect(code, serial + (not name.startswith("^")), name.removeprefix("^"))

    return plant


def fullwidth_number(world: World, serial: int) -> None:
    world.type(serial, number=full_width(world.rows[serial].cells["number"]))
    world.expect("A101", serial, "number")


def alias(world: World, serial: int) -> None:
    world.type(serial, department=f"旧{world.rows[serial].cells['department']}")
    world.expect("A102", serial, "department")


def marked_new(world: World, serial: int) -> None:
    world.type(serial, name=f"（新）{world.rows[serial].cells['name']}")
    world.expect("A103", serial, "name")


def neighbour(world: World, serial: int) -> None:
    """A row of another department than the submitter's."""
    world.type(serial, department=world.names[(serial // world.per_file + 1) % world.files])
    world.expect("R113", serial, "department")


def wrong_order(world: World, serial: int) -> None:
    world.type(serial + 1, name=world.rows[serial].cells["name"])
    relisted("L104 ^relisted", first={"relisted": "再掲"}, again={"relisted": None})(world, serial)


def twice_in_measure(world: World, serial: int) -> None:
    later = serial + len(world.measures)
    world.type(later, name=world.rows[serial].cells["name"])
    world.expect("L106", later, "name")


def two_departments(world: World, serial: int) -> None:
    """The later row of the list, by measure and number, is told."""
    other = (serial // world.per_file * world.per_file + world.per_file) % len(world.rows)
    other += len(world.measures)  # rows that nothing else is planted in
    while other in world.taken:
        other += 1
    world.taken.add(other)
    world.tied |= {serial // world.per_file, other // world.per_file}
    world.type(other, name=world.rows[serial].cells["name"])
    step = len(world.measures)
    later = max(serial, other, key=lambda s: (s % step, s // step))
    world.expect("L107", later, "name")


def same_number(world: World, serial: int) -> None:
    later = serial + len(world.measures)
    world.type(later, number=world.rows[serial].cells["number"])
    world.lose(later)
    world.expect("L108", later, "number")


def withdrawn_original(world: World, serial: int) -> None:
    relisted("L111 relisted", first={"category": "終了"})(world, serial)
    world.withdrawn += 1
    world.lose(serial)


def hidden(world: World, serial: int) -> None:
    world.rows[serial].hidden = True
    world.expect("S101", serial, "check")


def leftover(world: World, serial: int) -> None:
    world.rows[serial].leftovers["note"] = "隠れた値"
    world.expect("S102", serial, "note")


PLANTS: tuple[Plant, ...] = (
    hidden,
    leftover,
    typed("R101", "measure", held=True, measure="9ケ 架空"),
    typed("R101", "measure", held=True, measure=None),
    typed("R102", "name", held=True, name=None),
    typed("R103", "relevance", relevance="△"),
    typed("R103", "relevance", relevance=None),
    typed("R104", "budget", budget=None),
    typed("R105", "budget", budget="12,000千円程度"),
    typed("R105", "budget", budget=12.5),
    typed("R106", "budget", budget=-5),
    typed("R107", "relisted", relisted="はい"),
    typed("R108", "number", gap=True, number=0),
    typed("R109", "description", description=None),
    unread("R110", "budget", "#REF!"),
    unread("R110", "relevance", "#N/A"),
    unread("R111", "description", ""),
    typed("R112", "note", note="長" * 1001),
    typed("R112", "description", description="制御\x01文字"),
    neighbour,
    typed("R114", "budget", budget=20_000_000),
    typed("R115", "description", description="平成29年度は準備を行う。"),
    typed("R116", "budget_kind", budget_kind="未定", budget=None),
    typed("R117", "department", department="架空の部"),
    typed("R118", "category", category="新設"),
    typed("R119", "own_1", own_1=None),
    relisted(),
    relisted("L103 budget", again={"budget": 1}),
    relisted("L112 name", "R109 ^description", first={"description": None}),
    relisted("L105 relisted", again={"relisted": None}),
    relisted("A104 budget", "A104 description", again={"budget": None, "description": None}),
    typed("L101", "name", relisted="再掲"),
    wrong_order,
    twice_in_measure,
    two_departments,
    same_number,
    withdrawn_original,
    typed("A101", "budget", budget="１２，０００千円"),
    typed("A101", "relevance", relevance="●"),
    fullwidth_number,
    alias,
    marked_new,
    typed("A105", "number", gap=True, number=None),
    typed("A106", "budget", budget="人件費のみ"),
)
