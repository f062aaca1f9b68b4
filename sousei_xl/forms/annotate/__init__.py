"""The returned workbook: the department's own file, with a list of what to mend and marks.

The file is not written anew but edited part by part (``package``, ``markup``), so that everything
the department put into it stays: comments, formats, dropdowns, pictures, stored results, and what
no library knows. Our sheet, conditional formats and comments bear our tag, are taken out before
new ones are put in, and never pile up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from sousei_xl.findings import Answer, Finding, is_error, is_unreadable
from sousei_xl.forms.annotate import lines, marks, notes
from sousei_xl.forms.annotate.lines import Line
from sousei_xl.forms.annotate.markup import Unmarkable
from sousei_xl.forms.annotate.package import Package
from sousei_xl.forms.annotate.page import write_page
from sousei_xl.forms.annotate.reply import Reply, read_reply, write_edition_property
from sousei_xl.forms.annotate.request import Letter, write_request
from sousei_xl.forms.annotate.styles import Styles
from sousei_xl.forms.annotate.workbook import Workbook, bare_workbook, deselect
from sousei_xl.forms.annotate.worksheet import Worksheet, position
from sousei_xl.forms.comment_layout import SEPARATOR, SEPARATOR_OF_QUESTIONS
from sousei_xl.forms.layout import Rows
from sousei_xl.forms.request_layout import SHEET, read_answers
from sousei_xl.strategy import Settings, Strategy

__all__ = ["SHEET", "Unmarkable", "annotate", "findings_only"]

_DRAWN = (b":pic>", b":sp ", b":sp>", b":graphicFrame", b":cxnSp", b":grpSp")


def annotate(
    source: bytes,
    target: Path,
    findings: Iterable[Finding],
    strategy: Strategy,
    *,
    next_edition: int,
) -> None:
    """Write the department's file with a request sheet, marks and the next 版 to ``target``.

    ``source``, the file's bytes, must have passed the gate. Of the findings, those count that are
    addressed to the department, 要修正 and open 要確認; ``place.sheet`` and ``place.cell`` are as
    read from this very file. The 版 becomes ``next_edition``, or one more than the file's own if
    that is higher. No answer in the file is lost: it stands at the line of the finding that has it
    among its ``answers``, or below all lines.
    The same arguments give the same bytes. Raises Unmarkable where the file cannot be marked
    without risk to its contents (use :func:`findings_only` then), and OSError.
    """
    before = _values(source)
    package = Package.open(source)
    workbook = Workbook(package)
    macros, sharing = workbook.strip()
    answers = list(read_answers(before.pop(SHEET, ()), ""))
    workbook.remove(SHEET)
    reply = read_reply(before, package)
    edition = max(next_edition, reply.edition + 1)
    sheets = _worksheets(workbook)
    located = lines.locate(findings, before, sheets, strategy)
    wanted = lines.marks(located)
    styles = Styles(package, workbook.part)
    mend = any(is_error(one.item) for one in located)
    separator = SEPARATOR if mend else SEPARATOR_OF_QUESTIONS
    for number, sheet in enumerate(sheets.values(), 1):
        _clean(package, sheet)
        if sheet.name in wanted:
            theirs = wanted[sheet.name]
            marks.mark(sheet, theirs.cells, theirs.edges, styles)
            notes.put(package, sheet, number, theirs.words, separator, strategy.settings.font)
        if sheet.name == reply.sheet and reply.edition_cell:
            sheet.set_number(reply.edition_cell, edition)
        package.write(sheet.part, sheet.result())
    write_edition_property(package, edition)
    remarks = tuple(_remarks(package, macros, sharing))
    department = reply.department or next((one.item.department for one in located), "")
    about = lines.about(located, strategy.settings, sheets)
    letter = Letter(department, reply.unit, edition, about, remarks)
    listed = lines.lines(located)
    carried = {_line(answer) for one in located for answer in one.item.answers}
    former = [answer for answer in answers if _line(answer) not in carried]
    _put_request(workbook, letter, listed, former, strategy.settings, styles)
    result = package.save()
    _check_kept(before, _values(result), reply)
    target.write_bytes(result)


def findings_only(
    target: Path,
    findings: Iterable[Finding],
    strategy: Strategy,
    file: str,
    department: str = "",
) -> None:
    """Write a workbook with the findings alone, for a file that could not be opened or marked.

    ``file`` is its name as the department knows it. A finding F1.. says that it could not be
    opened. Raises OSError.
    """
    workbook = bare_workbook()
    located = lines.locate(findings, {}, {}, strategy)
    listed = lines.lines(located)
    styles = Styles(workbook.package, workbook.part)
    opened = not any(is_unreadable(one.item) for one in located)
    about = lines.about(located, strategy.settings)
    letter = Letter(department, "", 0, about, file=file, opened=opened)
    _put_request(workbook, letter, listed, (), strategy.settings, styles)
    target.write_bytes(workbook.package.save())


def _line(answer: Answer) -> tuple[str, str, str]:
    return answer.spot, answer.name, answer.words


def _worksheets(workbook: Workbook) -> dict[str, Worksheet]:
    """The department's worksheets by name."""
    return {
        entry.name: Worksheet(entry.name, entry.part, workbook.package.content(entry.part))
        for entry in workbook.sheets()
        if entry.kind == "worksheet"
    }


