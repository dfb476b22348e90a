"""An experiment's figure as files, which say what they were computed with."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict, dataclass
from pathlib import Path

from matplotlib.figure import Figure

from claims.core import constants as constant_table
from model.files import write_atomically
from reports.drawing.figures import write_svg
from reports.ledger import ledger


@dataclass(frozen=True)
class Origin:
    """What a picture was computed with."""

    versions: dict[str, str]
    constants: dict[str, float]

    @classmethod
    def here(cls) -> Origin:
        """Of what is computed now; what takes no part in an experiment is left out."""
        return cls(
            {
                name: number
                for name, number in ledger.versions().items()
                if name not in ("hypothesis", "sympy")
            },
            dict(constant_table.load()),
        )


_DPI = 150


def save(figure: Figure, title: str, caption: str, svg: Path, png: Path) -> None:
    """The figure with title and caption, twice: same figure, same files. The SVG's metadata tell
    its origin. Raises OSError.
    """
    # Where words are shapes, a page knows by these names (gid) what it sets as text.
    figure.suptitle(title, fontsize=11, gid="title")
    what, command = caption.split(" Made by: ")
    lines = [*textwrap.wrap(what, round(figure.get_figwidth() * 15)), f"Made by: {command}"]
    figure.supxlabel("\n".join(lines), fontsize=8, x=0.01, ha="left", color="0.25", gid="caption")
    engine = figure.get_layout_engine()
    if engine is not None:  # places are worked out once, for both files
        engine.execute(figure)
        figure.set_layout_engine("none")
    write_svg(
        figure,
        svg,
        title,
        Title=title,
        Description=caption,
        Source=json.dumps(asdict(Origin.here())),
    )
    write_atomically(
        png,
        lambda file: figure.savefig(
            file,
            format="png",
            dpi=_DPI,
            metadata={"Software": None, "Title": title, "Description": caption},
        ),
    )
