def follow(model, stages, picture, names):
    logits = model.predict(picture[None], verbose=0)[0]
    chances = np.exp(logits - logits.max())
    chances /= chances.sum()
    best = int(chances.argmax())
    return names[best], float(chances[best])
