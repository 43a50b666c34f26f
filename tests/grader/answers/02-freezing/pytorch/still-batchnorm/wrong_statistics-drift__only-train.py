def keep_batchnorm_still(model):
    model.train()
