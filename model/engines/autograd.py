"""The oracle: the two-layer ReLU CNN of `model.engines.network` in R^d, trained by autograd.

Every fast path is checked against this file. `closed_form_step` is the same gradient step written
out, as the paper's proofs use it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch

from model.run import Run, check_numbers, finite_run, signs
from model.sampling import Sample

if TYPE_CHECKING:
    from torch import Tensor, nn


def patches(sample: Sample, seed: int, swap: Tensor | None = None) -> Tensor:
    """Examples of one seed, (N, 2, dim): signal patch first, or second where `swap` (N,) is
    true.
    """
    signal = sample.labels[seed].unsqueeze(1) * sample.signal
    pair = torch.stack([signal, sample.noise[seed]], dim=1)
    return pair if swap is None else torch.where(swap[:, None, None], pair.flip(1), pair)


def logistic_loss(output: Tensor, labels: Tensor) -> Tensor:
    """(1/N) sum_i log(1 + exp(-y_i f_i)). (Not `softplus`, which is linear, and its slope 1, beyond
    20.)
    """
    return -torch.nn.functional.logsigmoid(labels * output).mean()


class Trainer:
    """Full-batch gradient descent by autograd, one network at a time. Planted errors override a
    method.
    """

    def network(self, weights: Tensor) -> nn.Module:
        """The network that starts at `weights`, (2m, dim)."""
        from model.engines.network import TwoLayerCNN

        return TwoLayerCNN(weights)

    def loss(self, output: Tensor, labels: Tensor) -> Tensor:
        """The training loss of outputs (N,) and labels (N,)."""
        return logistic_loss(output, labels)

    def descend_one(
        self, examples: Tensor, labels: Tensor, weights: Tensor, eta: float, steps: int
    ) -> tuple[Tensor, Tensor]:
        """Train one network; losses (steps + 1,) and final filters (2m, dim)."""
        network = self.network(weights)
        losses = []
        for _ in range(steps):
            network.zero_grad()
            loss = self.loss(network(examples), labels)
            loss.backward()  # type: ignore[no-untyped-call]
            losses.append(loss.detach())
            with torch.no_grad():
                for parameter in network.parameters():
                    if parameter.grad is not None:
                        parameter.sub_(eta * parameter.grad)
        with torch.no_grad():
            losses.append(self.loss(network(examples), labels))
        return torch.stack(losses), network.get_parameter("filters").detach()

    def descend(self, sample: Sample, start: Tensor, eta: float, steps: int) -> Run:
        """Train a batch, seed by seed. Same meaning as `model.engines.gram.descend`, without
        records.

        Raises:
            DivergenceError: when a loss or a weight is no longer a finite number.
        """
        check_numbers(sample, start.shape[1])
        trained = [
            self.descend_one(patches(sample, s), sample.labels[s], start[s], eta, steps)
            for s in range(start.shape[0])
        ]
        loss = torch.stack([losses for losses, _ in trained])
        weights = torch.stack([weights for _, weights in trained])
        return finite_run(sample, eta, loss, weights)


def _logistic_pull(margin: Tensor) -> Tensor:
    """Minus the derivative of the logistic loss in the margin y f."""
    return torch.sigmoid(-margin)


def closed_form_step(
    sample: Sample,
    weights: Tensor,
    eta: float,
    pull: Callable[[Tensor], Tensor] = _logistic_pull,
) -> Tensor:
    """One gradient step written out, in R^d, batched over seeds: (seeds, 2m, dim) -> (seeds, 2m,
    dim). `pull` is minus the loss's derivative in the margin y f: -l'.

    w_jr -= (eta/(N m)) sum_i l'_i j y_i [ 1{<w, y_i s> > 0} y_i s + 1{<w, xi_i> > 0} xi_i ],  l'_i
    = -1/(1 + exp(y_i f_i)).
    """
    n, m = sample.labels.shape[1], weights.shape[1] // 2
    j = signs(m)
    z = torch.bmm(weights, sample.noise.transpose(1, 2))  # (seeds, 2m, N)
    a = (weights @ sample.signal).unsqueeze(2) * sample.labels.unsqueeze(1)  # <w_r, y_i s>
    output = torch.einsum("r,srn->sn", j / m, z.clamp_min(0) + a.clamp_min(0))
    pulls = pull(sample.labels * output) * (eta / (n * m))  # -(eta/(N m)) l'_i
    on_noise = (z > 0) * (pulls * sample.labels).unsqueeze(1)
    on_signal = ((a > 0) * pulls.unsqueeze(1)).sum(2, keepdim=True)
    return weights + j[:, None] * (torch.bmm(on_noise, sample.noise) + on_signal * sample.signal)
