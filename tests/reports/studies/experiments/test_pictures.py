"""Pictures show what the theory says."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex

from claims.core import constants as constant_table
from claims.core import quantities
from claims.core.catalogue import find
from claims.predicting import law
from reports.drawing.experiments import boundaries, common, head_start, negative, plane, share


def test_shaded_region_is_where_the_proposition_speaks(data):
    figure = negative.draw(data["negative-transfer"])
    (shade,) = figure.axes[0].collections[:1]
    edge = shade.get_paths()[0].vertices[:, 0].max()
    domain, known = find("proposition-4.4.2").domain, constant_table.load()
    base = data["negative-transfer"].sweep.points[0].regime
    assert domain.violations(common.with_share(base, edge - 1e-6), known) == []
    assert domain.violations(common.with_share(base, edge + 0.005), known)
    for point in data["negative-transfer"].sweep.points:
        assert point.regime.task(2).signal_norm == pytest.approx(
            base.task(2).signal_norm, rel=1e-12
        )


def test_alpha_star_line_is_where_quantities_say(data):
    star = quantities.catalogue()["alpha_star"]
    figure = share.draw(data["share"])
    lines = [
        line
        for axes in figure.axes[:2]
        for line in axes.lines
        if "alpha^*" in str(line.get_label())
    ]
    assert len(lines) == 2
    for line in lines:
        along, rho = line.get_data()
        assert along == pytest.approx(rho, rel=1e-9)  # ||u||^2/||s_2||^2
        for point in data["share"].sweep.points:
            assert np.interp(point.axes["rho"], rho, along) == pytest.approx(
                star(point.regime), rel=1e-3
            )


def test_boundary_is_where_the_law_errs_a_tenth(data):
    found = data["plane"]
    lines = boundaries.boundaries(found)
    tau_d, known = quantities.catalogue()["tau_D"], constant_table.load()

    def regime(u, d):
        base = found.sweep.points[0].regime
        return replace(
            base,
            u=u,
            d=round(d),
            eta1=base.eta1 * base.d / d,
            eta2=base.eta2 * base.d / d,
            sigma0=base.sigma0 * base.d / d,
        )

    for u, d in list(zip(*lines["sharp law: error 0.1"][:2], strict=True))[::4]:
        assert law.predict(regime(u, d)).transfer == pytest.approx(0.1, abs=2e-3)
    for symbol in ("C_1", "C_3"):
        us, ds = lines[f"$\\tau_D={symbol}$"][:2]
        assert [tau_d(regime(u, d)) for u, d in zip(us, ds, strict=True)] == pytest.approx(
            [known[f"theorem-4.2.tau-D.{symbol}"]] * len(us), rel=1e-2
        )


def test_plane_by_verdict(data):
    """Each cell's fate, from the claims themselves."""
    found, known = data["plane"], constant_table.load()
    fates = plane.fates(found)
    upper, lower, all_of_it = (
        find(f"theorem-4.2.{name}").domain
        for name in ("error-upper.tau-D", "error-lower.tau-D", "convergence")
    )
    d, u = (np.unique(found.columns[axis]).tolist() for axis in found.grid)
    for point in found.sweep.points:
        fate = fates[d.index(point.axes["d"]), u.index(point.axes["u"])]
        inside = [
            not domain.violations(point.regime, known) for domain in (upper, lower, all_of_it)
        ]
        assert fate in (
            (2, 4, 5) if inside[0] else (3, 4, 5) if inside[1] else (1,) if inside[2] else (0,)
        )
    planted = {key: evidence | {"outcome": "falls"} for key, evidence in found.verdicts.items()}
    assert set(plane.fates(replace(found, verdicts=planted)).ravel().tolist()) <= {0, 1, 5}


def test_readable_without_colour():
    """Shades of curves darken from one to the next, and no two have the same marker."""
    shades = [to_hex(shade) for shade in head_start.shades(5)]
    grey = [
        np.dot([0.299, 0.587, 0.114], [int(shade[k : k + 2], 16) for k in (1, 3, 5)])
        for shade in shades
    ]
    assert grey == sorted(grey, reverse=True)
    assert min(a - b for a, b in itertools.pairwise(grey)) > 15
    assert len(set(head_start._MARKERS)) == 5
