"""Kinds: zips that two programs may read in two ways, and parts that stand elsewhere than usual."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable

from tests import zip_surgery as zs
from tests.dirty.forms import PART, data, refused
from tests.dirty.hostile_xml import BUDGET, excel, swapped
from tests.dirty.kinds import Kind, Put
from tests.dirty.makers import F204

DISGUISED = '<c r="J4"><v>9999</v></c>'  # what the other reading of the file would find
ROOT_RELS, CONTENTS, CORE = "_rels/.rels", "[Content_Types].xml", "docProps/core.xml"
PARTS = (
    CONTENTS,
    ROOT_RELS,
    zs.WORKBOOK,
    zs.WORKBOOK_RELS,
    zs.STRINGS,
    "xl/styles.xml",
    CORE,
    PART,
)


def _disguised(content: bytes) -> bytes:
    return zs.replace(content, PART, BUDGET, DISGUISED)


def _zip64(content: bytes) -> bytes:
    """Sizes in 64 bits, as libraries write that do not know them beforehand."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in zs.unpack(content).items():
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(part)
    return target.getvalue()


def _commented(content: bytes, comment: bytes = b"sousei") -> bytes:
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as archive:
        archive.comment = comment
    return target.getvalue()


def _shifted(content: bytes, offset: int) -> bytes:
    """The zip as it has to be to stand behind ``offset`` other bytes."""
    moved = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        position = begin = archive.start_dir
        for entry in archive.infolist():
            struct.pack_into("<I", moved, position + 42, entry.header_offset + offset)
            position += 46 + sum(struct.unpack_from("<HHH", content, position + 28))
    struct.pack_into("<I", moved, len(moved) - 6, begin + offset)
    return bytes(moved)


def _two_in_one(content: bytes) -> bytes:
    """Another workbook in the comment of this one: which of the two directories counts?"""
    other = _shifted(_disguised(content), len(content))
    return content[:-2] + struct.pack("<H", len(other)) + other


