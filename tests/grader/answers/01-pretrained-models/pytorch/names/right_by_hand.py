def predict_names(model, inputs, class_names):
    was_training = model.training
    model.eval()
    powers = model(inputs).exp().detach()
    model.train(was_training)
    chances = powers / powers.sum(dim=1, keepdim=True)
    names = []
    for row in chances.tolist():
        names.append(class_names[row.index(max(row))])
    return names, chances
