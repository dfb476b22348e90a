"""What would take hours is refused before it begins, in a line that names a field and the size."""

from dataclasses import replace

import pytest
from command_examples import REGIME

from model.regime import RegimeError
from model.sampling import Seeds
from reports.studies.work import check_advice, check_prediction, check_training

HOURS = {
    "steps": ({"steps1": 10**12}, "steps1"),
    "downstream steps": ({"steps2": 10**18}, "steps2"),
    "samples": ({"n2": 10**7, "steps2": 100}, "n2"),
    "filters": ({"m": 10**13}, "m"),
    "all at their ends": (
        dict.fromkeys(("steps1", "steps2", "n1", "n2", "m"), 10**18),
        "steps1",
    ),
}


@pytest.mark.parametrize(("changes", "field"), HOURS.values(), ids=HOURS)
def test_hours(changes, field):
    with pytest.raises(RegimeError, match=f"^{field} = .* multiplications, at most 1e"):
        check_training(replace(REGIME, **changes), Seeds(0, 64))


def test_seeds_count():
    regime = replace(REGIME, n1=1000, n2=1000, m=20, steps1=2000, steps2=2000)
    check_training(regime, Seeds(0, 16))
    with pytest.raises(RegimeError):
        check_training(regime, Seeds(0, 4096))


def test_dimensions_count_where_they_are_trained_in():
    regime = replace(REGIME, d=10**12)
    check_training(regime, Seeds(0, 2))
    with pytest.raises(RegimeError):
        check_training(regime, Seeds(0, 2), in_space=True)


def test_predictions_and_advice():
    check_advice(REGIME)
    with pytest.raises(RegimeError, match=r"^steps1 = .* at most"):
        check_prediction(replace(REGIME, steps1=10**9))
    with pytest.raises(RegimeError, match=r"^m = .* at most"):
        check_advice(replace(REGIME, m=10**5))


@pytest.mark.parametrize("command", ["simulate", "advise"])
def test_commands_refuse_at_once(run, spec, command):
    code, out, err = run(command, spec(m=10**9, n1=10**6, steps1=10**9, d=10**15))
    assert (code, out, err.count("\n")) == (2, "", 1)


@pytest.fixture
def spec(tmp_path):
    """A specification in a file, with changes."""
    import json

    def write(**changes):
        path = tmp_path / "spec.json"
        path.write_text(json.dumps(REGIME.to_dict() | changes))
        return path

    return write
