def features_once(backbone, images, batch_size):
    return backbone.predict(images, verbose=0)
