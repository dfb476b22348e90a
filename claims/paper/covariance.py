"""Whether the noise's covariance, as printed, is one [D].

I - u u^T/||u||^2 - v v^T/||v||^2 leaves what is orthogonal to u and v as it is. In their plane,
with u along the first axis and v = ||v|| (c, s), it is

    [[-c^2, -c s], [-c s, c^2]],

of trace 0 and determinant -c^2: its eigenvalues are c and -c. A covariance has none below 0, so c =
cos(u, v) has to be 0. Then it is the projection that this suite takes it to be.
"""

from __future__ import annotations

import sympy as sp

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.versions import replanted
from claims.deciding.formula import Formula
from claims.observing.identities import Identity, none_left


def eigenvalues(power: int = 1, subtracted: int = 2) -> Identity:
    """What is left of: the polynomial whose roots are the eigenvalues in the plane is l^2 -
    c^(2 power); and in every direction orthogonal to it, here one, the eigenvalue is 1.
    """
    c, root = sp.symbols("c lambda", real=True)
    u, v = sp.Matrix([1, 0, 0]), sp.Matrix([c, sp.sqrt(1 - c**2), 0])
    covariance = sp.eye(3) - sp.Rational(subtracted, 2) * (u * u.T) - v * v.T
    expected = (root**2 - c ** (2 * power)) * (root - 1)
    left = sp.expand((root * sp.eye(3) - covariance).det() - expected)
    return Identity(tuple(sp.Poly(left, root).all_coeffs()))


CLAIMS = (
    Claim(
        id="covariance.eigenvalues",
        title="The printed covariance of the noise is one just where u ⊥ v_k",
        source="Open questions",
        statement=(
            "I − uuᵀ/‖u‖² − v_kv_kᵀ/‖v_k‖², as printed, has the eigenvalues cos(u, v_k) and"
            " −cos(u, v_k) in the plane of u and v_k, and 1 beside it."
        ),
        latex=(
            r"\lambda\Big(I-\frac{uu^\top}{\|u\|^2}-\frac{v_kv_k^\top}{\|v_k\|^2}\Big)"
            r"=\pm\cos\angle(u,v_k),\,1,\dots"
        ),
        provenance=(Provenance.D,),
        kind=Kind.EXACT,
        domain=None,
        observe=eigenvalues,
        margin=none_left,
        rule=Formula(),
        unit="minus the number of identities that fail",
        mutants=(
            replanted("squared", "cos² for cos", eigenvalues, power=2),
            Mutant(
                "half",
                "half of uuᵀ/‖u‖² is subtracted",
                {"observe": lambda: eigenvalues(subtracted=1)},
            ),
        ),
    ),
)
