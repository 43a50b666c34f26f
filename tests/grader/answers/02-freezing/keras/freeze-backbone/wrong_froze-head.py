def freeze_backbone(model):
    backbone = model.get_layer("backbone")
    backbone.trainable = True
    for layer in model.layers:
        if layer is not backbone:
            layer.trainable = False
