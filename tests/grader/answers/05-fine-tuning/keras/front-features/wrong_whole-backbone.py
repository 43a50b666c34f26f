def front_features(backbone, name, images):
    return backbone.predict(images, verbose=0)
