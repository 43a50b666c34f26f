@torch.inference_mode()
def front_features(model, blocks, images):
    was_training = model.training
    model.eval()
    flow = images
    for block in list(model.features)[:blocks]:
        flow = block(flow)
    model.train(was_training)
    return flow
