def find_fault(model, classes):
    if not model.trainable_weights:
        return "frozen"
    if model.output_shape[-1] != classes:
        return "outputs"
    return "none"
