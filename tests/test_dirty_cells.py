"""What a department may type into a cell, and what becomes of it: one table.

Each entry is (what it is, cells of the row, findings, values in the list). A finding is written
``CODE`` (at the cell of the first field typed) or ``CODE field``. All findings of the row are
compared, so noise fails a test as well as silence.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sousei_xl.rules.merge import merge
from sousei_xl.rules.records import ListResult
from sousei_xl.strategy import Strategy
from tests.builders import LETTERS, good, intake, make_strategy, rows_by_id, submission

HELD, GONE = {"held": True}, {"withdrawn": True}
ERRORS, UNCACHED = "errors", "uncached"  # what calamine cannot read, beside the typed cells
FORTY_THOUSAND = "字" * 40_000
LETTER = {**LETTERS, "own_1": "M", "own_2": "N", "own_3": "O", "own_4": "P"}

# Of 経済部, whose row stands under 2ア 移住環境; 財源 (国、道、市), 予算コード (integer), 根拠 (20
# characters) and 所管課 (required) are the office's own fields own_1 to own_4.
CASES: list[tuple[str, dict[str, Any], list[str], dict[str, Any]]] = [
    # --- nothing wrong
    ("as it should be", {"number": 1}, [], {"number": 1, "budget": 1000, "marked": False}),
    ("integral float", {"number": 3.0}, [], {"number": 3}),
    # --- 番号
    ("number: full width", {"number": "３"}, ["A101"], {"number": 3}),
    ("number: text", {"number": "3"}, ["A101"], {"number": 3}),
    ("number: circled", {"number": "③"}, ["A101"], {"number": 3}),
    ("number: white space", {"number": "　3 "}, ["A101"], {"number": 3}),
    ("number: comma", {"number": "1,003"}, ["A101"], {"number": 1003}),
    ("number: noise of a formula", {"number": 2.9999999999}, ["A101"], {"number": 3}),
    ("number: blank", {"number": None}, ["A105"], {"number": 1}),
    ("number: spaces only", {"number": " 　"}, ["A105"], {"number": 1}),
    ("number: em space only", {"number": "\u2003"}, ["R108"], {"number": 1, "marked": True}),
    ("number: zero", {"number": 0}, ["R108"], {"number": 1}),
    ("number: negative", {"number": -1}, ["R108"], {}),
    ("number: triangle", {"number": "▲1"}, ["A101", "R108"], {}),
    ("number: fraction", {"number": 1.5}, ["R108"], {}),
    ("number: range", {"number": "1-2"}, ["R108"], {}),
    ("number: dash", {"number": "－"}, ["R108"], {}),
    ("number: words", {"number": "1番"}, ["R108"], {}),
    ("number: date", {"number": dt.datetime(2018, 1, 2)}, ["R108"], {}),
    ("number: truth value", {"number": True}, ["R108"], {}),
    ("number: a date typed as digits", {"number": 20180401}, [], {"number": 20180401}),
    ("number: too long to count", {"number": "9" * 5000}, ["R108"], {}),
    ("number: infinite", {"number": float("inf")}, ["R108"], {}),
    ("number: not a number", {"number": float("nan")}, ["R108"], {}),
    ("number: error value", {"number": None, ERRORS: {"number": "#N/A"}}, ["R110"], {}),
    ("number: formula without result", {"number": None, UNCACHED: {"number"}}, ["R111"], {}),
    # --- 施策
    ("measure: key", {"measure": "2ア"}, [], {"measure": "2ア"}),
    ("measure: option", {"measure": "2ア 移住環境"}, [], {"measure": "2ア"}),
    ("measure: label", {"measure": "移住環境"}, ["A101"], {"measure": "2ア"}),
    ("measure: full width", {"measure": "２ア"}, ["A101"], {"measure": "2ア"}),
    ("measure: half-width kana", {"measure": "2ｱ"}, ["A101"], {"measure": "2ア"}),
    ("measure: space inside", {"measure": "2 ア"}, ["A101"], {"measure": "2ア"}),
    ("measure: full-width space", {"measure": "2ア　移住環境"}, ["A101"], {"measure": "2ア"}),
    ("measure: letter in brackets", {"measure": "3（イ）"}, ["A101"], {"measure": "3イ"}),
    ("measure: with dot", {"measure": "3.イ"}, ["A101"], {"measure": "3イ"}),
    ("measure: with hyphen", {"measure": "2-ア"}, ["A101"], {"measure": "2ア"}),
    (
        "measure: name in the list",
        {"measure": "移住(UIJターンを含む)に関する総合的な環境整備"},
        ["A101"],
        {"measure": "2ア"},
    ),
    ("measure: blank", {"measure": None}, ["R101"], HELD),
    ("measure: unknown", {"measure": "9ア"}, ["R101"], HELD),
    ("measure: goal alone", {"measure": "2"}, ["R101"], HELD),
    ("measure: number", {"measure": 2.0}, ["R101"], HELD),
    ("measure: date", {"measure": dt.datetime(2018, 4, 1)}, ["R101"], HELD),
    ("measure: 40,000 characters", {"measure": FORTY_THOUSAND}, ["R101"], HELD),
    ("measure: error value", {"measure": None, ERRORS: {"measure": "#REF!"}}, ["R110"], HELD),
    ("measure: formula without result", {"measure": None, UNCACHED: {"measure"}}, ["R111"], HELD),
    ("measure: control character", {"measure": "2ア\x01"}, ["R101"], HELD),
    # --- 再掲: as a row without original, so the office waits or the department mends
    ("relisted: another mark", {"relisted": "はい"}, ["R107"], {"relisted": False}),
    ("relisted: circle", {"relisted": "○"}, ["R107"], {"relisted": False}),
    ("relisted: number", {"relisted": 1}, ["R107"], {"relisted": False}),
    ("relisted: blank text", {"relisted": " "}, [], {"relisted": False}),
    ("relisted: without original", {"relisted": "再掲"}, ["L101 name"], {"relisted": True}),
    ("relisted: brackets", {"relisted": "（再掲）"}, ["A101", "L101 name"], {"relisted": True}),
    ("relisted: short", {"relisted": "再"}, ["A101", "L101 name"], {"relisted": True}),
    (
        "relisted: with the place of the original",
        {"relisted": "再掲（3イ-12）"},
        ["A101", "L101 name"],
        {"relisted": True},
    ),
    (
        "relisted: the place first",
        {"relisted": "3イの再掲"},
        ["A101", "L101 name"],
        {"relisted": True},
    ),
    ("relisted: more than a mark", {"relisted": "再掲ではない"}, ["R107"], {"relisted": False}),
    ("relisted: white space", {"relisted": "再 掲"}, ["A101", "L101 name"], {"relisted": True}),
    # --- 掲載区分
    ("category: new", {"category": "新規"}, [], {"category": "新規"}),
    ("category: short", {"category": "新"}, ["A101"], {"category": "新規"}),
    ("category: brackets", {"category": "（新）"}, ["A101"], {"category": "新規"}),
    ("category: continued", {"category": "継続"}, [], {"category": "継続"}),
    ("category: unknown", {"category": "新設"}, ["R118"], {}),
    ("category: error value", {"category": None, ERRORS: {"category": "#NAME?"}}, ["R110"], {}),
    # --- 事業名
    ("name: （新）", {"name": "（新）甲"}, ["A103"], {"name": "甲", "category": "新規"}),
    ("name: (新)", {"name": "(新)甲"}, ["A103"], {"name": "甲", "category": "新規"}),
    ("name: 【新】", {"name": "【新】甲"}, ["A103"], {"name": "甲", "category": "新規"}),
    ("name: 【新規】", {"name": "【新規】甲"}, ["A103"], {"name": "甲", "category": "新規"}),
    ("name: ［新］", {"name": "［新］ 甲"}, ["A103"], {"name": "甲", "category": "新規"}),
    ("name: 《新》", {"name": "《新》甲"}, ["A103"], {"name": "甲", "category": "新規"}),
    ("name: （新） at the end", {"name": "甲（新）"}, ["A103"], {"name": "甲", "category": "新規"}),
    (
        "name: （再掲）",
        {"name": "甲（再掲）", "budget": None, "description": None},
        ["R107 relisted"],
        {"name": "甲", "relisted": True},
    ),
    (
        "name: 再掲 in another bracket",
        {"name": "甲（一部再掲）"},
        ["R107 relisted"],
        {"name": "甲", "relisted": True},
    ),
    (
        "name: 再掲 inside it, beside its mark",
        {"name": "甲再掲乙", "relisted": "再掲"},
        ["L101"],
        {"name": "甲再掲乙", "relisted": True},
    ),
    (
        "name: （再掲） before （新）",
        {"name": "（再掲）（新）甲"},
        ["A103", "R107 relisted"],
        {"name": "甲", "relisted": True, "category": "新規"},
    ),
    (
        "name: （再掲） beside its mark",
        {"name": "【再掲】甲", "relisted": "再掲"},
        ["A101", "L101 name"],
        {"name": "甲", "relisted": True},
    ),
    (
        "name: （再掲） beside another mark",
        {"name": "甲（再掲）", "relisted": "はい"},
        ["R107 relisted"],
        {"name": "甲", "relisted": False},
    ),
    (
        "name: （再掲） beside an error",
        {"name": "甲（再掲）", ERRORS: {"relisted": "#REF!"}},
        ["R110 relisted"],
        {"name": "甲", "relisted": False},
    ),
    ("name: 🈟", {"name": "🈟甲"}, ["A103"], {"name": "甲", "category": "新規"}),
    ("name: mark twice", {"name": "（新）（新）甲"}, ["A103"], {"name": "甲", "category": "新規"}),
    (
        "name: mark wins over 継続",
        {"name": "（新）甲", "category": "継続"},
        ["A103"],
        {"category": "新規"},
    ),
    ("name: 新 as a word", {"name": "新エネルギー導入事業"}, [], {"name": "新エネルギー導入事業"}),
    ("name: 新規 in a bracket", {"name": "（新規就農者）支援"}, [], {"category": ""}),
    ("name: circled ノ is no mark", {"name": "㋨甲"}, [], {"name": "㋨甲", "category": ""}),
    ("name: line break", {"name": "移住\n促進事業"}, ["A101"], {"name": "移住促進事業"}),
    ("name: Windows line break", {"name": "移住\r\n促進事業"}, ["A101"], {"name": "移住促進事業"}),
    (
        "name: two names in two lines",
        {"name": "移住促進相談事業\n空き家改修補助金"},
        ["A101", "S101"],
        {"name": "移住促進相談事業空き家改修補助金"},
    ),
    ("name: its end in the second line", {"name": "空き家活用対策交付金\n活用事業"}, ["A101"], {}),
    ("name: outer white space", {"name": "　甲事業 \u00a0"}, ["A101"], {"name": "甲事業"}),
    ("name: inner white space stays", {"name": "甲　乙 丙"}, [], {"name": "甲　乙 丙"}),
    ("name: full width stays", {"name": "ＩＣＴ，小･中"}, [], {"name": "ＩＣＴ，小･中"}),
    ("name: half-width kana stays", {"name": "ｺﾝﾍﾞﾝｼｮﾝ"}, [], {"name": "ｺﾝﾍﾞﾝｼｮﾝ"}),
    ("name: number", {"name": 2018.0}, [], {"name": "2018"}),
    ("name: formula text", {"name": "=1+1"}, [], {"name": "=1+1"}),
    ("name: link", {"name": "http://example.jp/"}, [], {"name": "http://example.jp/"}),
    ("name: 100 characters", {"name": "あ" * 100}, [], {"name": "あ" * 100}),
    ("name: 101 characters", {"name": "あ" * 101}, ["R112"], {"marked": True}),
    ("name: counts as Excel does", {"name": "𠮷" * 51}, ["R112"], {}),
    ("name: 40,000 characters", {"name": FORTY_THOUSAND}, ["R112"], {"marked": True}),
    ("name: control character", {"name": "甲\x01乙"}, ["R112"], {"name": "甲\ufffd乙"}),
    ("name: lone surrogate", {"name": "甲\ud800"}, ["R112"], {"name": "甲\ufffd"}),
    ("name: noncharacter", {"name": "甲\uffff"}, ["R112"], {"name": "甲\ufffd"}),
    ("name: blank", {"name": None}, ["R102"], HELD),
    ("name: spaces only", {"name": " 　\n"}, ["R102"], HELD),
    ("name: the row above", {"name": "同上"}, ["R102"], HELD),
    ("name: a mark for the row above", {"name": "〃"}, ["R102"], HELD),
    ("name: the row above in brackets", {"name": "（同 上）"}, ["R102"], HELD),
    ("name: the row above, double prime", {"name": "″"}, ["R102"], HELD),
    ("name: a dash", {"name": "－"}, ["R102"], HELD),
    ("name: a sum", {"name": "合　計"}, ["R102"], HELD),
    ("name: there is none", {"name": "該当なし"}, ["R102"], HELD),
    ("name: there is no project", {"name": "該当 事業なし"}, ["R102"], HELD),
    ("name: none in other brackets", {"name": "【該当なし】"}, ["R102"], HELD),
    ("name: none, a sentence", {"name": "（該当なし）。"}, ["R102"], HELD),
    ("name: none, a note", {"name": "※該当なし。"}, ["R102"], HELD),
    ("name: the row above in other brackets", {"name": "〔同上〕"}, ["R102"], HELD),
    ("name: none begins it", {"name": "【計】甲"}, [], {"name": "【計】甲"}),
    ("name: none", {"name": "無し"}, ["R102"], HELD),
    ("name: only the mark of a new project", {"name": "（新）"}, ["R102"], HELD),
    ("name: undecided", {"name": "未定"}, ["R102"], HELD),
    ("name: none yet", {"name": "（仮称）"}, ["R102"], HELD),
    ("name: begins with no name yet", {"name": "（仮称）甲"}, [], {"name": "（仮称）甲"}),
    ("name: a date", {"name": dt.datetime(2019, 4, 1)}, ["R102"], HELD),
    ("name: a time", {"name": dt.time(4, 1)}, ["R102"], HELD),
    ("name: begins like the row above", {"name": "同上施設の改修"}, [], {"name": "同上施設の改修"}),
    ("name: error value", {"name": None, ERRORS: {"name": "#VALUE!"}}, ["R110"], HELD),
    ("name: formula without result", {"name": None, UNCACHED: {"name"}}, ["R111"], HELD),
    # --- 部局名
    (
        "department: blank",
        {"department": None},
        ["A102"],
        {"department": "経済部", "counted": "経済部"},
    ),
    ("department: own", {"department": "経済部"}, [], {"department": "経済部"}),
    ("department: alias", {"department": "商工部"}, ["A102"], {"department": "経済部"}),
    ("department: former name", {"department": "産業経済部"}, ["A102"], {"department": "経済部"}),
    ("department: white space", {"department": "経済 部"}, ["A102"], {"department": "経済部"}),
    ("department: another", {"department": "農政部"}, ["R113"], {"counted": "農政部"}),
    (
        "department: joint",
        {"department": "経済部・農政部"},
        ["R113"],
        {"department": "経済部・農政部", "counted": "経済部"},
    ),
    (
        "department: joint, half-width ･ and alias",
        {"department": "商工部･農政部"},
        ["A102", "R113"],
        {"department": "経済部・農政部", "counted": "経済部"},
    ),
    (
        "department: ・ inside a name",
        {"department": "観光・文化部"},
        ["R113"],
        {"department": "観光・文化部", "counted": "観光・文化部"},
    ),
    (
        "department: joint, ・ inside the first name",
        {"department": "観光・文化部・経済部"},
        ["R113"],
        {"department": "観光・文化部・経済部", "counted": "観光・文化部"},
    ),
    (
        "department: joint, ・ inside the second name",
        {"department": "経済部・観光・文化部"},
        ["R113"],
        {"department": "経済部・観光・文化部", "counted": "経済部"},
    ),
    (
        "department: joint, an alias of a name with ・ first",
        {"department": "観文・農政部"},
        ["A102", "R113"],
        {"department": "観光・文化部・農政部", "counted": "観光・文化部"},
    ),
    (
        "department: joint by 、",
        {"department": "観光・文化部、経済部"},
        ["A102", "R113"],
        {"department": "観光・文化部・経済部", "counted": "観光・文化部"},
    ),
    (
        "department: joint by a line break",
        {"department": "経済部\n観光・文化部"},
        ["A102", "R113"],
        {"department": "経済部・観光・文化部", "counted": "経済部"},
    ),
    (
        "department: the same twice",
        {"department": "経済部・経済部"},
        ["A102"],
        {"department": "経済部", "counted": "経済部"},
    ),
    ("department: unknown", {"department": "経済局"}, ["R117"], {"department": "経済局"}),
    ("department: joint with unknown", {"department": "経済部・甲部"}, ["R117"], {"marked": True}),
    ("department: number", {"department": 3}, ["R117"], {}),
    (
        "department: error value",
        {"department": None, ERRORS: {"department": "#REF!"}},
        ["R110"],
        {"department": "経済部"},
    ),
    # --- 関連性
    ("relevance: ◎", {"relevance": "◎"}, [], {"relevance": "◎"}),
    ("relevance: ○", {"relevance": "○"}, [], {"relevance": "○"}),
    ("relevance: 〇 (zero)", {"relevance": "〇"}, ["A101"], {"relevance": "○"}),
    ("relevance: ◯ (large)", {"relevance": "◯"}, ["A101"], {"relevance": "○"}),
    ("relevance: ● (filled)", {"relevance": "●"}, ["A101"], {"relevance": "○"}),
    ("relevance: ⭕ (emoji)", {"relevance": "⭕\ufe0f"}, ["A101"], {"relevance": "○"}),
    ("relevance: Ｏ (letter)", {"relevance": "Ｏ"}, ["A101"], {"relevance": "○"}),
    ("relevance: ⦾", {"relevance": "⦾"}, ["A101"], {"relevance": "◎"}),
    ("relevance: ◉", {"relevance": "◉"}, ["A101"], {"relevance": "◎"}),
    ("relevance: white space", {"relevance": " ◎"}, ["A101"], {"relevance": "◎"}),
    ("relevance: △", {"relevance": "△"}, ["R103"], {"marked": True}),
    ("relevance: both", {"relevance": "◎○"}, ["R103"], {}),
    ("relevance: digit zero", {"relevance": 0}, ["R103"], {}),
    ("relevance: blank", {"relevance": None}, ["R103"], {"relevance": ""}),
    ("relevance: error value", {"relevance": None, ERRORS: {"relevance": "#N/A"}}, ["R110"], {}),
    # --- 予算区分
    ("kind: initial", {"budget_kind": "当初"}, [], {"budget": 1000}),
    ("kind: zero, half width", {"budget_kind": "0予算", "budget": 0}, ["A101"], {"budget": 0}),
    ("kind: zero without amount", {"budget_kind": "０予算", "budget": None}, [], {"budget": 0}),
    ("kind: zero with amount", {"budget_kind": "０予算", "budget": 5}, ["R105 budget"], {}),
    ("kind: undecided", {"budget_kind": "未定", "budget": None}, ["R116"], {"budget": None}),
    (
        "kind: undecided with amount",
        {"budget_kind": "未定", "budget": 5},
        ["R116"],
        {"budget": None},
    ),
    (
        "kind: undecided, in other words",
        {"budget_kind": "調整中", "budget": None},
        ["A101", "R116"],
        {"budget_kind": "未定"},
    ),
    ("kind: included", {"budget_kind": "内数", "budget": None}, [], {"budget": None}),
    (
        "kind: included with amount",
        {"budget_kind": "内数", "budget": 5},
        ["A106"],
        {"budget": None},
    ),
    ("kind: unknown", {"budget_kind": "補正", "budget": None}, ["R118"], {}),
    (
        "kind: error value says nothing of the amount",
        {"budget_kind": None, "budget": None, ERRORS: {"budget_kind": "#REF!"}},
        ["R110"],
        {},
    ),
    # --- 予算事業費: amounts
    ("budget: zero", {"budget": 0}, [], {"budget": 0}),
    ("budget: integral float", {"budget": 12000.0}, [], {"budget": 12000}),
    ("budget: noise of a formula", {"budget": 12000.000000000002}, ["A101"], {"budget": 12000}),
    ("budget: text", {"budget": "12000"}, ["A101"], {"budget": 12000}),
    ("budget: comma", {"budget": "12,000"}, ["A101"], {"budget": 12000}),
    ("budget: full width", {"budget": "１２，０００"}, ["A101"], {"budget": 12000}),
    ("budget: 千円", {"budget": "12,000千円"}, ["A101"], {"budget": 12000}),
    ("budget: 千円 full width", {"budget": "１２,０００　千円"}, ["A101"], {"budget": 12000}),
    ("budget: outer white space", {"budget": " 12000\n"}, ["A101"], {"budget": 12000}),
    ("budget: .0", {"budget": "12,000.0"}, ["A101"], {"budget": 12000}),
    ("budget: full-width zero", {"budget": "０"}, ["A101"], {"budget": 0}),
    ("budget: blank", {"budget": None}, ["R104"], {"budget": None, "marked": True}),
    ("budget: spaces only", {"budget": "　"}, ["R104"], {"budget": None}),
    ("budget: blank beside 当初", {"budget": None, "budget_kind": "当初"}, ["R104"], {}),
    ("budget: ▲", {"budget": "▲1,200"}, ["A101", "R106"], {"budget": -1200}),
    ("budget: △", {"budget": "△1,200"}, ["A101", "R106"], {"budget": -1200}),
    ("budget: hyphen", {"budget": "-1200"}, ["A101", "R106"], {"budget": -1200}),
    ("budget: minus sign", {"budget": "−1,200"}, ["A101", "R106"], {"budget": -1200}),
    ("budget: brackets", {"budget": "(1,200)"}, ["R105"], {"budget": None}),
    (
        "budget: brackets beside 内数",
        {"budget": "(1,200)", "budget_kind": "内数"},
        ["A106"],
        {"budget": None, "marked": False},
    ),
    ("budget: negative in another unit", {"budget": "▲5百万円"}, ["R106"], {"budget": None}),
    ("budget: negative fraction", {"budget": -1500.5}, ["R106"], {"budget": None}),
    ("budget: less than half below zero", {"budget": -0.4}, ["R105"], {"budget": None}),
    ("budget: full-width brackets", {"budget": "（1,200）"}, ["R105"], {"budget": None}),
    ("budget: negative number", {"budget": -1200}, ["R106"], {"budget": -1200}),
    ("budget: yen", {"budget": "12,000,000円"}, ["R105"], {"budget": None, "marked": True}),
    ("budget: yen sign", {"budget": "¥12,000"}, ["R105"], {}),
    ("budget: full-width yen sign", {"budget": "￥12,000"}, ["R105"], {}),
    ("budget: millions", {"budget": "3百万円"}, ["R105"], {}),
    ("budget: hundred millions", {"budget": "1.5億円"}, ["R105"], {}),
    ("budget: approximately", {"budget": "12,000千円程度"}, ["R105"], {}),
    ("budget: fraction", {"budget": 12.5}, ["R105"], {}),
    ("budget: fraction as text", {"budget": "12,000.5"}, ["R105"], {}),
    ("budget: half", {"budget": 0.5}, ["R105"], {}),
    ("budget: point for a comma?", {"budget": "12.000"}, ["R105"], {}),
    ("budget: groups of two", {"budget": "12,00"}, ["R105"], {}),
    ("budget: blank between digits", {"budget": "12 000"}, ["R105"], {}),
    ("budget: two figures", {"budget": "1,000/2,000"}, ["R105"], {}),
    ("budget: date", {"budget": dt.datetime(2018, 4, 1)}, ["R105"], {}),
    ("budget: day", {"budget": dt.date(2018, 4, 1)}, ["R105"], {}),
    ("budget: time", {"budget": dt.time(12, 0)}, ["R105"], {}),
    ("budget: duration", {"budget": dt.timedelta(hours=30)}, ["R105"], {}),
    ("budget: truth value", {"budget": True}, ["R105"], {}),
    ("budget: infinite", {"budget": float("inf")}, ["R105"], {}),
    ("budget: not a number", {"budget": float("nan")}, ["R105"], {}),
    ("budget: huge float", {"budget": 1e30}, ["R105"], {}),
    ("budget: huge digits", {"budget": "9" * 5000}, ["R105"], {}),
    ("budget: huge yen", {"budget": "9" * 60 + "円"}, ["R105"], {}),
    ("budget: nan in yen", {"budget": "NaN円"}, ["R105"], {}),
    ("budget: em space only", {"budget": "\u2003"}, ["R105"], {}),
    ("budget: control character only", {"budget": "\x1c"}, ["R105"], {}),
    ("budget: sign alone", {"budget": "▲"}, ["R105"], {}),
    ("budget: empty brackets", {"budget": "（）"}, ["R105"], {}),
    ("budget: formula as text", {"budget": "=SUM(A1:A3)"}, ["R105"], {}),
    ("budget: error value", {"budget": None, ERRORS: {"budget": "#REF!"}}, ["R110"], {}),
    ("budget: division by zero", {"budget": None, ERRORS: {"budget": "#DIV/0!"}}, ["R110"], {}),
    ("budget: formula without result", {"budget": None, UNCACHED: {"budget"}}, ["R111"], {}),
    # --- 予算事業費: words
    ("budget: 未定", {"budget": "未定"}, ["A106", "R116 budget_kind"], {"budget_kind": "未定"}),
    ("budget: 調整中", {"budget": "（調整中）"}, ["A106", "R116 budget_kind"], {"budget": None}),
    ("budget: 内数", {"budget": "内数"}, ["A106"], {"budget": None, "budget_kind": "内数"}),
    ("budget: amount の内数", {"budget": "12,000千円の内数"}, ["A106"], {"budget_kind": "内数"}),
    ("budget: amount（内数）", {"budget": "12,000（内数）"}, ["A106"], {"budget_kind": "内数"}),
    ("budget: …費の内数", {"budget": "保育所運営費の内数"}, ["A106"], {"budget_kind": "内数"}),
    ("budget: figures beside 内数", {"budget": "1,000、うち500は内数"}, ["R105"], {}),
    ("budget: ０予算", {"budget": "０予算"}, ["A106"], {"budget": 0, "budget_kind": "０予算"}),
    ("budget: 0予算", {"budget": "0予算"}, ["A106"], {"budget": 0, "budget_kind": "０予算"}),
    ("budget: 人件費のみ", {"budget": "人件費のみ"}, ["A106"], {"budget_kind": "０予算"}),
    ("budget: －", {"budget": "－"}, ["A106"], {"budget": 0, "budget_kind": "０予算"}),
    ("budget: ー", {"budget": "ー"}, ["A106"], {"budget": 0}),
    ("budget: なし", {"budget": "なし"}, ["A106"], {"budget": 0}),
    (
        "budget: 未定 beside 当初",
        {"budget": "未定", "budget_kind": "当初"},
        ["A106", "R116 budget_kind"],
        {},
    ),
    (
        "budget: 未定 beside 未定",
        {"budget": "未定", "budget_kind": "未定"},
        ["A106", "R116 budget_kind"],
        {},
    ),
    (
        "budget: dash beside 未定",
        {"budget": "－", "budget_kind": "未定"},
        ["A106", "R116 budget_kind"],
        {"budget": None},
    ),
    (
        "budget: dash beside 内数",
        {"budget": "－", "budget_kind": "内数"},
        ["A106"],
        {"budget_kind": "内数"},
    ),
    (
        "budget: 未定 beside ０予算",
        {"budget": "未定", "budget_kind": "０予算"},
        ["R105"],
        {"budget": None},
    ),
    (
        "budget: 人件費のみ beside 内数",
        {"budget": "人件費のみ", "budget_kind": "内数"},
        ["R105"],
        {},
    ),
    # --- 予算事業費: plausible?
    ("budget: at the limit", {"budget": 10_000_000}, [], {}),
    ("budget: above the limit", {"budget": 10_000_001}, ["R114"], {"budget": 10_000_001}),
    ("budget: a thousand times", {"budget": 708380, "previous_budget": 700}, ["R114"], {}),
    ("budget: ten times", {"budget": 7000, "previous_budget": 700}, [], {}),
    ("budget: last year unreadable", {"budget": 7000, "previous_budget": "#"}, [], {}),
    # --- 事業内容
    ("description: blank", {"description": None}, ["R109"], {"description": ""}),
    ("description: the row above", {"description": "同上"}, ["R109"], {"description": "同上"}),
    ("description: none", {"description": "該当なし"}, ["R109"], {}),
    ("description: none, a sentence", {"description": "＜該当なし。＞"}, ["R109"], {}),
    ("description: an arrow", {"description": "↑"}, ["R109"], {}),
    ("description: elsewhere", {"description": "（別紙参照）"}, ["R109"], {}),
    ("description: within a text", {"description": "同上の目的で、相談会を開く。"}, [], {}),
    ("description: undecided", {"description": "未定"}, ["R109"], {}),
    ("description: later", {"description": "（追って提出）"}, ["R109"], {}),
    ("description: dots", {"description": "…"}, ["R109"], {}),
    ("description: a date", {"description": dt.datetime(2019, 4, 1)}, ["R109"], {}),
    ("description: spaces only", {"description": "\n　"}, ["R109"], {}),
    (
        "description: outer white space",
        {"description": "　本文\n"},
        ["A101"],
        {"description": "本文"},
    ),
    ("description: lines stay", {"description": "一行\n二行"}, [], {"description": "一行\n二行"}),
    (
        "description: ，stays",
        {"description": "甲，乙、丙,丁"},
        [],
        {"description": "甲，乙、丙,丁"},
    ),
    ("description: 1,000 characters", {"description": "あ" * 1000}, [], {}),
    ("description: 1,001 characters", {"description": "あ" * 1001}, ["R112"], {"marked": True}),
    ("description: 40,000 characters", {"description": FORTY_THOUSAND}, ["R112"], {}),
    ("description: bell", {"description": "甲\x07"}, ["R112"], {"description": "甲\ufffd"}),
    ("description: formula text", {"description": "=1+1"}, [], {"description": "=1+1"}),
    ("description: link", {"description": "http://a.jp"}, [], {"description": "http://a.jp"}),
    ("description: last year", {"description": "平成29年度は、甲をする。"}, ["R115"], {}),
    ("description: full-width year", {"description": "平成２９年度は甲"}, ["R115"], {}),
    ("description: this year", {"description": "平成30年度は、甲をする。"}, [], {}),
    ("description: since when", {"description": "平成29年度から甲をしている。"}, [], {}),
    (
        "description: error value",
        {"description": None, ERRORS: {"description": "#N/A"}},
        ["R110"],
        {},
    ),
    ("description: number", {"description": 5}, [], {"description": "5"}),
    # --- 備考
    ("note: outer white space", {"note": " 連絡 "}, ["A101"], {"note": "連絡"}),
    ("note: too long", {"note": "あ" * 1001}, ["R112"], {}),
    # --- the office's own fields
    ("own choice", {"own_1": "国"}, [], {"own_1": "国"}),
    ("own choice: white space", {"own_1": " 国"}, ["A101"], {"own_1": "国"}),
    ("own choice: unknown", {"own_1": "県"}, ["R118"], {"own_1": "県"}),
    ("own integer", {"own_2": 120}, [], {"own_2": 120}),
    ("own integer: full width", {"own_2": "１２０"}, ["A101"], {"own_2": 120}),
    ("own integer: text", {"own_2": "A-1"}, ["R105"], {"own_2": None}),
    ("own integer: error value", {"own_2": None, ERRORS: {"own_2": "#REF!"}}, ["R110"], {}),
    ("own text: at the limit", {"own_3": "あ" * 20}, [], {}),
    ("own text: too long", {"own_3": "あ" * 21}, ["R112"], {}),
    ("own text: lone surrogate", {"own_3": "\udfff"}, ["R112"], {"own_3": "\ufffd"}),
    ("own required: blank", {"own_4": None}, ["R119"], {"own_4": ""}),
    ("own required: spaces only", {"own_4": "　"}, ["R119"], {}),
    # --- rows that are not to be listed need nothing else
    ("withdrawn: ended", {"category": "終了", "budget": None, "relevance": "×"}, [], GONE),
    ("withdrawn: cancelled", {"category": "取り下げ", "description": None}, ["A101"], GONE),
    # --- a cell that failed does not also make its neighbours wrong
    (
        "all at once",
        {
            "measure": "9ア",
            "number": "一",
            "relevance": "×",
            "budget": "たくさん",
            "description": None,
        },
        ["R101", "R108 number", "R103 relevance", "R105 budget", "R109 description"],
        HELD,
    ),
]

# A row that repeats 1ア-1, which is faultless: (what it is, its cells, findings, values).
RELISTED_CASES: list[tuple[str, dict[str, Any], list[str], dict[str, Any]]] = [
    (
        "relisted: blanks are filled",
        {"budget": None, "description": None, "own_4": None},
        ["A104", "A104 description", "A104 own_4"],
        {"budget": 1000, "description": "目的のために取組を行う。", "own_4": "商工課"},
    ),
    ("relisted: another text", {"description": "別の文"}, ["A104"], {"marked": False}),
    ("relisted: spelt differently", {"name": "事業 １"}, ["A104"], {"name": "事業1"}),
    ("relisted: same figure", {"budget": 1000}, [], {"budget": 1000}),
    ("relisted: another figure", {"budget": 999}, ["L103"], {"budget": 1000}),
    (
        "relisted: 未定",
        {"budget": None, "budget_kind": "未定"},
        ["A104", "A104 budget_kind"],
        {"budget": 1000},
    ),
    ("relisted: new", {"category": "新規"}, ["A104"], {"category": ""}),
    ("relisted: continued", {"category": "継続"}, [], {"category": ""}),
    ("relisted: own relevance", {"relevance": "○"}, [], {"relevance": "○"}),
    ("relisted: relevance blank", {"relevance": None}, ["R103"], {"marked": True}),
    (
        "relisted: unreadable figure",
        {"budget": "不明"},
        ["A104"],
        {"budget": 1000, "marked": False},
    ),
    ("relisted: where it stands", {"budget": "3イに計上"}, ["A104"], {"budget": 1000}),
    ("relisted: its mark as a figure", {"budget": "再掲"}, ["A104"], {"budget": 1000}),
    ("relisted: dash", {"budget": "－"}, ["A104"], {"budget": 1000, "budget_kind": ""}),
    (
        "relisted: 未定 as a figure",
        {"budget": "未定"},
        ["A104"],
        {"budget": 1000, "budget_kind": ""},
    ),
    ("relisted: brackets", {"budget": "(1,000)"}, ["A104"], {"budget": 1000, "marked": False}),
    ("relisted: brackets by Excel", {"budget": -1000}, ["A104"], {"budget": 1000, "marked": False}),
    ("relisted: a figure as text", {"budget": "1,000千円"}, ["A101"], {"budget": 1000}),
    ("relisted: text of last year", {"description": "平成29年度は甲"}, ["A104"], {}),
]


def _strategy() -> Strategy:
    return make_strategy(
        departments=[
            (1, "経済部", "商工部、産業経済部"),
            (2, "農政部", None, "いいえ"),
            (3, "観光・文化部", "観文", "いいえ"),
        ],
        fields=[
            ("財源", "独自", "選択", "いいえ", None, "国、道、市"),
            ("予算コード", "独自", "整数"),
            ("根拠", "独自", "文字", "いいえ", 20),
            ("所管課", "独自", "文字", "はい"),
        ],
    )


STRATEGY = _strategy()


def _merge(typed: Mapping[str, Any], *, relisted: bool) -> ListResult:
    cells = dict(typed)
    errors, uncached = cells.pop(ERRORS, {}), frozenset(cells.pop(UNCACHED, ()))
    own = {"own_1": None, "own_2": None, "own_3": None, "own_4": "商工課"}
    default: dict[str, Any] = {"number": 1, "department": "経済部", **own}
    if relisted:
        default |= {"relisted": "再掲", "name": "事業1"}
    row = good(1, **{**default, **cells})
    row = replace(row, values={**row.values, **cells}, errors=errors, uncached=uncached)
    rows = [row]
    if relisted:
        rows.append(good(2, "事業1", measure="1ア", number=1, department="経済部", **own))
    return merge(intake([submission(rows)]), STRATEGY)


def _found(result: ListResult) -> list[tuple[str, str]]:
    return sorted((f.code, f.place.cell) for f in result.findings if f.code != "L109")


def _expected(typed: Mapping[str, Any], codes: Iterable[str]) -> list[tuple[str, str]]:
    first = next(iter(typed))
    pairs = [code.split() for code in codes]
    return sorted((code, f"{LETTER[(field or [first])[0]]}5") for code, *field in pairs)


def _check(
    typed: Mapping[str, Any], codes: list[str], taken: Mapping[str, Any], relisted: bool
) -> None:
    result = _merge(typed, relisted=relisted)
    assert _found(result) == _expected(typed, codes)
    assert result.ledger.balanced
    assert [r.raw.row_id for r in result.held] == ([1] if taken == HELD else [])
    assert [r.raw.row_id for r in result.withdrawn] == ([1] if taken == GONE else [])
    if taken in (HELD, GONE):
        return
    values = rows_by_id(result)[1]
    shown = {name: values[name] for name in taken}
    assert shown == dict(taken)


@pytest.mark.parametrize(
    ("typed", "codes", "taken"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_cell(typed: dict[str, Any], codes: list[str], taken: dict[str, Any]) -> None:
    _check(typed, codes, taken, relisted=False)


@pytest.mark.parametrize(
    ("typed", "codes", "taken"), [c[1:] for c in RELISTED_CASES], ids=[c[0] for c in RELISTED_CASES]
)
def test_cell_of_a_relisted_row(
    typed: dict[str, Any], codes: list[str], taken: dict[str, Any]
) -> None:
    _check(typed, codes, taken, relisted=True)


def test_the_table_has_every_code_of_a_cell() -> None:
    with (Path(__file__).parent / "contract_findings.csv").open(encoding="utf-8") as lines:
        contract = {row["code"] for row in csv.DictReader(lines)}
    wanted = {code for code in contract if code[0] in "RA"} | {"R118", "R119"}
    tried = {code.split()[0] for case in (*CASES, *RELISTED_CASES) for code in case[2]}
    assert {code for code in tried if code[0] in "RA"} == wanted
    assert len(CASES) + len(RELISTED_CASES) >= 100


def test_every_message_fits_into_a_cell_of_the_checkbook() -> None:
    for case in CASES:
        for item in _merge(case[1], relisted=False).findings:
            texts = (item.message, item.cure, item.value, item.expected, item.subject, item.target)
            assert max(map(len, texts)) < 4000, case[0]
            assert not any("\ud800" <= c <= "\udfff" or c < "\t" for t in texts for c in t), case[0]


# What the message proposes, where the cure can be computed: (typed, expected).
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("12,000,000円", "12000"),
        ("12,500円", "13"),
        ("￥708,380,000", "708380"),
        ("3百万円", "3000"),
        ("1.5億円", "150000"),
        ("1億2,000万円", "120000"),
        ("0円", "0"),
        ("約5,000千円程度", "5000"),
        ("およそ5,000", "5000"),
        ("5,000,000円程度（見込み）", "5000"),
        (12.5, "13"),
        ("12,000.4", "12000"),
        (2.4999, "2"),
    ],
)
def test_the_expected_amount_is_computed(typed: Any, expected: str) -> None:
    [item] = [f for f in _merge({"budget": typed}, relisted=False).findings if f.code == "R105"]
    assert item.expected == expected
    assert expected in item.cure


@pytest.mark.parametrize(
    ("typed", "code", "nearest"),
    [
        ({"department": "経済局"}, "R117", "『経済部』"),
        (
            {"department": "経済部・農政局"},
            "R117",
            "空欄は提出した部局と見なします）。"
            "複数の部局で行う事業は「・」でつなぎます。『農政部』",
        ),
        ({"department": "観光・文化局・経済部"}, "R117", "『観光・文化部』"),
        ({"measure": "2ア・移住の環境"}, "R101", "『2ア 移住環境』"),
    ],
)
def test_the_nearest_names_are_offered(typed: dict[str, Any], code: str, nearest: str) -> None:
    [item] = [f for f in _merge(typed, relisted=False).findings if f.code == code]
    assert f"{nearest}ではありませんか。" in item.cure


def test_a_measure_renamed_since_the_forms_went_out() -> None:
    """The words are none of the template's any more, and the form offers no others."""
    [item] = _merge({"measure": "2ア　移住支援"}, relisted=False).findings
    assert "施策体系の『2ア』は『2ア 移住環境』です" in item.message
    assert "施策に『2ア』とだけ入力してください" in item.cure
    assert _merge({"measure": "2ア"}, relisted=False).findings == ()


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ({"number": dt.datetime(2018, 1, 2)}, "R108", "表示形式を「標準」に戻し"),
        ({"description": "〃"}, "R109", "上の行が別の事業になる"),
        ({"description": dt.datetime(2019, 4, 1)}, "R109", "日付（2019-04-01）になっています"),
        ({"name": dt.datetime(2019, 4, 1)}, "R102", "日付（2019-04-01）になっています"),
    ],
)
def test_what_is_said_fits_what_was_typed(typed: dict[str, Any], code: str, said: str) -> None:
    [item] = [f for f in _merge(typed, relisted=False).findings if f.code == code]
    assert said in item.message + item.cure
    other = dict.fromkeys(typed, "－")
    [item] = [f for f in _merge(other, relisted=False).findings if f.code == code]
    assert said not in item.message + item.cure


def test_the_value_is_quoted_as_typed() -> None:
    [item] = [
        f
        for f in _merge({"budget": "１２，０００千円程度"}, relisted=False).findings
        if f.code == "R105"
    ]
    assert item.value == "１２，０００千円程度"
    assert str(item).startswith("『事業』J5：予算事業費に『１２，０００千円程度』とあります。")
