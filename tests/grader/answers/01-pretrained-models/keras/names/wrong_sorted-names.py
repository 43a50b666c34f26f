def predict_names(model, inputs, class_names):
    probabilities = model.predict(inputs, verbose=0)
    names = sorted(class_names)
    return [names[at] for at in probabilities.argmax(axis=1)], probabilities
