"""All kinds in one table."""

from __future__ import annotations

from tests.dirty import cells, formats, hostile_xml, layouts, lists, makers, places, sizes, units
from tests.dirty.kinds import Kind

KINDS: tuple[Kind, ...] = (*layouts.KINDS, *cells.KINDS, *lists.KINDS, *units.KINDS, *makers.KINDS, *formats.KINDS, *hostile_xml.KINDS, *sizes.KINDS, *places.KINDS)
