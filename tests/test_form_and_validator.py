"""One definition: what a form shows, calculated by LibreOffice, and what the validator says of it.

✓ in the form means no 要修正 afterwards; every 要修正 was shown as a reason or as 未確認 before.
Left out on purpose: a date or a truth value in a number's cell (the cell's format shows it as a
number), a formula without a stored value (R111: saved by Excel it has one), rules that need the
whole inbox (L), and what a file is as a whole (F1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from sousei_xl.figures.last_year import LastRow, LastYear
from sousei_xl.findings import is_error
from sousei_xl.forms import layout
from sousei_xl.forms.checks import GOOD, PENDING
from sousei_xl.forms.checks.indicators import NOT_NEEDED, is_open
from sousei_xl.forms.distribute import write_form
from sousei_xl.forms.projects import FIRST_ROW, OWN_NAMES
from sousei_xl.forms.reply import READY, READY_BUT_OPEN
from sousei_xl.intake.indicators import with_indicators
from sousei_xl.intake.read import read_one
from sousei_xl.intake.submission import read_submission
from sousei_xl.pipeline.distribution import Form, plan_forms
from sousei_xl.rules import checks, schema
from sousei_xl.rules.indicators.merge import merge_indicators
from sousei_xl.rules.parse import parse_rows
from sousei_xl.rules.records import Submission
from sousei_xl.strategy import Strategy
from sousei_xl.text import CANCELLED, ENDED
from tests.builders import JOINABLE, intake, make_strategy
from tests.forms_filled import fill
from tests.recalculate import needs_office, recalculate
from tests.workspaces import edit

DEPARTMENT = "経済部"
# Names of the list between ・, some of which have ・ themselves or are a part of another one.
JOINT = [
    "文化・スポーツ部・経済部", "商工部・文化・スポーツ部", "経済部・産業・労働部",
    "労働部・産業・労働部", "産業・労働部・スポーツ・労働部", "文化・スポーツ部、農政部",
    "経済部・経済部",
]  # fmt: skip
OWN_FIELDS = [
    ("財源", "独自", "選択", "はい", "", "国、道、市", ""),
    ("財源の内訳", "独自", "文字", "いいえ", 20, "", ""),
    ("人数", "独自", "整数", "いいえ", "", "", ""),
]

GOOD_ROW: dict[str, Any] = {
    "measure": "2ア 移住環境",
    "number": 3,
    "name": "移住促進事業",
    "department": DEPARTMENT,
    "relevance": "◎",
    "budget": 12000,
    "description": "移住を促すため、相談会を開く。",
    "own_1": "市",
}
RELISTED_ROW = {"measure": "2ウ", "relisted": "再掲", "name": "移住促進事業", "relevance": "○"}

# Good and bad values of every field; None empties the cell.
VALUES: dict[str, list[Any]] = {
    "measure": [None, "2ア", "移住環境", "2ｱ", "9ア", " ", "2ア*", "=1/0", 2],
    "number": [None, 1, 0, -1, 2.0, 1.5, "3", "三", "=1+1", "=NA()", 1e20],
    "relisted": [None, "再掲", "再", "はい", " ", "=1/0"],
    "category": [None, "継続", "新規", "新", "終了", "取下げ", "新設", "=1/0"],
    "name": [
        None, "事業", "（新）事業", "　", "\u200b", "あ" * 100, "あ" * 101, "改行の\nある名", 2018,
        "制御_x000B_文字", "=1/0", "=\"式\"&\"の名\"", "同上", "〃", " 同上", "（新）", "※",
        "合　計", "なし", "－－", "事業（再掲）", "【再掲】事業", "再掲：事業", "広告の再掲載事業",
        "事業（再 掲）", "事業（再\n掲3イ）", "（再）　事業", "[再]：事業", "事業[再]",
        "（再）就職支援事業", "【再】エネ設備導入事業", "女性の（再）就職支援事業", "再掲示事業",
        "看板（再掲出）事業", "国旗の再掲揚事業", " （再） 事業",
        "（同上）", "【該当なし】", "該当なし。", "（※）", "【】", "。", "〔 該当 なし 〕。",
        "【計】甲", "・・", "[未定)", "″", '"', "（別紙 参照）",
    ],
    "department": [
        None, "商工部", "経済部・農政部", "文化・スポーツ部", "文化", "財政部", "・", " ", *JOINT,
        "産業・労働部・某某部", "産業・文化・スポーツ部・労働", "産業・スポーツ・労働部・労働部",
        "経済部･文化・スポーツ部", "経済部\n産業・労働部",
    ],
    "relevance": [None, "○", "〇", "△", " ", "=1/0"],
    "budget_kind": [None, "当初", "未定", "内数", "０予算", "ゼロ予算", "調整", "=1/0"],
    "budget": [
        None, 0, 5, -5, 1.5, "未定", "12,000千円", "12000", "▲5", " ", "－", 1e15, 2**60, "=500*2",
        "=1/0", "=\"\"", 12000.0000000001,
    ],
    "description": [
        None, "　", "一行目\n二行目", "あ" * 1000, "あ" * 1001, "縦_x000B_棒", "=1/0", 5, "※※",
        "同上", "〃 ", "－", "なし。", "<該当なし。>", "( 同上 )", "上に\n同じ", "前年度と同じ",
    ],
    "own_1": [None, "国", "県", " ", "=1/0"],
    "own_2": [None, "い", "あ" * 20, "あ" * 21, 5],
    "own_3": [None, 5, -5, "五", 0.5, "=1/0"],
    "note": [None, "連絡", "あ" * 1001, "=1/0"],
}  # fmt: skip
SINGLES = [{name: value} for name, values in VALUES.items() for value in values]


def pairs() -> Iterator[dict[str, Any]]:
    """Two changes at a time, each value several times, always the same ones."""
    for step in (7, 23, 41):
        for i, one in enumerate(SINGLES):
            other = SINGLES[(i * step + step) % len(SINGLES)]
            if set(one) != set(other):
                yield {**one, **other}


ROWS = [
    *(GOOD_ROW | change for change in SINGLES),
    *(RELISTED_ROW | change for change in SINGLES),
    *({"name": "終わった事業", "category": ENDED} | change for change in SINGLES[::3]),
    *islice((GOOD_ROW | change for change in pairs()), 150),
    {"department": DEPARTMENT},
    {"note": "備考だけ"},
]
ROOM = 190  # of the 200 prepared rows

LAST_ROWS = [
    LastRow("2ア", "", i + 1, False, f"継続事業{i}", DEPARTMENT, DEPARTMENT, "◎", budget, words)
    for i, (budget, words) in enumerate(
        [(1000, "相談会を開く。"), ("内数", "相談会を開く。"), (None, "平成29年度に始めた。")] * 40
    )
]
RELISTED_LAST = [replace(row, measure="2ウ", relisted=True, number=None) for row in LAST_ROWS[:9]]
# What the department then types into such a row; {} leaves it untouched.
EDITS: list[dict[str, Any]] = [
    {}, {"budget": 2000}, {"budget_kind": "内数"}, {"category": "終了"}, {"note": "確認済"},
    {"budget": 2000, "note": "確認済"}, {"budget": 0}, {"budget": -1}, {"relevance": None},
    {"name": None}, {"description": "平成28年度は相談会を開いた。", "budget": 1}, {"measure": None},
    {"budget": 2000, "description": None}, {"budget": "未定"}, {"own_1": "市"},
    {"budget": 3000, "own_1": "市", "description": "今年度の内容。"},
]  # fmt: skip


def kpi_strategy() -> Strategy:
    made = make_strategy(
        departments=[(*d, *[""] * (5 - len(d))) for d in JOINABLE],
        fields=OWN_FIELDS,
        settings={"実績基準日": "2018-08-31"},
    )
    owned = tuple(replace(i, departments=(DEPARTMENT,)) for i in made.indicators)
    return replace(made, indicators=owned)


STRATEGY = kpi_strategy()
KPI_VALUES: dict[str, list[Any]] = {
    "actual_2017": [12, 12.5, -3, 0, "12件", "12", "未公表", " ", "－", "=1/0", "=6*2", 1e15],
    "actual_2015": [12, "約12", "=NA()"],
    "actual_2016": [12, "約12"],
    "actual_2018": [12, "見込み"],
    "stage": ["速報", "確報", "速報値", "暫定"],
    "reason": ["未公表", "公表前", "その他", "集計中"],
    "publication": ["平成30年12月", "=1/0"],
    "office_class": ["順調", "判定対象外", "○", "よい"],
    "cause": ["増えた。", "縦_x000B_棒", "=1/0"],
    "id": ["2ア-9", None, "２ア－１"],
}
KPI_CHANGES: list[dict[str, Any]] = [
    {},
    *({name: value} for name, values in KPI_VALUES.items() for value in values),
    *({"actual_2017": 5, name: value} for name, values in KPI_VALUES.items() for value in values),
    *(
        {f"actual_{year}": 5 for year in (2015, 2016, 2017) if year != gone}
        for gone in range(2014, 2019)
    ),
]
REPLIES: list[dict[str, Any]] = [
    {}, {layout.YEAR: "平成29年度"}, {layout.YEAR: None}, {layout.DEPARTMENT: "財政部"},
    {layout.DEPARTMENT: None}, {layout.DEPARTMENT: "商工部"}, {layout.NONE_APPLICABLE: "該当なし"},
]  # fmt: skip

REPLIED = {"empty": [], "filled": [GOOD_ROW], "ended": [GOOD_ROW | {"category": ENDED}]}


def last_year() -> LastYear:
    return LastYear("別紙_平成29年度.xlsx", 2017, (*LAST_ROWS, *RELISTED_LAST), {})


def the_form(last: LastYear | None = None) -> Form:
    (form,) = (f for f in plan_forms(STRATEGY, "", last).forms if f.department == DEPARTMENT)
    return form


def write(form: Form, path: Path) -> Path:
    write_form(
        path,
        STRATEGY,
        form.department,
        projects=form.projects,
        indicators=form.indicators,
        prefilled=form.prefilled,
    )
    return path


@pytest.fixture(scope="module")
def calculated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Filled forms by name, every formula calculated."""
    folder = tmp_path_factory.mktemp("様式")
    blank = write(the_form(), folder / "blank.xlsx")
    prefilled = write(the_form(last_year()), folder / "prefilled.xlsx")
    made = {}
    for part in range(0, len(ROWS), ROOM):
        name = f"rows{part}"
        made[name] = fill(blank, folder / f"{name}.xlsx", STRATEGY, ROWS[part : part + ROOM])
    edit(
        made["rows0"],
        layout.PROJECTS,
        {"Z1": f"=ROWS({OWN_NAMES})", "Z2": f"=INDEX({OWN_NAMES},1)"},
    )
    edits = [EDITS[i % len(EDITS)] for i in range(len(LAST_ROWS) + len(RELISTED_LAST))]
    made["prefilled"] = fill(prefilled, folder / "edited.xlsx", STRATEGY, edits)
    ids = [i.id for i in STRATEGY.indicators]
    for part in range(0, len(KPI_CHANGES), len(ids)):
        typed = dict(zip(ids, KPI_CHANGES[part : part + len(ids)], strict=False))
        name = f"kpi{part}"
        made[name] = fill(blank, folder / f"{name}.xlsx", STRATEGY, indicators=typed)
    for number, answers in enumerate(REPLIES):
        for kind, rows in REPLIED.items():
            name = f"reply{number}{kind}"
            path = folder / f"{name}.xlsx"
            made[name] = fill(blank, path, STRATEGY, rows, reply=answers)
    copies = recalculate(list(made.values()), tmp_path_factory.mktemp("計算済"))
    return dict(zip(made, copies, strict=True))


