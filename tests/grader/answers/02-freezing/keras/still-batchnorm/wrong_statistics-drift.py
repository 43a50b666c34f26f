def keep_batchnorm_still(model):
    for layer in model.layers:
        layer.trainable = True
    model.get_layer("backbone").trainable = True  # training=False at the call will hold it
