"""What the file says about itself: whose it is and which 版, visibly and invisibly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sousei_xl import text
from sousei_xl.forms import layout
from sousei_xl.forms.annotate.markup import Document, attributes, escape
from sousei_xl.forms.annotate.package import HEAD, Package
from sousei_xl.forms.layout import Rows

_CUSTOM = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_FIRST_PROPERTY = 2  # 0 and 1 are reserved


@dataclass(frozen=True, slots=True)
class Reply:
    """回答票 of the file. ``sheet`` and ``edition_cell`` are blank where they are missing."""

    sheet: str
    department: str
    unit: str
    edition: int
    edition_cell: str


def read_reply(sheets: Mapping[str, Rows], package: Package) -> Reply:
    """The answers of 回答票, or of the sheet that looks like it; properties fill the gaps."""
    sheet, answers = layout.find_reply(list(sheets.items()))
    hidden = _properties(package)

    def answer(label: str, twin: str) -> str:
        typed = text.tidy(answers.get(label, (None, ""))[0]).value
        return str(typed or hidden.get(twin, ""))

    return Reply(
        sheet,
        answer(layout.DEPARTMENT, layout.PROPERTY_DEPARTMENT),
        answer(layout.UNIT, layout.PROPERTY_UNIT),
        layout.edition(answer(layout.EDITION, layout.PROPERTY_EDITION)),
        answers.get(layout.EDITION, (None, ""))[1],
    )


def _properties(package: Package) -> dict[str, str]:
    part = package.target("", "custom-properties")
    if not part:
        return {}
    elements = Document(package.content(part)).root.all("property")
    return {e.attribute("name"): e.children[0].text for e in elements if e.children}


def write_edition_property(package: Package, edition: int) -> None:
    """Set 版 where nobody sees it, as text; everything else stays as it is."""
    part = package.target("", "custom-properties")
    if not part:
        xml = f'{HEAD}<Properties xmlns="{_NAMESPACE}/custom-properties"/>'
        part = package.add("docProps/custom{}.xml", xml.encode(), _CUSTOM)
        package.relate("", "custom-properties", part)
    document = Document(package.content(part))
    elements = document.root.all("property")
    for element in elements:
        if element.attribute("name") == layout.PROPERTY_EDITION and element.children:
            document.set_text(element.children[0], str(edition))
            break
    else:
        numbers = [element.number("pid") for element in elements]
        tag, value = document.tag("property"), "vt:lpwstr"
        values = attributes(
            fmtid=_FORMAT_ID,
            pid=max([_FIRST_PROPERTY - 1, *numbers]) + 1,
            name=layout.PROPERTY_EDITION,
        )
        space = f' xmlns:vt="{_NAMESPACE}/docPropsVTypes"'
        content = f"<{value}{space}>{escape(str(edition))}</{value}>"
        document.append(document.root, f"<{tag}{values}>{content}</{tag}>")
    package.write(part, document.result())
