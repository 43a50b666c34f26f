from course.keras_kit import fit, freeze, unfreeze, unfreeze_last


def fine_tune(model, train, val):
    unfreeze(model)
    freeze(model.get_layer("backbone"))
    first = fit(model, train, val, optimizer=keras.optimizers.Adam(1e-2), epochs=5)
    unfreeze_last(model, 9)
    second = fit(model, train, val, optimizer=keras.optimizers.Adam(1e-3), epochs=3)
    return {name: first[name] + second[name] for name in first}
