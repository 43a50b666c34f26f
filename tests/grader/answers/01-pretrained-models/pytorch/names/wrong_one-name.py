import torch


def predict_names(model, inputs, class_names):
    model.eval()
    with torch.no_grad():
        probabilities = model(inputs).softmax(dim=1)
    return class_names[probabilities[0].argmax()], probabilities