def shown(path: Path, sheet: str) -> list[list[Any]]:
    book = CalamineWorkbook.from_path(str(path))
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def received(path: Path) -> Submission:
    reading = read_one(str(path), path.name)
    got, _ = read_submission(reading, STRATEGY, count(1))
    assert isinstance(got, Submission)
    return with_indicators(got, reading, STRATEGY, count(10_000))[0]


def errors_of_rows(path: Path) -> dict[int, set[str]]:
    """Excel's row → codes of the 要修正 of each row of 事業 that was read."""
    raw = received(path).rows
    rows, found = parse_rows([(row, DEPARTMENT) for row in raw], STRATEGY)
    gone = {r.row_id for r in rows if r.category in (ENDED, CANCELLED)}
    kept = [r for r in rows if r.row_id not in gone]
    found += schema.validate(kept, STRATEGY)
    found += checks.run_checks(checks.Listing(STRATEGY, kept, []), "row")
    errors: dict[int, set[str]] = {row.row: set() for row in raw}
    for item in found:
        if is_error(item) and item.place.row_id not in gone:
            errors[item.place.row or 0].add(item.code)
    return errors


pytestmark = [needs_office, pytest.mark.libreoffice]


def test_tick_means_no_correction_and_a_correction_was_announced(
    calculated: Mapping[str, Path],
) -> None:
    seen: set[str] = set()
    states = {GOOD: 0, PENDING: 0, "": 0}
    for name, path in calculated.items():
        if not name.startswith(("rows", "prefilled")):
            continue
        check = {i: row[0] for i, row in enumerate(shown(path, layout.PROJECTS), 1)}
        for number, codes in errors_of_rows(path).items():
            said = check[number]
            where = f"{name} row {number}: {said!r} {codes}"
            if said == GOOD:
                assert not codes, where
            if codes:
                assert said not in ("", GOOD), where
            state = PENDING if said.startswith(PENDING) else GOOD if said == GOOD else ""
            states[state] += 1
            seen |= codes
    # Every rule of a row that a form can break was broken, and all three states were met.
    expected = "R101 R102 R103 R104 R105 R106 R107 R108 R109 R110 R112 R117 R118 R119"
    assert seen == set(expected.split())
    assert min(states.values()) > 20


