"""What a step costs in each engine, and what dimension costs at law level. Never asserts a time.

`pytest tests/benchmarks --benchmark-only`; without the option each runs once. `ratios.py` compares
them fairly.
"""

import pytest
import torch
from ratios import BATCH, DIMENSIONS, ENGINES, law_trial, one_task

from model.sampling import Seeds
from model.transfer import run_trial

#: Fewer than `ratios.py` takes: a benchmark repeats them many times, and a test run takes them
#: once.
STEPS = {("autograd", BATCH): 1, ("closed form", BATCH): 2, ("coefficient space", BATCH): 20}


@pytest.fixture(scope="module", params=[1, BATCH], ids=lambda seeds: f"{seeds} seeds")
def task(request):
    return one_task(request.param)


@pytest.mark.parametrize("name", ENGINES)
def test_steps(benchmark, task, name):
    """m = 20, d = 4000, n = 100; divide by `steps` and `networks` of the extra information."""
    data, start, eta = task
    networks = len(start)
    steps = STEPS.get((name, networks), ENGINES[name].steps)
    benchmark.group = f"steps, {networks} networks"
    benchmark.extra_info.update(steps=steps, networks=networks, threads=torch.get_num_threads())
    benchmark(ENGINES[name].descend, data, start, eta, steps)


@pytest.mark.parametrize("d", DIMENSIONS, ids=lambda d: f"d={d:.0e}")
def test_dimension_at_law_level(benchmark, d):
    """A whole trial."""
    benchmark.group = "law level"
    trial = benchmark(run_trial, law_trial(d), Seeds(0, 1))
    assert torch.isfinite(trial.transfer.weights).all()
