def front_features(backbone, name, images):
    names = [layer.name for layer in backbone.layers]
    block = f"block{int(name[5:]) - 1}"
    front = keras.Model(backbone.input, backbone.layers[names.index(block)].output)
    return front.predict(images, verbose=0)
