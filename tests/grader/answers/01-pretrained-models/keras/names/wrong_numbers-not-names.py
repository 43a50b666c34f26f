def predict_names(model, inputs, class_names):
    probabilities = model.predict(inputs, verbose=0)
    return list(probabilities.argmax(axis=1)), probabilities
