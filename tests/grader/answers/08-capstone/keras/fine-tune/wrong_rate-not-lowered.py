def fine_tune(model, train, val):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    backbone = model.get_layer("backbone")
    model.trainable = True
    backbone.trainable = False
    model.compile(keras.optimizers.SGD(0.02), loss, metrics=["accuracy"])
    one = model.fit(*train, epochs=4, batch_size=8, validation_data=val, verbose=0).history
    backbone.trainable = True
    for layer in backbone.layers[:-12]:
        layer.trainable = False
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    model.compile(keras.optimizers.SGD(0.02), loss, metrics=["accuracy"])
    two = model.fit(*train, epochs=2, batch_size=8, validation_data=val, verbose=0).history
    return {name: one[name] + two[name] for name in one}
