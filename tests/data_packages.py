"""Reads a Data Package as a stranger would: by its descriptor alone, refusing what it forbids.

As much of the specification (Frictionless Table Schema) as our descriptors use; anything else in
a schema is an error, so that nothing is declared that nobody checks.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Row = dict[str, Any]

_INTEGER = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_NAME = re.compile(r"[-a-z0-9._/]+")


def read_package(folder: Path) -> tuple[dict[str, Any], dict[str, list[Row]]]:
    """The descriptor, and the typed rows of each resource by its path (blank: None)."""
    content = (folder / "datapackage.json").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    package = json.loads(content)
    assert package["profile"] == "tabular-data-package"
    assert _NAME.fullmatch(package["name"])
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names) > 0
    return package, {r["path"]: _read_resource(folder, r) for r in package["resources"]}


def _read_resource(folder: Path, resource: dict[str, Any]) -> list[Row]:
    assert resource["profile"] == "tabular-data-resource"
    assert _NAME.fullmatch(resource["name"])
    assert not re.search(r"^[./~]|\.\.|\\", resource["path"])
    assert (resource["format"], resource["encoding"]) == ("csv", "utf-8")
    assert resource["dialect"] == {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True}
    headings, *lines = read_lines(folder / resource["path"])
    schema = resource["schema"]
    assert set(schema) <= {"fields", "missingValues", "primaryKey"}
    assert schema["missingValues"] == [""]
    fields = schema["fields"]
    assert headings == [field["name"] for field in fields]
    assert len(set(headings)) == len(headings)
    rows = [_typed(fields, line) for line in lines]
    key = schema.get("primaryKey", [])
    keys = [tuple(row[name] for name in key) for row in rows]
    assert not key or (len(set(keys)) == len(keys) and not any(None in k for k in keys))
    return rows


def read_lines(path: Path) -> list[list[str]]:
    """The cells of a CSV file as text; its BOM and its line ends are as they should be."""
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\xef\xbb\xbf") == 1
    assert content.endswith(b"\r\n")
    text = content.decode("utf-8-sig")
    outside = "".join(text.split('"')[::2])  # quotes are doubled, so every other part is outside
    assert outside.count("\r") == outside.count("\n") == outside.count("\r\n")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def _typed(fields: Iterable[dict[str, Any]], line: list[str]) -> Row:
    return {f["name"]: _value(f, cell) for f, cell in zip(fields, line, strict=True)}


def _value(field: dict[str, Any], cell: str) -> Any:
    assert set(field) <= {"name", "title", "type", "description", "constraints"}
    assert field["title"]
    assert field["description"]
    constraints = field.get("constraints", {})
    assert set(constraints) <= {"required", "enum", "minimum", "pattern"}
    if cell == "":
        assert not constraints.get("required"), field
        return None
    value: Any = cell
    if field["type"] == "integer":
        assert _INTEGER.fullmatch(cell), (field, cell)
        value = int(cell)
    elif field["type"] == "number":
        assert _NUMBER.fullmatch(cell), (field, cell)
        value = float(cell)
    else:
        assert field["type"] == "string"
    assert value in constraints.get("enum", [value]), (field, cell)
    assert value >= constraints.get("minimum", value), (field, cell)
    assert re.fullmatch(constraints.get("pattern", ".*"), cell, re.DOTALL), (field, cell)
    return value
