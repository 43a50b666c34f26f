def follow(model, picture, names):
    shapes = []
    hooks = [
        block.register_forward_hook(lambda _, __, made: shapes.append(made.shape[1:]))
        for block in model.features
    ]
    model.eval()
    with torch.no_grad():
        chance, place = model(picture[None]).softmax(dim=1).max(dim=1)
    for hook in hooks:
        hook.remove()
    return shapes, names[place.item()], chance.item()
