def features_once(backbone, images, batch_size):
    return backbone.predict(images, batch_size=batch_size, verbose=0)
