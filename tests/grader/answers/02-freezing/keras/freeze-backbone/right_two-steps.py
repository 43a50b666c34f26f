def freeze_backbone(model):
    for layer in model.layers[1:]:
        layer.trainable = True
    backbone = model.get_layer("backbone")
    backbone.trainable = False
    return model
