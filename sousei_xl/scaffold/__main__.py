"""``python -m sousei_xl.scaffold``: the shipped template and example submissions, made anew."""

from __future__ import annotations

from pathlib import Path

from sousei_xl.scaffold import EXAMPLES, write_example


def main() -> None:
    """Write the first example into the present folder and say what was written."""
    for path in write_example(Path(), next(iter(EXAMPLES))):
        print(path.as_posix())


if __name__ == "__main__":
    main()
