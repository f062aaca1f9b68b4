"""The zip around a workbook's parts: their relations and content types."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

from sousei_xl.forms.annotate.markup import Document, Element, Unmarkable, attributes
from sousei_xl.sheets.packing import UNIX

TYPES = "[Content_Types].xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKED = (".png", ".jpg", ".jpeg", ".gif", ".emz", ".wmz", ".zip", ".mp4")
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Relation:
    """``kind`` is the last segment of the type, ``target`` the part's name (blank: outside)."""

    id: str
    kind: str
    target: str


class Package:
    """The parts of a workbook by name."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self.parts = dict(parts)
        self._names = {name.lower(): name for name in self.parts}
        if TYPES.lower() not in self._names:
            raise Unmarkable(TYPES)

    @classmethod
    def open(cls, data: bytes) -> Package:
        """The parts of this zip. Raises Unmarkable where it is not whole."""
        try:
            with zipfile.ZipFile(BytesIO(data)) as archive:
                names = [name for name in archive.namelist() if not name.endswith("/")]
                return cls({name: archive.read(name) for name in names})
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
            raise Unmarkable(str(error)) from error

    def save(self) -> bytes:
        """The zip; the same parts give the same bytes, on Windows too."""
        target = BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, content in self.parts.items():
                packed = name.lower().endswith(_PACKED)
                kind = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
                part = zipfile.ZipInfo(name, _EPOCH)
                part.create_system = UNIX
                archive.writestr(part, content, kind)
        return target.getvalue()

    # --- parts --------------------------------------------------------------------------------

    def name(self, part: str) -> str:
        """The name as it is spelled in the zip; blank where there is no such part."""
        return self._names.get(part.lower(), "")

    def content(self, part: str) -> bytes:
        """A part's bytes. Raises Unmarkable where it is missing."""
        name = self.name(part)
        if not name:
            raise Unmarkable(f"no part {part}")
        return self.parts[name]

    def write(self, part: str, content: bytes) -> None:
        """Exchange the content of a part that is there."""
        self.parts[self.name(part)] = content

    def has_below(self, folder: str) -> bool:
        """True where a part lies in this folder."""
        return any(name.startswith(folder) for name in self._names)

    def add(self, pattern: str, content: bytes, content_type: str) -> str:
        """Add a part under the first free name; ``{}`` in it stands for a number from 1."""
        numbers = range(1, len(self.parts) + 2)
        choices = (choice for i in numbers if not self.name(choice := pattern.format(i)))
        name = next(choices)
        self.parts[name] = content
        self._names[name.lower()] = name
        types = Document(self.content(TYPES))
        suffix = posixpath.splitext(name)[1][1:]
        defaults = {d.attribute("Extension").lower(): d for d in types.root.all("Default")}
        if suffix == "vml" and suffix not in defaults:
            pair = attributes(Extension=suffix, ContentType=content_type)
            types.append(types.root, f"<{types.tag('Default')}{pair}/>")
        elif suffix != "vml" or defaults[suffix].attribute("ContentType") != content_type:
            pair = attributes(PartName=f"/{name}", ContentType=content_type)
            types.append(types.root, f"<{types.tag('Override')}{pair}/>")
        self.write(TYPES, types.result())
        return name

    def remove(self, part: str) -> None:
        """Take away a part with its relations and its content type, if it is there."""
        name = self.name(part)
        if not name:
            return
        gone = [name, *filter(None, [self.name(relations_of(name))])]
        for one in gone:
            del self.parts[one]
            del self._names[one.lower()]
        types = Document(self.content(TYPES))
        for override in self._overrides(types, name):
            types.remove(override)
        self.write(TYPES, types.result())

    def retype(self, part: str, content_type: str) -> None:
        """Give a part another content type."""
        types = Document(self.content(TYPES))
        for override in self._overrides(types, part):
            types.set(override, "ContentType", content_type)
        self.write(TYPES, types.result())

    @staticmethod
    def _overrides(types: Document, part: str) -> Iterator[Element]:
        for override in types.root.all("Override"):
            if override.attribute("PartName").lower() == f"/{part}".lower():
                yield override

    # --- relations ----------------------------------------------------------------------------

    def relations(self, owner: str) -> list[Relation]:
        """What a part (blank: the package) refers to."""
        part = self.name(relations_of(owner))
        if not part:
            return []
        return [_relation(e, owner) for e in Document(self.parts[part]).root.all("Relationship")]

    def target(self, owner: str, kind: str) -> str:
        """The part of this kind that ``owner`` refers to; blank where there is none."""
        found = (r.target for r in self.relations(owner) if r.kind == kind)
        return self.name(next(found, ""))

    def relate(self, owner: str, kind: str, target: str) -> str:
        """Add a relation to a part; its id."""
        part = relations_of(owner)
        if not self.name(part):
            xml = f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"/>'
            self.parts[part] = xml.encode()
            self._names[part.lower()] = part
        document = Document(self.content(part))
        taken = {e.attribute("Id") for e in document.root.all("Relationship")}
        new = next(i for n in range(1, len(taken) + 2) if (i := f"rId{n}") not in taken)
        values = attributes(Id=new, Type=f"{OFFICE}/{kind}", Target=f"/{target}")
        document.append(document.root, f"<{document.tag('Relationship')}{values}/>")
        self.write(part, document.result())
        return new

    def unrelate(self, owner: str, ids: Iterable[str]) -> None:
        """Take relations away; a part whose last one goes keeps no list of them."""
        part, gone = relations_of(owner), set(ids)
        document = Document(self.content(part))
        elements = document.root.all("Relationship")
        document.remove(*(e for e in elements if e.attribute("Id") in gone))
        if gone.issuperset(e.attribute("Id") for e in elements):
            name = self.name(part)
            del self.parts[name]
            del self._names[name.lower()]
        else:
            self.write(part, document.result())


def relations_of(part: str) -> str:
    """The name of the part that lists another part's relations."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relation(element: Element, owner: str) -> Relation:
    target = element.attribute("Target")
    if element.attribute("TargetMode") == "External":
        target = ""
    else:
        target = posixpath.normpath(posixpath.join("/", posixpath.dirname(owner), target))[1:]
    return Relation(element.attribute("Id"), element.attribute("Type").rpartition("/")[2], target)
