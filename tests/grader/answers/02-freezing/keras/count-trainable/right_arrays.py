def count_trainable(model):
    total = 0
    for weight in model.trainable_weights:
        total = total + keras.ops.convert_to_numpy(weight).size
    return total
