def count_trainable(model):
    trained = [torch.tensor(p.numel()) for p in model.parameters() if p.requires_grad]
    return torch.stack(trained).sum() if trained else 0
