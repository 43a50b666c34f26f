import torch


def predict_names(model, inputs, class_names):
    model.eval()
    with torch.no_grad():
        probabilities = model(inputs).softmax(dim=1)
    names = sorted(class_names)
    return [names[at] for at in probabilities.argmax(dim=1)], probabilities
