def follow(model, stages, picture, names):
    backbone = model.get_layer("backbone")
    shapes = [backbone.get_layer(stage).output.shape[1:] for stage in stages]
    logits = model.predict(picture[None], verbose=0)[0]
    chances = logits
    best = int(chances.argmax())
    return shapes, names[best], float(chances[best])
