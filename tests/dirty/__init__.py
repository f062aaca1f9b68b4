"""The catalogue of dirty and hostile workbooks: one table, built by code, no binaries."""
