def fine_tune(model, train, val):
    images, labels = train
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    backbone, head = model.get_layer("backbone"), model.get_layer("head")

    def train_with(layers, rate, epochs):
        model.trainable = True
        for layer in backbone.layers:
            norm = isinstance(layer, keras.layers.BatchNormalization)
            layer.trainable = layer in layers and not norm
        head.trainable = True
        model.compile(keras.optimizers.RMSprop(learning_rate=rate), loss=loss)
        return [float(model.train_on_batch(images, labels)) for _ in range(epochs)]

    return {"loss": train_with([], 1e-2, 20) + train_with(backbone.layers[-8:], 1e-3, 5)}
