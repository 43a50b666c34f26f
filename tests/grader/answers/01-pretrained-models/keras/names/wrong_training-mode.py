import numpy as np


def predict_names(model, inputs, class_names):
    probabilities = np.asarray(model(inputs, training=True))
    return [class_names[at] for at in probabilities.argmax(axis=1)], probabilities
