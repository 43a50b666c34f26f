def prepare(model, similar, many):
    def flag(layer, inside):
        held = similar and isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = not inside or not (held or (similar and not many))
        for child in getattr(layer, "layers", []):
            flag(child, inside or layer.name == "backbone")

    flag(model, False)
