"""The second road: torch's own batch normalization, and its autograd."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from torch import Tensor

    from solvers.backward.feature import Feature


def gradients(features: Sequence[Feature], epsilon: Fraction) -> dict[str, list[list[float]]]:
    """Return dx (samples x features), dgamma and dbeta (1 x features) in float64."""
    import torch
    from torch.nn.functional import batch_norm

    x, dy = (_tensor([getattr(f, name) for f in features]).T for name in ("x", "dy"))
    gamma, beta = (_tensor([float(getattr(f, name)) for f in features]) for name in ("gamma", "beta"))
    leaves = [leaf.requires_grad_() for leaf in (x.contiguous(), gamma, beta)]
    # torch wants a positive epsilon; this one is lost when it is added to any variance
    eps = max(float(epsilon), torch.finfo(torch.float64).tiny)
    y = batch_norm(leaves[0], None, None, leaves[1], leaves[2], training=True, eps=eps)
    dx, dgamma, dbeta = torch.autograd.grad(y, leaves, grad_outputs=dy)
    rows = {"dx": dx, "dgamma": dgamma.unsqueeze(0), "dbeta": dbeta.unsqueeze(0)}
    return {name: cast("list[list[float]]", value.tolist()) for name, value in rows.items()}


def _tensor(rows: list[Any]) -> Tensor:
    import torch

    return torch.tensor(rows, dtype=torch.float64)
