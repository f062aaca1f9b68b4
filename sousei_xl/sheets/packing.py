"""XlsxWriter's workbook, packed in less time and the same on all systems."""

from __future__ import annotations

import re
import zipfile
from typing import Any, Literal

import xlsxwriter.workbook
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings

UNIX = 3  # the system that a zip says it was packed on
# Of zlib's nine: a fifth larger than with its usual one, in a third of the time.
_LEVEL = 2
_MARKUP = re.compile(r"[&<>\"_\x00-\x08\x0b-\x1f]").search  # "_" may begin an escape


class PackedWorkbook(xlsxwriter.workbook.Workbook):  # type: ignore[misc]
    """XlsxWriter's workbook with the same parts."""

    def _get_packager(self) -> Packager:
        return _Packager()

    def _store_workbook(self) -> None:
        # XlsxWriter has no option for how closely its zip is packed.
        usual = xlsxwriter.workbook.ZipFile
        xlsxwriter.workbook.ZipFile = _Zip
        try:
            super()._store_workbook()
        finally:
            xlsxwriter.workbook.ZipFile = usual


class _Packager(Packager):  # type: ignore[misc]
    def _write_shared_strings_file(self) -> None:
        table = self.workbook.str_table
        if table.count:
            strings = _SharedStrings()
            strings.string_table = table
            strings._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            strings._assemble_xml_file()


class _SharedStrings(SharedStrings):  # type: ignore[misc]
    def _write_sst_strings(self) -> None:
        """As XlsxWriter, which looks four times at each string for what hardly any has."""
        for string in self.string_table.string_array:
            if _MARKUP(string) or string[:1].isspace() or string[-1:].isspace():
                self._write_si(string)
            else:
                self.fh.write(f"<si><t>{string}</t></si>")


class _Zip(zipfile.ZipFile):
    def __init__(self, file: str, mode: Literal["w"], compression: int, allowZip64: bool) -> None:
        super().__init__(file, mode, compression, allowZip64, _LEVEL)

    def writestr(
        self,
        zinfo_or_arcname: str | zipfile.ZipInfo,
        data: Any,
        compress_type: int | None = None,
        compresslevel: int | None = _LEVEL,
    ) -> None:
        super().writestr(zinfo_or_arcname, data, compress_type, compresslevel)

    def open(self, name: Any, mode: Any = "r", *arguments: Any, **options: Any) -> Any:
        """As ``zipfile``; a part notes which system packed it: here always the same one."""
        if mode == "w":
            name.create_system = UNIX
        return super().open(name, mode, *arguments, **options)
