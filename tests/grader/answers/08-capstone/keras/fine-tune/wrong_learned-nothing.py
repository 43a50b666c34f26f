def fine_tune(model, train, val):
    from course.keras_kit import fit, freeze, unfreeze, unfreeze_last

    unfreeze(model)
    freeze(model.get_layer("backbone"))
    fit(model, train, val, optimizer=keras.optimizers.SGD(1e-6), epochs=1)
    unfreeze_last(model, 9)
    fit(model, train, val, optimizer=keras.optimizers.SGD(1e-7), epochs=1)
