"""What the tests of sweeps share: a base, a plan, and how their files are written."""

from reports.studies.sweep.spec import from_groups, parse

BASE = {
    "n1": 10,
    "n2": 12,
    "d": 200,
    "m": 4,
    "inherited": 2,
    "tau_2": 1.0,
    "X": 1.0,
    "Y": 2.0,
    "duration": 2.0,
}
REGIME = from_groups(BASE)
MEASURED = ["difference", "scratch_error", "noise_ratio", "q_2", "tau_D", "Y"]


def groups(**changes):
    """A sweep's content over groups."""
    return {"groups": BASE, "axes": {"tau_2": [0.5, 1.0]}} | changes


PLAN = parse(
    groups(
        axes={"tau_2": [0.5, 1.0, 2.0], "inherited": [0, 1, 4]}, seeds=3, seed=5, metrics=MEASURED
    )
)


def table(name, values):
    return f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
