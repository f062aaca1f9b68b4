"""Time against the number of workbooks, both logarithmic."""

from __future__ import annotations

from pathlib import Path

from benchmarks.contenders import CONTENDERS
from benchmarks.scale import Found

# Told apart in black and white too.
_LOOKS = {
    "floor": ("#7f7f7f", ":", "v"),
    "naive": ("#d55e00", "--", "s"),
    "frictionless": ("#cc79a7", "--", "D"),
    "pandera": ("#e69f00", "-.", "^"),
    "merge": ("#0072b2", "-", "o"),
}


def draw(found: Found, path: Path) -> None:
    """Write the PNG; labels are English, so that no Japanese font is needed."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.6), dpi=120)
    for name in CONTENDERS:
        sizes = [size for size in found if name in found[size]]
        colour, line, marker = _LOOKS[name]
        seconds = [found[size][name].median for size in sizes]
        axes.loglog(sizes, seconds, color=colour, linestyle=line, marker=marker, label=name)
    axes.set_xlabel("workbooks (12 rows each)")
    axes.set_ylabel("seconds (median)")
    axes.grid(True, which="major", color="#dddddd")
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Software": None})
    pyplot.close(figure)
