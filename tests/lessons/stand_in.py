"""Write a file such as Keras keeps of MobileNetV2's ImageNet weights, with random numbers in it."""

from __future__ import annotations

import sys
from pathlib import Path


def write(file: Path) -> None:
    """Write the weights of a network without a head, in the layout of that file."""
    import h5py
    import keras
    from keras.src.legacy.saving import legacy_h5_format

    keras.utils.set_random_seed(0)
    model = keras.applications.MobileNetV2((224, 224, 3), weights=None, include_top=False)
    with h5py.File(file, "w") as held:
        legacy_h5_format.save_weights_to_hdf5_group(held, model)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