def _other_name(content: bytes) -> bytes:
    """Two sheets whose names are exchanged in an extra field, which some programs believe."""
    parts = zs.unpack(content)
    aside = "xl/worksheets/sheet9.xml"
    named = {PART: aside, aside: PART}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in {**parts, aside: zs.unpack(_disguised(content))[PART]}.items():
            entry = zipfile.ZipInfo(name)
            if name in named:
                field = b"\x01" + struct.pack("<I", zlib.crc32(name.encode()))
                field += named[name].encode()
                entry.extra = struct.pack("<HH", 0x7075, len(field)) + field
            archive.writestr(entry, part, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _directory(content: bytes, part: str, at: int, shape: str, value: int) -> bytes:
    """The zip with one number exchanged in a part's line of the directory."""
    changed = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        position = archive.start_dir
        for entry in archive.infolist():
            if entry.filename == part:
                struct.pack_into(shape, changed, position + at, value)
            position += 46 + sum(struct.unpack_from("<HHH", content, position + 28))
    return bytes(changed)


def _overlapping(content: bytes) -> bytes:
    """Two names for one part: a bomb of many names weighs next to nothing."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    return _directory(content, PART, 42, "<I", first)


def _fewer(content: bytes) -> bytes:
    """The end of the directory speaks of three parts."""
    return content[:-14] + struct.pack("<HH", 3, 3) + content[-10:]


def _packed_by(method: int) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", method) as archive:
            for name, part in zs.unpack(content).items():
                archive.writestr(name, part)
        return target.getvalue()

    return change


def _named(rename: Callable[[str], str]) -> Put:
    return excel(lambda d: zs.pack({rename(n): part for n, part in zs.unpack(d).items()}))


def _in_all_parts(edit: Callable[[bytes], bytes], *parts: str) -> Put:
    """Every part written in another, equally good way."""

    def change(content: bytes) -> bytes:
        found = zs.unpack(content)
        return zs.pack({**found, **{n: edit(found[n]) for n in parts or PARTS}})

    return excel(change)


def _behind_head(edit: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def change(part: bytes) -> bytes:
        head, _, body = part.partition(b"?>")
        return head + b"?>" + edit(body)

    return change


def _prefixed(body: bytes) -> bytes:
    return re.sub(rb"<(/?)(\w)", rb"<\1x:\2", body).replace(b"xmlns=", b"xmlns:x=")


def _target(target: str) -> Put:
    return swapped('Target="worksheets/sheet2.xml"', target, zs.WORKBOOK_RELS)


SHEET_RELATION = f'Type="{zs.RELATIONS}/worksheet" Target="worksheets/sheet1.xml"'

TRICKS = (
    Kind("zip64", "大きさを64ビットで書いたZIP", excel(_zip64)),
    Kind("zip-comment", "ZIPに注釈がある", excel(_commented)),
    refused("two-in-one", "ZIPの注釈に別のブックが隠れている", excel(_two_in_one), "F103"),
    refused(
        "directory-twice",
        "ZIPの注釈に目次がもう一つある",
        excel(lambda d: _commented(d, d[-22:])),
        "F103",
    ),
    refused("other-name", "部品に別の名前も付いている", excel(_other_name), "F103"),
    refused("overlapping", "二つの名前が同じ部品を指す", excel(_overlapping), "F103"),
    refused("directory-fewer", "ZIPの目次の件数が少ない", excel(_fewer), "F103"),
    refused(
        "part-encrypted",
        "部品の一つだけが暗号化されている",
        excel(lambda d: _directory(d, PART, 8, "<H", 1)),
        "F101",
    ),
    refused("bzip2", "圧縮の方法が異なる（bzip2）", excel(_packed_by(zipfile.ZIP_BZIP2)), "F103"),
    refused(
        "dot-in-name",
        "部品の名前が ./ で始まる",
        _named(lambda n: f"./{n}" if n == PART else n),
        "F103",
    ),
    Kind("upper-case-parts", "部品の名前がすべて大文字", _named(str.upper)),
    refused("in-a-folder", "ZIPの中で一段下のフォルダーにある", _named(lambda n: f"x/{n}"), "F102"),
    Kind(
        "embedded-workbook",
        "別のブックを圧縮せずに埋め込んだ",
        excel(lambda d: zs.add(d, "xl/embeddings/book.xlsx", data("別"))),
        F204,
    ),
)

SPELLINGS = (
    Kind("bom", "すべての部品にBOMがある", _in_all_parts(lambda p: b"\xef\xbb\xbf" + p)),
    Kind(
        "single-quotes",
        "属性を ' で囲んだ",
        _in_all_parts(lambda p: re.sub(rb"""="([^"'<>]*)\"""", rb"='\1'", p)),
    ),
    Kind(
        "spaced-attributes",
        "属性の前後に空白がある",
        _in_all_parts(_behind_head(lambda b: re.sub(rb'([\w:]+)="([^"]*)"', rb'\n\1 = "\2"', b))),
    ),
    Kind(
        "prefixed-parts",
        "ブック・文字列・書式の要素名に接頭辞がある",
        _in_all_parts(_behind_head(_prefixed), zs.WORKBOOK, zs.STRINGS, "xl/styles.xml"),
    ),
    Kind(
        "name-reference",
        "シート名が文字参照（&#x696D;）",
        swapped('name="事業"', 'name="事&#x696D;"', zs.WORKBOOK),
    ),
    Kind(
        "target-root", "シートの参照先が / で始まる", _target('Target="/xl/worksheets/sheet2.xml"')
    ),
    refused(
        "target-up",
        "シートの参照先が ../ で始まる",
        _target('Target="../xl/worksheets/sheet2.xml"'),
        "F103",
    ),
    refused(
        "target-outside",
        "シートの参照先がブックの外",
        _target('TargetMode="External" Target="worksheets/sheet2.xml"'),
        "F103",
    ),
    refused(
        "relation-twice",
        "同じ番号の参照先が二つある",
        swapped(
            "</Relationships>",
            f'<Relationship Id="rId2" {SHEET_RELATION}/></Relationships>',
            zs.WORKBOOK_RELS,
        ),
        "F103",
    ),
    refused(
        "no-sheets",
        "シートが一枚もない",
        excel(
            lambda d: zs.add(
                d,
                zs.WORKBOOK,
                re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", zs.unpack(d)[zs.WORKBOOK]),
            )
        ),
        "F201",
    ),
    refused(
        "name-impossible",
        "Excelで付けられないシート名",
        swapped('name="事業"', 'name="[a]事業"', zs.WORKBOOK),
        "F103",
    ),
    refused(
        "state-unknown",
        "シートの表示の状態が不明",
        swapped('name="事業"', 'name="事業" state="none"', zs.WORKBOOK),
        "F103",
    ),
)

KINDS = (*TRICKS, *SPELLINGS)
