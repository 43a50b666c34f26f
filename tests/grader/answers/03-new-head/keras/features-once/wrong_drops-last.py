def features_once(backbone, images, batch_size):
    whole = len(images) // batch_size * batch_size
    return backbone.predict(images[:whole], batch_size=batch_size, verbose=0)
