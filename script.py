"""A variational autoencoder on scikit-learn's digits, in plain Keras: python script.py"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"  # whatever another project chose
import keras  # 3.4 or later
import numpy as np
import tensorflow as tf  # 2.16 or later
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.config.set_floatx("float32")
SEED = 0
LATENT_DIM = 4
BETA = 1.0
EPOCHS, BATCH_SIZE, LEARNING_RATE = 200, 50, 0.004

# Data: scikit-learn's digits, as numbers from 0 to 1
digits = load_digits()
images = np.rint(digits.images * (255 / 16)).astype("uint8")
classes = digits.target
images, _ = train_test_split(images, test_size=360, stratify=classes, random_state=0)
images = images[..., None].astype("float32") / 255  # (N, height, width, 1)

train = np.random.default_rng([SEED, 1]).permutation(len(images))
validation, train = np.split(train, [round(0.1 * len(train))])
parts = np.split(validation, range(500, len(validation), 500))
held_out = [images[part] for part in parts]
steps = len(train) // BATCH_SIZE


# Networks: each layer has a seed of its own, for the same first weights every time
def dense(units, activation=None, *, seed):
    kernel = keras.initializers.GlorotUniform(SEED + seed)
    return layers.Dense(units, activation, kernel_initializer=kernel)


image = keras.Input(images.shape[1:])
x = layers.Flatten()(image)
x = dense(128, "tanh", seed=2)(x)
mean = dense(LATENT_DIM, seed=101)(x)
log_var = dense(LATENT_DIM, seed=102)(x)
encoder = keras.Model(image, [mean, log_var])

z = keras.Input((LATENT_DIM,))
x = dense(128, "tanh", seed=202)(z)
x = dense(64, seed=203)(x)
x = layers.Reshape((8, 8, 1))(x)
decoder = keras.Model(z, x)  # ends in logits: a sigmoid makes pixels of them

# Objective, in nats per image
noise = keras.random.SeedGenerator(SEED)


def costs(images):
    """Return reconstruction and KL of each image (N,)."""
    mean, log_var = encoder(images)
    epsilon = keras.random.normal(ops.shape(mean), seed=noise)
    z = mean + ops.exp(log_var / 2) * epsilon
    logits = decoder(z)
    nats = ops.binary_crossentropy(images, logits, from_logits=True)
    nats = ops.sum(nats, axis=(1, 2, 3))  # -log p(image | z)
    kl = (ops.square(mean) + ops.exp(log_var) - 1 - log_var) / 2
    return nats, ops.sum(kl, axis=1)


# Training
schedule = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, EPOCHS * steps)
optimizer = keras.optimizers.Adam(schedule)
weights = encoder.trainable_weights + decoder.trainable_weights
optimizer.build(weights)


@tf.function
def train_step(images):
    with tf.GradientTape() as tape:
        nats, kl = costs(images)
        loss = ops.mean(nats) + BETA * ops.mean(kl)
    gradients = tape.gradient(loss, weights)
    optimizer.apply_gradients(zip(gradients, weights))
    return nats, kl


def means(batches):  # over their images
    nats, kl = (np.concatenate(part).mean(dtype=float) for part in zip(*batches))
    loss = nats + BETA * kl
    return {"loss": loss, "reconstruction": nats, "kl": kl}


validate = tf.function(costs)
history = []
for epoch in range(1, EPOCHS + 1):
    order = np.random.default_rng([SEED, 2, epoch]).permutation(train)
    batches = order[: steps * BATCH_SIZE].reshape(steps, BATCH_SIZE)
    row = means([train_step(images[batch]) for batch in batches])
    found = means([validate(part) for part in held_out])
    row |= {f"val_{name}": value for name, value in found.items()}
    history.append(row)
    print(f"epoch {epoch}:", *(f"{name} {row[name]:.4f}" for name in row))

# A hundred codes from the prior, decoded
codes = np.random.default_rng(0).standard_normal((100, LATENT_DIM)).astype("float32")
pixels = ops.sigmoid(decoder(codes)).numpy()
grid = np.vstack([np.hstack(r) for r in pixels.reshape(10, 10, *images.shape[1:])])
keras.utils.save_img("samples.png", 255 * grid, scale=False)
encoder.save("encoder.keras")
decoder.save("decoder.keras")
