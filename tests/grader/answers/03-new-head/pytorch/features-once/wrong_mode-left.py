def features_once(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        parts = [backbone(part) for part in images.split(batch_size)]
    return torch.cat(parts).numpy()
