import numpy as np


def predict_names(model, inputs, class_names):
    rows = [np.asarray(model(row[None]))[0] for row in inputs]
    return tuple(max(zip(row, class_names, strict=True))[1] for row in rows), np.stack(rows)
