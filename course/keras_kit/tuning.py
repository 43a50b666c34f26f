"""Unfreeze the end of a backbone for the second phase. Built by hand in lesson 05."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course.keras_kit.freezing import batchnorm_layers, freeze, unfreeze

if TYPE_CHECKING:
    import keras


def unfreeze_last(model: keras.Model, layers: int, hold: bool = True) -> list[str]:
    """Let the head and the last ``layers`` layers of the backbone train, and nothing else.

    Parameters
    ----------
    model : keras.Model
        The backbone is the first layer that holds layers of its own; where there is none, all
        layers but the last are the backbone.
    layers : int
        How many, counted from the end as ``backbone.layers`` lists them. Activations, additions
        and the pooling count too, as everywhere in Keras.
    hold : bool
        Keep the backbone's BatchNorm layers still: their ``trainable`` is False, so they run in
        inference mode.

    Returns
    -------
    list of str
        Paths of the weights that train now, from input to output: compile with a new optimizer.

    Raises
    ------
    ValueError
        If the backbone has fewer layers.
    """
    found = _backbone_layers(model)
    if not 0 <= layers <= len(found):
        raise ValueError(f"layers is {layers!r}; expected 0 to {len(found)}, the backbone's all.")
    unfreeze(model)
    for layer in found[: len(found) - layers]:
        freeze(layer)
    if hold:
        for layer in found:
            for norm in batchnorm_layers(layer).values():
                freeze(norm)
    return [weight.path for weight in model.trainable_weights]


def _backbone_layers(model: keras.Model) -> list[keras.Layer]:
    for layer in model.layers:
        if getattr(layer, "layers", None):
            return list(layer.layers)
    return list(model.layers[:-1])
