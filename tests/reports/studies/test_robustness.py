"""What was tried to break the product: the record, summed and shown."""

import json

from reports.studies import robustness
from reports.studies.robustness import Batch, rows, section

BATCH = Batch("damaged files", "sweep", 0, 0, 1000, 10, 990, 0, 1.5)


def written(file, *lines, header=robustness.HEADER):
    file.write_text("".join(json.dumps(line) + "\n" for line in (header, *lines)))
    return file


def test_rows():
    other = Batch("stopped runs", "sweep", 0, 0, 40, 1, 39, 0, 9.0)
    found = rows([BATCH, other, Batch("damaged files", "sweep", 0, 1, 500, 1, 498, 1, 1.0)])
    assert [(one.kind, one.tried, one.answered, one.refused, one.wrong) for one in found] == [
        ("damaged files", 1500, 11, 1488, 1),
        ("stopped runs", 40, 1, 39, 0),
    ]
    shown = robustness.RobustnessSection(found)
    assert shown.totals == {"damaged files": 1500, "stopped runs": 40}
    assert shown.wrong == 1


def test_what_was_mended_counts_once():
    wrong = Batch("damaged files", "sweep", 0, 0, 407, 3, 403, 1, 1.5)
    (only,) = rows([wrong, BATCH])
    assert (only.tried, only.wrong) == (1000, 0)
    assert rows([BATCH, wrong])[0].wrong == 1


def test_what_is_no_record(tmp_path):
    """It is told, and not shown."""
    assert section(tmp_path / "none").trouble == "none: No such file or directory"
    assert "begin" in section(written(tmp_path / "a", header={"format": "x"})).trouble
    told = section(written(tmp_path / "b", {"kind": "damaged files", "tried": "many"}))
    assert told.rows == ()
    assert told.trouble.startswith("b: ")


def test_the_record_of_the_project():
    shown = section()
    assert shown.trouble == ""
    assert shown.totals["damaged files"] > 0
    assert shown.wrong == 0
