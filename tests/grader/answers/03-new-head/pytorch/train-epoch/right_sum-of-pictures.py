def train_epoch_of(net, opt, x, y, size):
    net.train(True)
    order = np.random.default_rng().permutation(len(x))
    total = torch.zeros(())
    for start in range(0, len(x), size):
        rows = torch.from_numpy(order[start : start + size])
        loss = F.cross_entropy(net(x[rows]), y[rows], reduction="sum")
        opt.zero_grad()
        (loss / len(rows)).backward()
        opt.step()
        total += loss.detach()
    return total / len(x)
