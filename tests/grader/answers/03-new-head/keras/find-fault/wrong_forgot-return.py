def find_fault(model, classes):
    softmax = model.layers[-1].activation is keras.activations.softmax
    if not model.trainable_weights:
        print("frozen")
    elif model.output_shape[-1] != classes:
        print("outputs")
    else:
        print("loss" if softmax == model.loss.from_logits else "none")
