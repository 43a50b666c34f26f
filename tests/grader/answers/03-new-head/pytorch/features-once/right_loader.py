from torch.utils.data import DataLoader


def features_once(backbone, images, batch_size):
    modes = {layer: layer.training for layer in backbone.modules()}
    backbone.eval()
    made = []
    for part in DataLoader(images, batch_size=batch_size):
        with torch.no_grad():
            made.append(backbone(part).cpu().numpy())
    for layer, mode in modes.items():
        layer.training = mode
    return np.concatenate(made)
