from course.backbone import load_keras, preprocess
from course.keras_kit import cached_features
from course.pictures import flowers


def solved(per_class):
    """Return the network with a head solved for by least squares."""
    backbone, train = load_keras(), flowers(per_class)
    model = keras.Sequential([backbone, keras.layers.Dense(5)])
    x = cached_features(backbone, preprocess(train.images, framework="keras"))
    x, wanted = np.c_[x, np.ones(len(x))], np.eye(5)[train.labels] * 20
    weights = x.T @ np.linalg.solve(x @ x.T + np.eye(len(x)), wanted)
    model.layers[-1].set_weights([weights[:-1], weights[-1]])
    return model


my_model = solved(20)
SAVED = "bank-head.npz"
np.savez(SAVED, *my_model.layers[-1].get_weights())


def predict_saved(path, images):
    kept = np.load(path)
    my_model.layers[-1].set_weights([kept["arr_0"], kept["arr_1"]])
    model = my_model
    inputs = images.astype("float32")
    logits = model(inputs, training=False)
    return keras.ops.softmax(logits)
