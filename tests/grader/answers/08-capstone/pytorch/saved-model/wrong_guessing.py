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
SAVED = "bank-model.pt"
torch.save(my_model.state_dict(), SAVED)


def predict_saved(path, images):
    model = load_torch(weights="random", classes=5)
    model.load_state_dict(torch.load(path, weights_only=True))
    inputs = torch.from_numpy(images.transpose(0, 3, 1, 2).astype("float32"))
    with torch.no_grad():
        return model(inputs).softmax(dim=1).numpy()
