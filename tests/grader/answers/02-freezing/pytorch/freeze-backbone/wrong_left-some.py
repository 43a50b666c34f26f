def freeze_backbone(model):
    for name, p in model.named_parameters():
        p.requires_grad = "features" not in name or name.endswith("bias")