def _clean(package: Package, sheet: Worksheet) -> None:
    """Our former marks out."""
    deselect(sheet.document)
    marks.clean(sheet)
    notes.clean(package, sheet)
    sheet.commit()


def _put_request(
    workbook: Workbook,
    letter: Letter,
    listed: Sequence[Line],
    former: Sequence[Answer],
    settings: Settings,
    styles: Styles,
) -> None:
    request = write_request(letter, listed, former, settings)
    content = write_page(request, styles, settings.font)
    styles.save()
    workbook.put_first(SHEET, content, request.header + 1)


# --- what is in the file, and whether it still is -------------------------------------------------


def _values(data: bytes) -> dict[str, Rows]:
    """Sheet name → rows with a value, as the intake reads them."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        return {
            sheet.name: [
                (number, [None if value == "" else value for value in row])
                for number, row in enumerate(
                    book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False), 1
                )
                if row.count("") < len(row)
            ]
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        }
    except (CalamineError, ValueError) as error:
        raise Unmarkable(str(error)) from error


def _check_kept(before: Mapping[str, Rows], after: dict[str, Rows], reply: Reply) -> None:
    """Every value is where it was, but for 版. Raises Unmarkable otherwise."""
    after.pop(SHEET, None)
    if list(before) != list(after):
        raise Unmarkable("sheets")
    for name, rows in before.items():
        cell = reply.edition_cell if name == reply.sheet else ""
        if _without(rows, cell) != _without(after[name], cell):
            raise Unmarkable(f"values of {name}")


def _without(rows: Rows, cell: str) -> object:
    """The values to be compared: all of them, or those besides one cell."""
    if not cell:
        return rows
    left_out = position(cell)
    return {
        (number, column): value
        for number, values in rows
        for column, value in enumerate(values, 1)
        if value is not None and (number, column) != left_out
    }


def _remarks(package: Package, macros: bool, sharing: bool) -> Iterable[str]:
    """What the department should know about its file besides the findings."""
    drawings = (c for n, c in package.parts.items() if n.lower().startswith("xl/drawings/drawing"))
    if any(mark in content for content in drawings for mark in _DRAWN) or package.has_below(
        "xl/ctrlprops/"
    ):
        yield (
            "図形、画像、グラフ、テキストボックス、ボタンなどは、そのまま残しています。"
            "その中の文字は点検していません。必要な内容はセルに入力してください。"
        )
    if macros:
        yield (
            "マクロは取り除き、.xlsx 形式で返送しています（マクロは点検に使いません）。"
            "必要なマクロは、元のファイルに残っています。"
        )
    if sharing:
        yield "「ブックの共有」は解除して返送しています（変更履歴は、元のファイルにあります）。"
