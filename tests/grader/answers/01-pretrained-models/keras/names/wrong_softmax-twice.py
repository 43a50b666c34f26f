import keras


def predict_names(model, inputs, class_names):
    probabilities = keras.ops.softmax(model.predict(inputs, verbose=0))
    names = [class_names[int(at)] for at in keras.ops.argmax(probabilities, axis=1)]
    return names, probabilities
