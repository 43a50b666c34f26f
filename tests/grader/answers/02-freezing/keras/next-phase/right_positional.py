from keras.losses import SparseCategoricalCrossentropy
from keras.optimizers import Adam


def start_phase(network, rate):
    adam = Adam()
    adam.learning_rate = rate
    network.compile(adam, SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
