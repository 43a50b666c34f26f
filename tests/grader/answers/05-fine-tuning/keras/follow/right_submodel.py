def follow(model, stages, picture, names):
    backbone = model.get_layer("backbone")
    outputs = [backbone.get_layer(stage).output for stage in stages]
    made = keras.Model(backbone.input, outputs)(picture[None], training=False)
    chances = keras.ops.softmax(model(picture[None], training=False))[0]
    chances = keras.ops.convert_to_numpy(chances)
    return [each.shape for each in made], names[chances.argmax()], chances.max()
