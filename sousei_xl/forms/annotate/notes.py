"""Comments: what is to be said about a cell, below what the department wrote there itself.

Our part (``comment_layout``) is replaced next time and taken out when nothing is left to say.
"""

from __future__ import annotations

from collections.abc import Mapping

from sousei_xl.forms import comment_layout
from sousei_xl.forms.annotate import boxes
from sousei_xl.forms.annotate.markup import Document, Element, attributes, string
from sousei_xl.forms.annotate.package import HEAD, MAIN, OFFICE, Package
from sousei_xl.forms.annotate.worksheet import ORDER, Worksheet
from sousei_xl.sheets import pages

_AUTHOR = "事務局"
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_SIZE, _LINE = 9.0, 17  # points of the font, pixels of a line
_WIDTH, _MOST = 380, 620  # pixels


def clean(package: Package, sheet: Worksheet) -> None:
    """Take our words out of the sheet's comments; comments and boxes that were ours alone go."""
    part = package.target(sheet.part, "comments")
    if not part:
        return
    document = Document(package.content(part))
    gone = [c for c in document.root.below("comment") if _cut(document, c)]
    document.remove(*gone)
    package.write(part, document.result())
    if not gone:
        return
    vml = _vml_part(package, sheet)
    if vml:
        left = boxes.remove(package.content(vml), (c.attribute("ref") for c in gone))
        package.write(vml, left)
    if len(gone) == len(list(document.root.below("comment"))):
        _drop(package, sheet, part, vml)


def _vml_part(package: Package, sheet: Worksheet) -> str:
    """The part with the sheet's boxes; pictures of its page header have one of their own."""
    legacy = sheet.document.root.find("legacyDrawing")
    wanted = "" if legacy is None else legacy.attribute("id")
    found = (r.target for r in package.relations(sheet.part) if r.id == wanted)
    return package.name(next(found, ""))


def _cut(document: Document, comment: Element) -> bool:
    """Cut our words out of a comment; True where nothing else is in it."""
    pieces = _pieces(comment)
    words = "".join(piece.text for piece in pieces)
    ours = comment_layout.spans(words)
    if not ours:
        return False
    if not comment_layout.outside(ours, words).strip():
        return True
    position = 0
    for piece in pieces:
        begin, position = position, position + len(piece.text)
        kept = comment_layout.outside(ours, words, begin, position)
        if len(kept) < len(piece.text):
            run = next((r for r in comment.below("r") if piece in r.children), None)
            if kept or run is None:
                document.set_text(piece, kept)
            else:
                document.remove(run)
    return False


def _pieces(comment: Element) -> list[Element]:
    """The text elements of a comment in order; readings (furigana) are none."""
    body = comment.find("text")
    if body is None:
        return []
    return [
        piece
        for child in body.children
        for piece in ([child] if child.name == "t" else child.all("t") if child.name == "r" else [])
    ]


def _drop(package: Package, sheet: Worksheet, part: str, vml: str) -> None:
    """A sheet without comments has no part for them, and no boxes unless others use those."""
    gone = {part}
    if vml and boxes.is_empty(package.content(vml)):
        gone.add(vml)
        legacy = sheet.document.root.find("legacyDrawing")
        if legacy is not None:
            sheet.document.remove(legacy)
    ids = [r.id for r in package.relations(sheet.part) if package.name(r.target) in gone]
    package.unrelate(sheet.part, ids)
    for name in gone:
        package.remove(name)


def put(
    package: Package,
    sheet: Worksheet,
    number: int,
    words: Mapping[str, str],
    separator: str,
    font: str,
) -> None:
    """Add words to the comments of cells (address → words) of a clean sheet, behind a separator.

    ``number`` is the sheet's, from 1. A cell with a conversation (threaded comment) is left out:
    Excel writes the comment behind it anew and would lose the words.
    """
    words = {c: w for c, w in words.items() if c not in _conversations(package, sheet)}
    if not words:
        return
    part = package.target(sheet.part, "comments")
    if not part:
        xml = f'{HEAD}<comments xmlns="{MAIN}"><authors/><commentList/></comments>'
        part = package.add("xl/comments{}.xml", xml.encode(), _COMMENTS)
        package.relate(sheet.part, "comments", part)
    document = Document(package.content(part))
    standing = {c.attribute("ref"): c for c in document.root.below("comment")}
    author = _author(document)
    shown = {}
    for cell, said in words.items():
        shown[cell] = comment_layout.our_part(separator, said)
        comment = standing.get(cell)
        if comment is None:
            _add(document, cell, author, _run(document, shown[cell], font))
        else:
            own = "".join(piece.text for piece in _pieces(comment))
            _extend(document, comment, _run(document, f"\n{shown[cell]}", font))
            shown[cell] = f"{own}\n{shown[cell]}"
    package.write(part, document.result())
    _put_boxes(package, sheet, number, shown)


def _conversations(package: Package, sheet: Worksheet) -> set[str]:
    part = package.target(sheet.part, "threadedComment")
    if not part:
        return set()
    root = Document(package.content(part)).root
    return {element.attribute("ref") for element in root.below("threadedComment")}


def _author(document: Document) -> int:
    authors = document.root.find("authors")
    names = [a.text for a in authors.all("author")] if authors else []
    if _AUTHOR not in names and authors is not None:
        tag = document.tag("author")
        document.append(authors, f"<{tag}>{_AUTHOR}</{tag}>")
        return len(names)
    return names.index(_AUTHOR) if names else 0


def _run(document: Document, words: str, font: str) -> str:
    run, looks, text = (document.tag(name) for name in ("r", "rPr", "t"))
    size = f'<{document.tag("sz")} val="{_SIZE:g}"/>'
    name = f"<{document.tag('rFont')}{attributes(val=font)}/>"
    return (
        f"<{run}><{looks}>{size}{name}</{looks}>"
        f'<{text} xml:space="preserve">{string(words)}</{text}></{run}>'
    )


def _add(document: Document, cell: str, author: int, run: str) -> None:
    comment, body = document.tag("comment"), document.tag("text")
    values = attributes(ref=cell, authorId=author)
    target = document.root.find("commentList")
    if target is not None:
        document.append(target, f"<{comment}{values}><{body}>{run}</{body}></{comment}>")


def _extend(document: Document, comment: Element, run: str) -> None:
    body = comment.find("text")
    if body is None:
        return
    plain = body.find("t")
    if plain is not None:  # a text without runs becomes one, so that another can follow it
        tag = document.tag("r")
        document.replace(plain, f"<{tag}>{document.raw(plain).decode()}</{tag}>")
    reading = body.find("rPh") or body.find("phoneticPr")
    if reading is None:
        document.append(body, run)
    else:
        document.before(reading, run)


def _put_boxes(package: Package, sheet: Worksheet, number: int, shown: Mapping[str, str]) -> None:
    vml = _vml_part(package, sheet)
    if not vml:
        vml = package.add("xl/drawings/vmlDrawing{}.vml", boxes.new_part(number), _VML)
        relation = package.relate(sheet.part, "vmlDrawing", vml)
        tag = sheet.document.tag("legacyDrawing")
        xml = f'<{tag} xmlns:r="{OFFICE}" r:id="{relation}"/>'
        sheet.document.place("legacyDrawing", xml, ORDER)
    width = pages.column_width(_WIDTH)
    sizes = {}
    for cell, words in shown.items():
        lines = pages.count_lines(words, width, _SIZE)
        sizes[cell] = (_WIDTH, min(lines * _LINE + 12, _MOST))
    package.write(vml, boxes.put(package.content(vml), sheet, number, sizes))
