"""Tables at every width: nothing cut, status and margin first where there is little room."""

import io
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from claims.core.catalogue import catalogue, find
from reports.commands import console as commands_console
from reports.commands.showing.claims import claim_table
from reports.commands.showing.verdicts import verdict_table
from reports.ledger.ledger import Ledger
from reports.tables import print_whole


def printed(table, width):
    page = io.StringIO()
    print_whole(Console(file=page, width=width), table)
    return page.getvalue()


@pytest.fixture(scope="module")
def long(book):
    """Verdicts with numbers and names as long as they come."""
    longest = sorted(catalogue(), key=len)[-3:]
    one = book.verdicts["e5.scratch"]
    numbers = {"regimes": 12_345, "networks": 98_765_432, "worst_margin": -1.23e-07}
    counts = {"failures": 481, "tried": 500, "delta": 0.05}
    return Ledger({}).updated(
        replace(one, claim=name, unit=find(name).unit, **numbers, **counts) for name in longest
    )


@pytest.mark.parametrize("width", [40, 60, 80, 100, 129, 130, 200, 1000])
def test_nothing_of_a_verdict_is_cut(long, width):
    out = printed(verdict_table(long, width), width)
    assert "…" not in out
    joined = re.sub(r"\s+", "", out)
    for name, verdict in long.verdicts.items():
        for part in (name, verdict.unit, "12345", "98,765,432", "-1.23e-07", "481of500"):
            assert re.sub(r"\s+", "", part) in joined


@pytest.mark.parametrize("width", [60, 80])
def test_status_and_margin_come_first(long, width):
    out = printed(verdict_table(long, width), width)
    assert max(map(cell_len, out.splitlines())) <= width
    row = next(line for line in out.splitlines() if "-1.23e-07" in line)
    assert row.split()[:2] == ["verified", "-1.23e-07"]


@pytest.mark.parametrize("width", [60, 80, 130, 1000])
def test_claims(book, width):
    out = printed(claim_table(list(catalogue().values()), book, width), width)
    assert "…" not in out
    assert max(map(cell_len, out.splitlines())) <= width
    if width >= 80:
        assert [name for name in catalogue() if name not in out] == []
    words = set(out.split())
    for claim in catalogue().values():
        assert set(claim.title.split()) <= words


def test_a_table_is_whole_where_it_does_not_fit():
    table = Table("number", "another")
    table.add_row("123456789.123456789", "987654321.987654321")
    out = printed(table, 20)
    assert "123456789.123456789" in out
    assert "987654321.987654321" in out


@pytest.mark.parametrize("width", [40, 56, 57, 58, 60, 64, 70, 79, 200])
def test_numbers_in_narrow_columns(width):
    """As in a replay: headers wrap, numbers do not."""
    table = Table("step", "training loss", "signal j⟨w,s⟩", "noise Σ ρ̄", "least sample", "most")
    row = ("400", "0.0001751", "-6.223e-09", "173.7", "8.122", "9.198")
    table.add_row(*row)
    out = printed(table, width)
    assert "…" not in out
    assert [cell for cell in row if cell not in out] == []
    assert max(map(cell_len, out.splitlines())) <= max(width, 60)


def test_a_pipe_is_as_wide_as_what_goes_through():
    assert commands_console.console().width >= 500


@pytest.mark.parametrize("arguments", [["-h"], ["list", "-h"], ["audit", "-h"], ["cifar", "-h"]])
def test_short_help(run, arguments):
    code, out, err = run(*arguments)
    assert (code, "Usage" in out, err) == (0, True, "")


def test_version(run):
    from importlib.metadata import version

    assert run("--version") == (0, f"transfer-claims {version('transfer-claims')}\n", "")
