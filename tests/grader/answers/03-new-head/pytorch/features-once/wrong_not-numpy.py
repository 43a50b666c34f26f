def features_once(backbone, images, batch_size):
    was_training = backbone.training
    backbone.eval()
    with torch.no_grad():
        parts = [backbone(part) for part in images.split(batch_size)]
    backbone.train(was_training)
    return torch.cat(parts)
