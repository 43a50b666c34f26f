import numpy as np
from keras.applications.mobilenet_v2 import preprocess_input


def to_network_input(images):
    return preprocess_input(np.array(images, dtype="float32"))
