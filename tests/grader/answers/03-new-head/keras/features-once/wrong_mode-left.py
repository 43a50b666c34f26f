def features_once(backbone, images, batch_size):
    backbone.trainable = False
    return backbone.predict(images, batch_size=batch_size, verbose=0)
