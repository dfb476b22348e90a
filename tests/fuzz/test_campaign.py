"""The campaign counts what readers make of damaged files, and keeps what breaks one."""

import subprocess
import sys
from pathlib import Path

import campaign
import pytest


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(campaign, "SIZE", 20)


def test_a_batch(tmp_path):
    one = campaign.batch(tmp_path, "sweep", 0, 3)
    assert (one.name, one.number, one.tried, one.wrong) == ("sweep", 3, 20, 0)
    assert one.answered + one.refused == 20
    again = campaign.batch(tmp_path, "sweep", 0, 3)
    assert (again.answered, again.refused) == (one.answered, one.refused)


def test_what_breaks_a_reader_is_kept(tmp_path, monkeypatch, capsys):
    def read(path):
        if path.read_bytes() != b"good":
            raise RecursionError("too deep")

    monkeypatch.setitem(campaign.READERS, "toy", (lambda folder: b"good", read))
    one = campaign.batch(tmp_path, "toy", 0, 0)
    assert one.wrong == 1
    assert one.tried < 20
    assert (tmp_path / "file").read_bytes() != b"good"
    assert f"kept in {tmp_path / 'file'}: RecursionError('too deep')" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("script", "options"),
    [("campaign.py", ("--inputs", "--record")), ("chaos.py", ("--faults", "--record"))],
)
def test_what_the_documents_say_to_type(script, options):
    command = [sys.executable, Path(__file__).with_name(script), "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert all(option in said for option in options)
