@torch.inference_mode()
def features_once(backbone, images, batch_size):
    mode, rows = backbone.training, []
    backbone.train(False)
    for start in range(0, len(images), batch_size):
        rows.extend(backbone(images[start : start + batch_size]).numpy())
    backbone.train(mode)
    return np.stack(rows)
