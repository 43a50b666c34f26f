def freeze_backbone(network):
    for name, weight in network.named_parameters():
        weight.requires_grad_(name.startswith("classifier"))
