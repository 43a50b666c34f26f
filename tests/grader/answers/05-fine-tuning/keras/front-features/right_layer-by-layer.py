def front_features(backbone, name, images):
    flow = keras.ops.convert_to_tensor(images)
    for layer in backbone.layers[1:]:
        if isinstance(layer, keras.layers.BatchNormalization):
            flow = layer(flow, training=False)
        else:
            flow = layer(flow)
        if layer.name == name:
            break
    return flow
