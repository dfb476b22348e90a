"""One page for all tests of it, and one with experiments."""

import pytest
from pages import BOOK, Parsed

from reports.page import document


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="session")
def text(folder):
    return document.build(BOOK, folder).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def parsed(text):
    return Parsed(text)


@pytest.fixture(scope="session")
def experiments(tmp_path_factory, leave):
    """One whole, one whose picture is hostile, one whose outcome is damaged, and two that were not
    run.
    """
    folder = tmp_path_factory.mktemp("experiments")
    for name in ("plane", "share", "source"):
        leave(folder, name)
    svg = folder / "share-quick.svg"
    svg.write_text(
        svg.read_text(encoding="utf-8").replace("<defs>", "<script>alert(1)</script><defs>", 1),
        encoding="utf-8",
    )
    (folder / "source-quick.json").write_text("{")
    return folder


@pytest.fixture(scope="session")
def drawn(folder, experiments):
    return document.render(BOOK, folder, experiments)
