def freeze_backbone(model):
    model.features.requires_grad_(False)
    model.classifier.requires_grad_(True)
    for block in model.features:
        old = block.norm
        new = nn.BatchNorm2d(old.num_features, track_running_stats=False)
        new.load_state_dict({"weight": old.weight, "bias": old.bias})
        block.norm = new.requires_grad_(False)
