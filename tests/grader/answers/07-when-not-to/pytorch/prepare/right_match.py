def prepare(model, similar, many):
    model.classifier.requires_grad_(True)
    match similar, many:
        case True, False:
            model.features.requires_grad_(False)
        case True, True:
            for layer in model.features.modules():
                norm = isinstance(layer, nn.modules.batchnorm._BatchNorm)
                for p in layer.parameters(recurse=False):
                    p.requires_grad_(not norm)
        case _:
            model.features.requires_grad_(True)
