"""The second road: build the layer and count what it holds. It shares no code with ``exact``."""

from __future__ import annotations


def parameters(inputs: int, outputs: int) -> int:
    """Return the number of learned elements of ``torch.nn.Linear(inputs, outputs)``."""
    import torch  # late: torch takes seconds to import

    layer = torch.nn.Linear(inputs, outputs, device="meta")
    return sum(tensor.numel() for tensor in layer.parameters())
