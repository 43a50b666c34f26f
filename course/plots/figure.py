"""What all figures share: a style that survives grey print, and alternative text."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

# Okabe and Ito's palette, which stays apart for the color-blind; every color also has its own
# line style, marker and hatch, so that a figure can be read in grey.
# https://jfly.uni-koeln.de/color/
BLACK, GREY = "#000000", "#8c8c8c"
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#F0E442")
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)), (0, (1, 1)), (0, (8, 3)), (0, (3, 1)))
MARKERS = ("o", "s", "^", "D", "v", "X", "P", "*")
HATCHES = ("", "///", "...", "xxx", "\\\\\\", "ooo", "+++", "---")

SCREEN_DPI = 100  # CSS pixels per inch: 10 pt text is then 14 pixels high, as the notebook's own
SHARPNESS = 1.6  # pixels per CSS pixel: crisp on a dense screen without a heavy notebook

STYLE: Any = {
    "font.size": 10.5,
    "axes.titlesize": 11,
    "axes.labelsize": 10.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#d9d9d9",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "lines.linewidth": 2.0,
    "lines.markersize": 6,
    "hatch.linewidth": 0.6,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


@dataclass(frozen=True)
class Plot:
    """A figure that a notebook shows together with its alternative text.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        The drawing. Its axes may still be changed before it is shown.
    alt : str
        What the figure shows, in words, for those who cannot see it.
    """

    figure: Figure
    alt: str

    def png(self) -> bytes:
        """Return the figure as the bytes of a PNG file."""
        buffer = io.BytesIO()
        with mpl.rc_context(STYLE):
            self.figure.savefig(buffer, format="png", dpi=SCREEN_DPI * SHARPNESS)
        return buffer.getvalue()

    def save(self, path: str | Path) -> Path:
        """Write the figure to ``path`` (the suffix says the format) and return the path."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with mpl.rc_context(STYLE):
            self.figure.savefig(target, dpi=SCREEN_DPI * SHARPNESS, metadata={"Software": None})
        return target

    def show(self) -> None:
        """Show the figure now: for a cell that draws more than one."""
        from IPython.display import display

        display(self)

    # JupyterLab drops the alternative text of an image/png output, and nbconvert reads it from a
    # place no kernel writes to; an <img> of our own keeps it in both.
    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": f"[figure] {self.alt}"}

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png()).decode("ascii")
        width = round(self.figure.get_figwidth() * SCREEN_DPI)
        return (
            f'<img alt="{html.escape(self.alt)}" width="{width}" style="max-width: 100%" '
            f'src="data:image/png;base64,{data}">'
        )


@contextmanager
def drawing(
    width_in: float = 7.6, height_in: float = 3.4, *, pad_in: float = 0.08
) -> Iterator[Figure]:
    """Give a new figure in the style of the course, kept out of pyplot's global list.

    Parameters
    ----------
    width_in, height_in : float
        Size in inches; a notebook's text column is about 8 inches wide.
    pad_in : float
        Space around each axes.
    """
    with mpl.rc_context(STYLE):
        layout = ConstrainedLayoutEngine(w_pad=pad_in, h_pad=pad_in)
        yield Figure(figsize=(width_in, height_in), layout=layout)


def headline(figure: Figure, text: str) -> None:
    """Write a title over the whole figure, flush left."""
    if text:
        figure.suptitle(text, x=0.01, ha="left", fontsize=11, fontweight="bold")


def series(at: int) -> dict[str, Any]:
    """Return color, line style and marker of the series number ``at``."""
    at %= len(COLORS)
    return {"color": COLORS[at], "linestyle": LINES[at], "marker": MARKERS[at]}


def ink_on(rgba: tuple[float, ...]) -> str:
    """Return black or white, whichever can be read on the color ``rgba`` (each 0–1)."""
    red, green, blue = rgba[:3]
    return BLACK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "white"


def thousands(number: float) -> str:
    """Write a count as people read it.

    Examples
    --------
    >>> thousands(1280), thousands(410_208), thousands(2_260_000)
    ('1,280', '410 k', '2.3 M')
    """
    if abs(number) >= 1e6:
        return f"{number / 1e6:.1f} M"
    return f"{number / 1e3:.0f} k" if abs(number) >= 1e5 else f"{number:,.0f}"
