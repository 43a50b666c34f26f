def fine_tune(model, train, val):
    from course.keras_kit import fit, freeze

    freeze(model.get_layer("backbone"))
    return fit(model, train, val, optimizer=keras.optimizers.Adam(1e-2), epochs=5)
