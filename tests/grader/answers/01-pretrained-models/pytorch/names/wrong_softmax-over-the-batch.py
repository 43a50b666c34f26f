import torch


def predict_names(model, inputs, class_names):
    model.eval()
    with torch.no_grad():
        logits = model(inputs)
    return [class_names[at] for at in logits.argmax(dim=1)], logits.softmax(dim=0)
