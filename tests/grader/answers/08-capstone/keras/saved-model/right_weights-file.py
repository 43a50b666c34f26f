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
SAVED = "bank.weights.h5"
my_model.save_weights(SAVED)


def predict_saved(path, images):
    model = keras.Sequential([load_keras(weights="random"), keras.layers.Dense(5)])
    model.load_weights(path)
    inputs = preprocess(images, framework="keras")
    logits = model(inputs, training=False)
    return keras.ops.convert_to_numpy(keras.ops.softmax(logits))
