import keras


def predict_names(model, inputs, class_names):
    chances = model(inputs, training=False)
    best = keras.ops.convert_to_numpy(keras.ops.argmax(chances, axis=-1))
    return [class_names[at] for at in best], chances
