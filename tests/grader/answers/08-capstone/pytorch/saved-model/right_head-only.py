from course.backbone import load_torch, preprocess
from course.pictures import flowers
from course.torch_kit import cached_features


def solved(per_class):
    """Return the network with a head solved for by least squares."""
    model, train = load_torch(classes=5), flowers(per_class)
    x = cached_features(model.features, preprocess(train.images, framework="torch"))
    x, wanted = np.c_[x, np.ones(len(x))], np.eye(5)[train.labels] * 20
    weights = x.T @ np.linalg.solve(x @ x.T + np.eye(len(x)), wanted)
    head = model.classifier[1]
    head.weight.data = torch.tensor(weights[:-1].T, dtype=torch.float32)
    head.bias.data = torch.tensor(weights[-1], dtype=torch.float32)
    return model.eval()


my_model = solved(20)
SAVED = "bank-head.npz"
head = my_model.classifier[1]
np.savez(SAVED, weight=head.weight.detach(), bias=head.bias.detach())


def predict_saved(path, images):
    model, kept = load_torch(classes=5), np.load(path)
    model.classifier[1].weight.data = torch.from_numpy(kept["weight"])
    model.classifier[1].bias.data = torch.from_numpy(kept["bias"])
    inputs = torch.from_numpy(preprocess(images, framework="torch"))
    with torch.no_grad():
        return model(inputs).softmax(dim=1).numpy()
