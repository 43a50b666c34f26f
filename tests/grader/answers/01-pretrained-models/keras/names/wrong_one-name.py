def predict_names(model, inputs, class_names):
    probabilities = model.predict(inputs, verbose=0)
    return class_names[probabilities[0].argmax()], probabilities