def test_joint_names_are_names_to_both(calculated: Mapping[str, Path]) -> None:
    met = set()
    for name, path in calculated.items():
        if name.startswith("rows"):
            check = {i: row[0] for i, row in enumerate(shown(path, layout.PROJECTS), 1)}
            errors = errors_of_rows(path)
            for row in received(path).rows:
                if (typed := row.values.get("department")) in JOINT:
                    met.add(typed)
                    assert "R117" not in errors[row.row]
                    assert "部局名" not in check[row.row]
    assert met == set(JOINT)


def test_a_row_that_the_form_overlooks_is_no_row(calculated: Mapping[str, Path]) -> None:
    for name, path in calculated.items():
        if name.startswith(("rows", "prefilled")):
            checked = [
                i for i, r in enumerate(shown(path, layout.PROJECTS), 1) if i > FIRST_ROW and r[0]
            ]
            assert checked == sorted(errors_of_rows(path))


def test_the_dropdown_of_names_ends_with_the_last_one(calculated: Mapping[str, Path]) -> None:
    rows = shown(calculated["rows0"], layout.PROJECTS)
    last = max(i for i, row in enumerate(rows) if row[5] not in ("", None))
    assert (rows[0][25], rows[1][25]) == (last - FIRST_ROW + 1, rows[FIRST_ROW][5])


