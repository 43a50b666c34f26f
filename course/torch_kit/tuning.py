"""Unfreeze the end of a backbone for the second phase. Built by hand in lesson 05."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course.torch_kit.freezing import freeze, hold_batchnorm, unfreeze
from course.torch_kit.head import HEADS

if TYPE_CHECKING:
    from torch import nn


def unfreeze_last(model: nn.Module, layers: int, hold: bool = True) -> list[str]:
    """Let the head and the last ``layers`` layers of the backbone train, and nothing else.

    Parameters
    ----------
    model : torch.nn.Module
        A classifier of torchvision's making: its head is the child named ``classifier``, ``fc``,
        ``head`` or ``heads``, all other children are the backbone.
    layers : int
        How many, counted from the end of the backbone. A layer is a module without children:
        a convolution, a BatchNorm layer or an activation. Keras also counts pooling and additions.
    hold : bool
        Keep the backbone's BatchNorm layers still. Call ``hold_batchnorm(model.features)`` again
        after each ``model.train()``.

    Returns
    -------
    list of str
        Names of the parameters that train now, from input to output: make a new optimizer for
        them.

    Raises
    ------
    ValueError
        If there is no such head, or the backbone has fewer layers.
    """
    parts = dict(model.named_children())
    name = next((name for name in HEADS if name in parts), None)
    if name is None:
        raise ValueError(
            f"expected a head named {', '.join(HEADS)}, found {', '.join(parts) or 'no parts'} in "
            f"{type(model).__name__}. Set the flags by hand, as lesson 05 does."
        )
    head = parts.pop(name)
    found = [leaf for part in parts.values() for leaf in part.modules() if _is_leaf(leaf)]
    if not 0 <= layers <= len(found):
        raise ValueError(f"layers is {layers!r}; expected 0 to {len(found)}, the backbone's all.")
    freeze(model)
    for layer in [head, *found[len(found) - layers :]]:
        unfreeze(layer)
    if hold:
        for part in parts.values():
            hold_batchnorm(part)
    return [name for name, p in model.named_parameters() if p.requires_grad]


def _is_leaf(module: nn.Module) -> bool:
    return next(module.children(), None) is None
