def follow(model, stages, picture, names):
    backbone = model.get_layer("backbone")
    shapes = [backbone.get_layer(stage).output.shape[1:] for stage in stages]
    logits = model.predict(picture[None], verbose=0)
    chances = np.exp(logits) / np.exp(logits).sum(axis=0)
    best = int(logits[0].argmax())
    return shapes, names[best], float(chances[0, best])
