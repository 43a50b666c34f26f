from keras import Model, layers


def new_head(network, count):
    head = layers.Dense(units=count, activation="linear")
    made = Model(inputs=network.inputs, outputs=head(network.layers[-1].input))
    for layer in made.layers:
        layer.trainable = layer is head
    return made
