"""The sheet 修正・確認依頼票: a kind letter with the list of what is to be mended, as plain rows.

``page`` writes them as a worksheet; what stands here is said, in the order in which it is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sousei_xl import text
from sousei_xl.findings import Answer
from sousei_xl.forms.annotate.lines import Line
from sousei_xl.forms.annotate.marks import ERROR, QUESTION, SIGNS
from sousei_xl.forms.request_layout import HEADINGS, SHEET
from sousei_xl.rules.answers import questions_told
from sousei_xl.sheets import pages
from sousei_xl.strategy import Settings

WIDTHS = (5.0, 11.0, 24.0, 29.0, 60.0, 21.0, 27.0, 28.0)
_LAST = len(WIDTHS) - 1
_SIZE = 10.5
_BY_OFFICE = "（事務局からの連絡を御覧ください）"
_FORMER = "前回までの回答（今回の点検には出ていないもの。対応は不要です）"


@dataclass(frozen=True, slots=True)
class Letter:
    """Whom the file goes back to, and what is to be said besides the findings.

    ``remarks`` are sentences about the workbook. ``file`` names the file where the findings go
    back alone (blank: this workbook is the file itself), ``opened`` whether it could be opened.
    ``about`` is what the letter is about, as the form's own title says it.
    """

    department: str
    unit: str
    next_edition: int
    about: str
    remarks: tuple[str, ...] = ()
    file: str = ""
    opened: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: column from 0, style of ``page``, how many columns it spans, where it leads."""

    column: int
    words: str
    style: str
    span: int = 1
    link: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row from left to right; its height in points."""

    cells: tuple[Cell, ...]
    height: float


@dataclass(frozen=True, slots=True)
class Request:
    """The whole sheet; ``header`` is the row (from 0) that is repeated on printed pages."""

    rows: tuple[Row, ...]
    header: int


def write_request(
    letter: Letter,
    lines: Sequence[Line],
    former: Sequence[Answer],
    settings: Settings,
) -> Request:
    """The sheet's rows. ``former`` are earlier answers that no line is about any more."""
    font = settings.font
    counts = Counter(line.severity for line in lines)
    asked: Counter[str] = Counter()
    answered = 0
    for line in lines:
        asked[line.severity] += line.asked
        answered += line.asked if line.answer and line.severity == QUESTION else 0
    rows = [
        Row(
            (
                Cell(0, SHEET, "title", 5),
                Cell(5, f"{settings.year_label}　{letter.about}", "right", 3),
            ),
            34,
        ),
        Row((Cell(0, _addressee(letter), "name", _LAST + 1),), 26),
        _wide(_greeting(letter, asked if asked.total() else counts, answered), "text", font),
        _gap(),
        Row(
            (
                Cell(0, "提出期限", "label", 2),
                Cell(2, settings.deadline or _BY_OFFICE, "value", 2),
                Cell(4, "提出先", "label"),
                Cell(5, settings.submit_to or _BY_OFFICE, "value", 3),
            ),
            _height(settings.submit_to, _span(5, 3), font, 26),
        ),
        _gap(),
        Row((Cell(0, "お願いする手順", "section", _LAST + 1),), 24),
    ]
    for number, step in enumerate(_steps(letter, counts, answered), 1):
        height = _height(step, _span(1, _LAST), font, 21)
        rows.append(Row((Cell(0, str(number), "step"), Cell(1, step, "text", _LAST)), height))
    rows += [_gap(), Row((Cell(0, "印の見方", "section", _LAST + 1),), 24)]
    for style, sign, meaning in _legend(letter, counts):
        height = _height(meaning, _span(2, _LAST - 1), font, 22)
        rows.append(Row((Cell(0, sign, style, 2), Cell(2, meaning, "meaning", _LAST - 1)), height))
    if letter.remarks:
        rows += [_gap(), Row((Cell(0, "お知らせ", "section", _LAST + 1),), 24)]
        rows += [_wide(f"・{remark}", "text", font) for remark in letter.remarks]
    rows.append(_gap())
    header = len(rows)
    rows.append(Row(tuple(Cell(i, name, "header") for i, name in enumerate(HEADINGS)), 26))
    for number, line in enumerate(lines, 1):
        rows.append(_line(number, line, font))
    if former:
        rows += [_gap(), Row((Cell(0, _FORMER, "section", _LAST + 1),), 24)]
        rows += [_former(answer, font) for answer in former]
    return Request(tuple(rows), header)


def _addressee(letter: Letter) -> str:
    unit = text.unit_beside(letter.department, letter.unit)
    unit = f"　{unit}" if unit else ""
    return f"{letter.department}{unit}　御担当者様".strip()


def _greeting(letter: Letter, counts: Mapping[str, int], answered: int) -> str:
    """``counts`` are the places by severity, as the letter that comes with the file counts them,
    ``answered`` of them the 要確認 that the department has answered."""
    if not letter.opened:
        return (
            f"御提出ありがとうございます。いただいた『{letter.file}』を開けなかったため、"
            "受け付けることができませんでした。お手数ですが、次の手順で再提出をお願いします。"
        )
    parts = []
    if counts[ERROR]:
        parts.append(f"直していただきたいところが{counts[ERROR]}件")
    if counts[QUESTION]:
        parts.append(questions_told(counts[QUESTION], answered))
    alone = f"『{letter.file}』に印を付けられなかったため、この票だけをお送りします。"
    return (
        f"御提出ありがとうございます。点検したところ、{'、'.join(parts)}ありました。"
        f"{alone if letter.file else ''}お手数ですが、次の手順で"
        f"{'修正と再提出' if counts[ERROR] else '確認'}をお願いします。"
    )


