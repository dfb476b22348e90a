"""What the paper says of real images: orderings of downstream accuracy [S].

Each is decided by differences that are paired over seeds, on the records of networks trained
beforehand.
"""

from __future__ import annotations

from typing import Any

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.deciding.paired_seeds import Contrasts, PairedSeeds
from claims.observing.accuracies import Accuracies, gains, mismatches, noises, rises, sources

#: Shared evenly by the statements of this file: the probability that a true one is falsified; and
#: as much that a false one is verified.
LEVEL = 0.05


def accuracies(records: Accuracies) -> Accuracies:
    """What is observed are the accuracies of every network trained."""
    return records


_COMMON: dict[str, Any] = {
    "source": "Real images",
    "kind": Kind.ORDERING,
    "domain": None,
    "observe": accuracies,
    "rule": PairedSeeds(LEVEL, statements=5),
    "family": "images",
}

SAMPLES = Claim(
    id="images.source-samples",
    title="More source images, better transfer",
    statement="Accuracy after inheriting all filters rises with the source's sample size N_1.",
    latex=r"\frac{\partial\,\mathrm{acc}}{\partial \log_2 N_1} > 0",
    provenance=(Provenance.S,),
    margin=Contrasts({"slope": rises(sources, +1)}),
    unit="points of accuracy per doubling of N_1",
    **_COMMON,
    mutants=(
        Mutant(
            "reversed",
            "accuracy falls with N_1",
            {"margin": Contrasts({"slope": rises(sources, -1)})},
        ),
        Mutant(
            "steep",
            "every doubling of N_1 is worth five points",
            {"margin": Contrasts({"slope": rises(sources, +1, 5.0)})},
        ),
    ),
)

NOISE = Claim(
    id="images.source-noise",
    title="More source noise, worse transfer",
    statement="Accuracy after inheriting all filters falls with the noise σ of source images.",
    latex=r"\frac{\partial\,\mathrm{acc}}{\partial \sigma} < 0",
    provenance=(Provenance.S,),
    margin=Contrasts({"slope": rises(noises, -1)}),
    unit="points of accuracy per unit of σ, lost",
    **_COMMON,
    mutants=(
        Mutant(
            "reversed", "accuracy rises with σ", {"margin": Contrasts({"slope": rises(noises, +1)})}
        ),
        Mutant(
            "steep",
            "every unit of σ costs fifteen points",
            {"margin": Contrasts({"slope": rises(noises, -1, 15.0)})},
        ),
    ),
)

NEGATIVE = Claim(
    id="images.negative-transfer",
    title="Negative transfer occurs",
    statement=(
        "A source that is noisy enough, or small enough, leaves the target worse than random"
        " initialisation when all its filters are inherited."
    ),
    latex=r"\mathrm{acc}_{\alpha=1} < \mathrm{acc}_{\mathrm{scratch}}",
    provenance=(Provenance.S,),
    margin=Contrasts(
        {
            "noisiest source": gains(noises, max, -1),
            "smallest source": gains(sources, min, -1),
        }
    ),
    unit="points of accuracy lost to scratch",
    **_COMMON,
    mutants=(
        Mutant(
            "any-source",
            "the largest clean source leaves the target worse, too",
            {"margin": Contrasts({"largest source": gains(sources, max, -1)})},
        ),
        Mutant(
            "ruinous",
            "the noisiest source costs twenty points",
            {"margin": Contrasts({"noisiest source": gains(noises, max, -1, 20.0)})},
        ),
    ),
)

POSITIVE = Claim(
    id="images.positive-transfer",
    title="Positive transfer occurs",
    statement=(
        "A source that is large and clean leaves the target better than random initialisation when"
        " all its filters are inherited."
    ),
    latex=r"\mathrm{acc}_{\alpha=1} > \mathrm{acc}_{\mathrm{scratch}}",
    provenance=(Provenance.S,),
    margin=Contrasts({"largest source": gains(sources, max, +1)}),
    unit="points of accuracy won over scratch",
    **_COMMON,
    mutants=(
        Mutant(
            "reversed",
            "it leaves the target worse",
            {"margin": Contrasts({"largest source": gains(sources, max, -1)})},
        ),
        Mutant(
            "wonderful",
            "it is worth thirty points",
            {"margin": Contrasts({"largest source": gains(sources, max, +1, 30.0)})},
        ),
    ),
)

MISMATCH = Claim(
    id="images.mismatch",
    title="The farther the source, the worse the transfer",
    statement=(
        "Accuracy after inheriting all filters falls with the share of the source's superclasses"
        " that are far from the target's."
    ),
    latex=r"\frac{\partial\,\mathrm{acc}}{\partial\,\mathrm{mismatch}} < 0",
    provenance=(Provenance.D,),
    margin=Contrasts({"slope": rises(mismatches, -1)}),
    unit="points of accuracy lost between no mismatch and all",
    kind=Kind.CONJECTURE,
    **{name: value for name, value in _COMMON.items() if name != "kind"},
    mutants=(
        Mutant(
            "reversed",
            "accuracy rises with mismatch",
            {"margin": Contrasts({"slope": rises(mismatches, +1)})},
        ),
        Mutant(
            "ruinous",
            "mismatch costs thirty points",
            {"margin": Contrasts({"slope": rises(mismatches, -1, 30.0)})},
        ),
    ),
)

CLAIMS = (SAMPLES, NOISE, NEGATIVE, POSITIVE, MISMATCH)
