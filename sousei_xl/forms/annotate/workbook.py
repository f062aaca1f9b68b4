"""The workbook around the sheets: taking our sheet out and putting it first."""

from __future__ import annotations

from dataclasses import dataclass

from sousei_xl.forms.annotate.markup import Document, Element, Unmarkable, attributes
from sousei_xl.forms.annotate.package import HEAD, MAIN, OFFICE, PACKAGE, TYPES, Package

_ORDER = (
    *("fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets"),
    *("functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize"),
    *("customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing"),
    *("fileRecoveryPr", "webPublishObjects", "extLst"),
)
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_BARE = {
    TYPES: f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_WORKBOOK}"/></Types>',
    "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship '
    f'Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}"><sheets/></workbook>',
}
_MACROS = ("vbaProject", "vbaProjectSignature", "wordVbaData")
_SHARING = ("revisionHeaders", "usernames")


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it; ``kind`` is ``worksheet``, ``chartsheet`` …"""

    name: str
    kind: str
    part: str
    relation: str


class Workbook:
    """The part ``workbook.xml`` of a package."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.part = package.target("", "officeDocument")
        if not self.part:
            raise Unmarkable("no workbook")

    def sheets(self) -> list[SheetEntry]:
        """All sheets in their order. Raises Unmarkable where one has no part."""
        relations = {r.id: r for r in self.package.relations(self.part)}
        entries = []
        for element in _children(self._document(), "sheets"):
            relation = relations.get(element.attribute("id"))
            part = self.package.name(relation.target) if relation else ""
            if relation is None or not part:
                raise Unmarkable(f"no part for {element.attribute('name')}")
            entries.append(SheetEntry(element.attribute("name"), relation.kind, part, relation.id))
        return entries

    def remove(self, name: str) -> None:
        """Take out a sheet with its part and the names that belong to it, if it is there."""
        entries = self.sheets()
        index = next((i for i, entry in enumerate(entries) if entry.name == name), None)
        if index is None:
            return
        document = self._document()
        document.remove(_children(document, "sheets")[index])
        for element in _children(document, "definedNames"):
            scope = element.number("localSheetId", -1)
            if scope == index:
                document.remove(element)
            elif scope > index:
                document.set(element, "localSheetId", str(scope - 1))
        self.package.write(self.part, document.result())
        gone = entries[index]
        for relation in self.package.relations(gone.part):  # what Excel has added for printing
            self.package.remove(relation.target)
        self.package.unrelate(self.part, [gone.relation])
        self.package.remove(gone.part)

    def put_first(self, name: str, content: bytes, repeated_row: int) -> None:
        """Make this the first sheet, the one that opens; one row is repeated on printed pages."""
        part = self.package.add("xl/worksheets/sheet{}.xml", content, _SHEET)
        relation = self.package.relate(self.part, "worksheet", part)
        document = self._document()
        sheets = document.root.find("sheets")
        if sheets is None:
            raise Unmarkable("no sheets")
        number = max((element.number("sheetId") for element in sheets.children), default=0) + 1
        values = attributes(name=name, sheetId=number)
        xml = f'<{document.tag("sheet")}{values} xmlns:r="{OFFICE}" r:id="{relation}"/>'
        if sheets.children:
            document.before(sheets.children[0], xml)
        else:
            document.append(sheets, xml)
        self._name_row(document, f"'{name}'!${repeated_row}:${repeated_row}")
        for view in document.root.below("workbookView"):
            document.set(view, "activeTab", None)
            document.set(view, "firstSheet", None)
        self.package.write(self.part, document.result())
        for entry in self.sheets():
            if entry.kind != "worksheet":  # the others are deselected where they are marked
                chart = Document(self.package.content(entry.part))
                deselect(chart)
                self.package.write(entry.part, chart.result())

    def _name_row(self, document: Document, row: str) -> None:
        tag = document.tag("definedName")
        xml = f'<{tag} name="_xlnm.Print_Titles" localSheetId="0">{row}</{tag}>'
        names = document.root.find("definedNames")
        if names is None:
            outer = document.tag("definedNames")
            return document.place("definedNames", f"<{outer}>{xml}</{outer}>", _ORDER)
        for element in names.children:
            scope = element.number("localSheetId", -1)
            if scope >= 0:
                document.set(element, "localSheetId", str(scope + 1))
        return document.append(names, xml)

    def strip(self) -> tuple[bool, bool]:
        """Take out what cannot stay; (whether macros were taken, whether sharing was ended).

        A workbook with macros may not be called .xlsx. The history of a shared workbook and the
        order of calculation know nothing of our sheet; Excel makes the latter anew.
        """
        relations = self.package.relations(self.part)
        macros = self._drop([r.kind for r in relations if r.kind in _MACROS])
        sharing = self._drop([r.kind for r in relations if r.kind in _SHARING])
        self._drop(["calcChain"])
        self.package.retype(self.part, _WORKBOOK)
        return macros, sharing

    def _drop(self, kinds: list[str]) -> bool:
        gone = [r for r in self.package.relations(self.part) if r.kind in kinds]
        for relation in gone:
            self.package.remove(relation.target)
        if gone:
            self.package.unrelate(self.part, [r.id for r in gone])
        return bool(gone)

    def _document(self) -> Document:
        return Document(self.package.content(self.part))


def bare_workbook() -> Workbook:
    """A workbook without any sheet."""
    return Workbook(Package({name: xml.encode() for name, xml in _BARE.items()}))


def _children(document: Document, name: str) -> list[Element]:
    parent = document.root.find(name)
    return [] if parent is None else parent.children


def deselect(document: Document) -> None:
    """Select a sheet no more: what is typed into one of several selected sheets goes into all."""
    for view in document.root.below("sheetView"):
        if view.attribute("tabSelected") in ("1", "true"):
            document.set(view, "tabSelected", None)
