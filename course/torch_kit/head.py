"""Replace the head, and compute features once. Built by hand in lesson 03."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from course.torch_kit.training import all_outputs

if TYPE_CHECKING:
    import torch
    from torch import nn

# The names that torchvision's classifiers give to the module that holds their last layer.
HEADS = ("classifier", "fc", "head", "heads")


def replace_head(model: nn.Module, classes: int) -> nn.Module:
    """Freeze ``model`` and give it a new last layer, the only part that trains; return the model.

    Parameters
    ----------
    model : torch.nn.Module
        A classifier of torchvision's making: its last layer is a ``Linear`` under ``classifier``,
        ``fc``, ``head`` or ``heads``, alone or at the end of a ``Sequential``.
    classes : int
        Outputs of the new layer, logits.

    Raises
    ------
    ValueError
        If there is no such layer, or ``classes`` is below 1.
    """
    from torch import nn

    if classes < 1:
        raise ValueError(f"expected at least 1 class, received {classes}.")
    owner, name, old = _last_layer(model)
    model.requires_grad_(False)
    new = nn.Linear(old.in_features, classes, device=old.weight.device)
    if isinstance(owner, nn.Sequential):
        owner[-1] = new
    else:
        setattr(owner, name, new)
    return model


def _last_layer(model: nn.Module) -> tuple[nn.Module, str, nn.Linear]:
    """Return the last layer, the module that holds it, and its name there."""
    from torch import nn

    for name in HEADS:
        owner, found = model, getattr(model, name, None)
        if isinstance(found, nn.Sequential) and len(found):
            owner, found = found, found[-1]
        if isinstance(found, nn.Linear):
            return owner, name, found
    raise ValueError(
        f"expected a Linear as last layer under {', '.join(HEADS)}, found none in "
        f"{type(model).__name__}. Replace its head by hand, as lesson 03 does."
    )


def cached_features(
    backbone: nn.Module, images: np.ndarray, *, batch_size: int = 100
) -> np.ndarray:
    """Return what a frozen backbone makes of images, row i for image i.

    Parameters
    ----------
    backbone : torch.nn.Module
        Ends in features: ``(N, D)``, or maps ``(N, D, H, W)``, which are averaged over the
        picture. Each layer is left in the mode it was in.
    images : ndarray, shape (N, 3, H, W) float32
        As `course.backbone.preprocess` makes them.
    batch_size : int
        How many go through at once.

    Returns
    -------
    ndarray, shape (N, D) float32

    Raises
    ------
    ValueError
        If a batch does not fit the memory, with the batch size that does.
    """
    return all_outputs(backbone, np.asarray(images), batch_size, "cached_features", _pooled).numpy()


def _pooled(made: torch.Tensor) -> torch.Tensor:
    return made.mean(dim=(2, 3)) if made.ndim == 4 else made
