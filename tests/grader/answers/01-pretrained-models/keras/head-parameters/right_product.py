def head_parameters(features, classes):
    return (features + 1) * classes
