"""The experiments of the paper's digest, and two that readers asked for: what each bears on.

The catalogue finds the tuple `EXPERIMENTS`; what is trained and drawn is in
`reports.studies.experiments`.
"""

from __future__ import annotations

from claims.core.experiment import Bearing

_TAU_D = (
    "theorem-4.2.convergence",
    "theorem-4.2.error-upper.tau-D",
    "theorem-4.2.error-lower.tau-D",
)
_SCRATCH = ("theorem-4.3.error-upper", "theorem-4.3.error-lower")

EXPERIMENTS = (
    Bearing(
        "head-start",
        "More source data: accuracy on the target along training",
        "Downstream accuracy over epochs for N₁ in {100, 200, 500, 1000}, against training from"
        " scratch.",
        ("theorem-4.3.error-lower", *_TAU_D, "m2.inherited", "m2.equal-steps.close"),
    ),
    Bearing(
        "negative-transfer",
        "What two tasks share: from negative to positive transfer",
        "Errors of transfer and scratch over ‖u‖ at fixed ‖u + v₂‖; the region of Proposition"
        " 4.4(2) is shaded.",
        ("proposition-4.4.2", "proposition-4.4.2.mechanism", *_TAU_D, *_SCRATCH),
        {"hurts": "proposition-4.4.2"},
    ),
    Bearing(
        "plane",
        "Accuracy after transfer over ‖u‖ and d, and the predicted boundary",
        "Accuracy over (‖u‖, d), its truncation at 0.9, and the same plane by what Theorem 4.2"
        " claims there and what became of it.",
        (
            *_TAU_D,
            "theorem-4.2.error-upper-balanced.tau-A",
            "theorem-4.2.error-lower-balanced.tau-A",
            "proposition-4.4.1.balanced",
            *_SCRATCH,
        ),
        {
            "speaks": "theorem-4.2.convergence",
            "succeeds": "theorem-4.2.error-upper.tau-D",
            "fails": "theorem-4.2.error-lower.tau-D",
            "helps": "proposition-4.4.1.balanced",
            "succeeds as stated": "theorem-4.2.error-upper-balanced.tau-A",
        },
    ),
    Bearing(
        "share",
        "The share to inherit",
        "Error after transfer over (α, ‖u‖²/‖s₂‖²), with α* = ‖u‖²/‖s₂‖², the share that"
        " maximises τ_D.",
        _TAU_D,
    ),
    Bearing(
        "source",
        "More source data: helping, or hurting",
        "Error after transfer over N₁ where the tasks are aligned, misaligned, and between the"
        " two.",
        ("m3.samples.aligned", "m3-prime.samples", "proposition-4.4.2", *_TAU_D),
        {"more helps": "m3.samples.aligned", "more hurts": "m3-prime.samples"},
    ),
)