def _steps(letter: Letter, counts: Mapping[str, int], answered: int) -> list[str]:
    where = f"元のファイル（{letter.file}）を" if letter.file else "このファイルの中で"
    if not letter.opened:
        return [
            f"{where}、下の表の「内容と直し方」に従って直してください。",
            "直したファイルを、提出期限までに提出先へ再提出してください"
            "（この票を送り返す必要はありません）。",
        ]
    steps = []
    if counts[ERROR]:
        jump = "「セル」の青い文字をクリックすると、その場所に移ります。"
        steps.append(
            f"重要度が「{ERROR}」の行：{'' if letter.file else jump}"
            f"「内容と直し方」に従って、{where}直してください。"
        )
    if counts[QUESTION]:
        answer = "正しければ直さずに、「回答欄」に「このままで正しい」などと入力してください。"
        steps.append(
            f"重要度が「{QUESTION}」の行：内容を確認し、誤りがあれば直してください。"
            f"{'正しければ、そのままで構いません。' if letter.file else answer}"
            f"{'御回答済みのものは、そのままで構いません。' if answered else ''}"
        )
    edition = (
        "回答票の版を一つ増やしてください（この票を送り返す必要はありません）。"
        if letter.file
        else f"回答票の版は {letter.next_edition} に上げてありますので、変更は不要です。"
    )
    mended = "直した場合は、" if letter.file and not counts[ERROR] else ""
    again = "再提出" if mended or counts[ERROR] else "提出"
    steps.append(
        f"{mended}上書き保存し（.xlsx のまま）、"
        f"提出期限までに提出先へ{again}してください。{edition}"
    )
    return steps


def _legend(letter: Letter, counts: Mapping[str, int]) -> list[tuple[str, str, str]]:
    """Style, sign and meaning of every mark that is used."""
    left = "行の左端にこの印が、そのセルに{}の枠が付いています。"
    if_right = (
        "正しければ、そのままで構いません。"
        if letter.file
        else "正しければ直さずに、「回答欄」にその旨を入力してください。"
    )
    meanings = {
        ERROR: "直していただくものです。直るまで、一覧の完成や実績の集計ができないことがあります。",
        QUESTION: f"確認していただくものです。{if_right}",
    }
    styles = {ERROR: ("sign_error", "実線"), QUESTION: ("sign_question", "点線")}
    legend = [
        (style, SIGNS[severity], meanings[severity] + ("" if letter.file else left.format(frame)))
        for severity, (style, frame) in styles.items()
        if counts[severity]
    ]
    if not letter.file:
        legend += [
            (
                "sign_comment",
                "◥ コメント",
                "枠の付いたセルの右上に三角の印があります。マウスを重ねると、内容と直し方が"
                "表示されます。",
            ),
            (
                "sign_plain",
                "印の削除",
                "不要です。この票と印は、次の点検で自動的に取り除かれます（直したセルの印も、"
                "それまで残ります）。入力いただいた内容は、版のほかは変えていません。",
            ),
        ]
    return legend


def _line(number: int, line: Line, font: str) -> Row:
    look = "error" if line.severity == ERROR else "question"
    shown = (line.spot, line.subject, line.words, line.value, line.expected, line.answer)
    cells = (
        Cell(0, str(number), "number"),
        Cell(1, SIGNS[line.severity], look),
        Cell(2, line.spot, "link" if line.link else "cell", link=line.link),
        *(Cell(i, words, "cell") for i, words in enumerate(shown[1:-1], 3)),
        Cell(_LAST, line.answer, "answer"),
    )
    return Row(cells, _needed(shown, font))


def _former(answer: Answer, font: str) -> Row:
    """An answer as it stood, so that it is read again with whatever comes back."""
    shown = (answer.spot, answer.name, answer.words, "", "", answer.answer)
    looks = (*("cell",) * 5, "answer")
    cells = (Cell(i, w, look) for i, (w, look) in enumerate(zip(shown, looks, strict=True), 2))
    return Row((Cell(0, "", "cell"), Cell(1, "", "cell"), *cells), _needed(shown, font))


def _needed(shown: Sequence[str], font: str) -> float:
    """The height of a line whose cells from the third on hold these words."""
    return max(_height(words, WIDTHS[i], font, 30) for i, words in enumerate(shown, 2))


def _wide(words: str, style: str, font: str) -> Row:
    return Row((Cell(0, words, style, _LAST + 1),), _height(words, _span(0, _LAST + 1), font, 20))


def _gap() -> Row:
    return Row((), 9)


def _span(first: int, count: int) -> float:
    """Width of neighbouring columns as if they were one, in characters."""
    pixels = pages.total_pixels(WIDTHS[first : first + count])
    return pages.column_width(pixels)


def _height(words: str, width: float, font: str, least: float) -> float:
    needed = pages.text_height(words, width - 2.5, _SIZE, font) + 5
    return min(max(needed, least), pages.MAX_ROW_HEIGHT)
