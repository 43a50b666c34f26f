def features_once(backbone, images, batch_size):
    backbone.eval()
    return torch.cat([backbone(part) for part in images.split(batch_size)]).numpy()