def test_the_same_of_indicators(calculated: Mapping[str, Path]) -> None:
    seen: set[str] = set()
    ticks = 0
    for name, path in calculated.items():
        if not name.startswith("kpi"):
            continue
        check = {i: row[0] for i, row in enumerate(shown(path, layout.INDICATORS), 1)}
        result = merge_indicators(intake([received(path)]), STRATEGY)
        codes: dict[int, set[str]] = {}
        for item in result.findings:
            # What is missing is said while there is still somebody at the form.
            if is_error(item) or item.code in ("K107", "K113"):
                codes.setdefault(item.place.row or 0, set()).add(item.code)
        seen |= set().union(*codes.values())
        for number, said in check.items():
            if said in (GOOD, NOT_NEEDED):
                ticks += 1
                assert number not in codes, f"{name} row {number}: {codes.get(number)}"
        assert all(check[number] not in ("", GOOD, NOT_NEEDED) for number in codes)
        assert any(is_open(said) for said in check.values() if isinstance(said, str))
    assert seen == {"K101", "K102", "K107", "K113", "K115"}
    assert ticks > 20


def test_ready_means_accepted(calculated: Mapping[str, Path]) -> None:
    refused = 0
    for name, path in calculated.items():
        if not name.startswith("reply"):
            continue
        state = {row[0]: row[1] for row in shown(path, layout.REPLY)}["提出の準備"]
        reading = read_one(str(path), path.name)
        got, found = read_submission(reading, STRATEGY, count(1))
        asked = {"F207", "F208"} & {f.code for f in found}
        codes = {f.code for f in found if is_error(f)} | asked
        ready = state in (READY, READY_BUT_OPEN)
        if ready:
            assert isinstance(got, Submission)
            assert not codes, f"{name}: {codes}"
        if codes or not isinstance(got, Submission):
            refused += 1
            assert not ready, f"{name}: {codes}"
        elif name == f"reply{len(REPLIES) - 1}ended":  # 終了 stands beside 該当なし
            assert ready
    assert refused >= 5
