"""What the project's documents say to type."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
DOCUMENTS = (
    "README.md",
    "claims/README.md",
    "claims/CONTRIBUTING.md",
    "model/README.md",
    "strategies/README.md",
    "reports/README.md",
)
_PROGRAMS = ("transfer-claims", "pytest", "python", "python3", "pip", ".", "mkdir", "cp")


def text(name):
    """A document."""
    return (ROOT / name).read_text(encoding="utf-8")


def _fences(page):
    """Blocks with their languages, as lines."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [(language, body.splitlines()) for language, body in found]


def block(name, language):
    """The one block of a language in a document."""
    (lines,) = (lines for one, lines in _fences(text(name)) if one == language)
    return "\n".join(lines) + "\n"


def commands(page):
    """Command lines of a document's blocks, without comments: each one that is typed by itself."""
    shells = [
        lines
        for language, lines in _fences(page)
        if not language and lines[0].split()[0] in _PROGRAMS
    ]
    typed = [re.sub(r"\s+#.*", "", line) for lines in shells for line in lines]
    return [one.strip() for line in typed for one in line.split(" && ")]


def table(name, header):
    """The rows of a table, as its cells, by the first cell of its head."""
    lines = text(name).splitlines()
    (start,) = (at for at, line in enumerate(lines) if line.startswith(f"| {header} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def artefact():
    """Command -> what it should print, of the table of the artefact."""
    return {row[1].strip("`"): row[2] for row in table("reports/README.md", "claim")}


def inline(page):
    """Commands in running text, placeholders among them."""
    prose = re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`(transfer-claims [^`]+)`", prose)
