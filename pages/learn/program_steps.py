"""The lecture's program in steps: its own lines, ours, and what to look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pages.learn import program_made as made
from vae.runs.run import Run

__all__ = ["STEPS", "Step"]


class Step(NamedTuple):
    """title: of the step. text: Markdown. lecture, ours: Python. show: what it makes of a batch."""

    title: str
    text: str
    lecture: str
    ours: str
    show: Callable[[Run], None]


STEPS = (
    Step(
        "Load the digits",
        "A pixel is a whole number from 0 (black) to 255 (white). The lecture divides by 255 at "
        "once and lays each image out as a row of 784 numbers. Ours keeps the bytes, which take a "
        "quarter of the memory, and divides when a batch is trained.",
        """\
(x_train, y_train), (x_test, y_test) = \\
    datasets.mnist.load_data()

x_train = x_train.astype('float32') / 255.
x_test = x_test.astype('float32') / 255.
x_train = x_train.reshape(
    (len(x_train), np.prod(x_train.shape[1:])))
x_test = x_test.reshape(
    (len(x_test), np.prod(x_test.shape[1:])))""",
        """\
import vae

dataset = vae.load_dataset("mnist")
dataset.x_train  # uint8 (60000, 28, 28, 1)
dataset.x_test   # uint8 (10000, 28, 28, 1)""",
        made.show_pixels,
    ),
    Step(
        "Look at them",
        "A grid of images is one large array, into which each image is copied. The labels are not "
        "used: a VAE learns from the pixels alone.",
        """\
n=10
figure = np.zeros((28*10, 28*10))
temp=0
for i in range(n):
    for j in range(n):
        data = x_train[temp].reshape(28,28)
        figure[i*28 : (i + 1)*28,
              j*28 : (j + 1)*28] = data
        temp+=1""",
        """\
from vae.images import tile

tile(dataset.x_train[:100], 10, 10)  # (280, 280, 1)""",
        made.show_batch,
    ),
    Step(
        "Sample a code",
        "The reparameterisation: noise ε from N(0, 1), stretched and moved. What the lecture calls "
        "`std` is the **log-variance**, which is why it is halved and goes through `exp`. Mean and "
        "log-variance are not parameters that are learned: the encoder computes them for each "
        "image, and the encoder's weights are learned.",
        """\
def sample(args):
    mean, std = args
    epsilon = K.random_normal(
        shape=(K.shape(mean)[0], K.int_shape(mean)[1]))
    return mean + K.exp(std/2)*epsilon""",
        """\
mean, log_var = run.encode(images)  # (N, 4) each
epsilon = np.random.default_rng().normal(size=mean.shape)
z = mean + np.exp(log_var / 2) * epsilon""",
        made.show_sampling,
    ),
    Step(
        "The encoder",
        "784 pixels become 128 numbers, and these become two times 4: a mean and a log-variance "
        "for each latent dimension. A dense layer has a weight for each pair of input and output, "
        "and a bias for each output.",
        """\
input_layer = layers.Input(shape=(784,))
hidden_layer = layers.Dense(
    128, activation='relu')(input_layer)
latent_mean = layers.Dense(4)(hidden_layer)
latent_std = layers.Dense(4)(hidden_layer)
latent_sample = layers.Lambda(sample, output_shape=(4,))(
    [latent_mean, latent_std])
encoder_model = Model(
    input_layer, [latent_mean, latent_std, latent_sample])""",
        """\
config = vae.PRESETS["lecture"]
model = vae.build(config, image_shape=(28, 28, 1))
model.encoder.summary()""",
        made.show_encoder,
    ),
    Step(
        "The decoder",
        "The way back: 4 numbers become 128, and these become 784. The sigmoid at the end keeps "
        "each pixel between 0 and 1.",
        """\
decoder_input = layers.Input(shape=(4, ))
decoder_hidden = layers.Dense(
    128, activation='relu')(decoder_input)
decoder_output = layers.Dense(
    784, activation='sigmoid')(decoder_hidden)
decoder_model = Model(decoder_input, decoder_output)""",
        """\
model.decoder.summary()
images = run.decode(z)  # (N, 28, 28, 1), in [0, 1]""",
        made.show_decoder,
    ),
    Step(
        "Both together",
        "An image goes in, its code is sampled, and an image comes out. The index 2 picks the "
        "sampled code from what the encoder returns.",
        """\
vae = Model(
    input_layer,
    decoder_model(encoder_model(input_layer)[2]))""",
        """\
mean, log_var = run.encode(images)
copies = run.decode(mean)""",
        made.show_copies,
    ),
    Step(
        "The loss",
        "Cross-entropy and KL of each image, added. The KL is **made small**, not large: the minus "
        "sign belongs to its formula. And since the lecture takes means over 784 pixels and over 4 "
        "dimensions, the KL counts little. The chapter *Two losses* has both slips in full.",
        """\
def vae_loss(x, z_decoded,
             latent_mean=latent_mean,
             latent_std=latent_std):
    x = K.flatten(x)
    z_decoded = K.flatten(z_decoded)
    recon_loss = metrics.binary_crossentropy(x, z_decoded)
    kl_loss = -1e-4*K.mean(
        1+latent_std-K.square(latent_mean)
        -K.exp(latent_std), axis=-1)
    return K.mean(recon_loss + kl_loss)""",
        """\
# In nats per image, of 784 pixels and 4 dimensions:
# loss = reconstruction + beta * kl
config.beta  # 0.0392 = 784 * 1e-4 * 2 / 4""",
        made.show_loss,
    ),
    Step(
        "Compile and count",
        "RMSprop changes each weight by its gradient, divided by the size that this gradient had "
        "lately. The summary counts what there is to learn.",
        """\
vae.compile(optimizer='rmsprop', loss=vae_loss)
vae.summary()""",
        """\
config.optimizer  # "rmsprop"
# python -m vae summary --preset lecture""",
        made.show_counts,
    ),
    Step(
        "Train",
        "Images are input and target at once. An epoch takes all of them, 100 at a time, in "
        "another order each time. The curves are those of the built-in run with exactly these "
        "settings.",
        """\
vae.fit(x_train, x_train, shuffle=True,
        epochs=50, batch_size=100)""",
        """\
run = vae.train(config, dataset)
run.history["loss"]  # nats per image, by epoch""",
        made.show_training,
    ),
    Step(
        "Generate a hundred",
        "Random codes from N(0, 1), decoded. The lecture asks the network for each image alone; "
        "ours for all of them at once.",
        """\
data = np.random.normal(size=(n*n,4))
for i in range(n):
    for j in range(n):
        generated_data = decoder_model.predict(
            np.expand_dims(data[temp],axis=0))
        generated_data = generated_data.reshape(28,28)
        figure[i*28 : (i + 1)*28,
              j*28 : (j + 1)*28] = generated_data
        temp+=1""",
        """\
z = np.random.default_rng(0).normal(size=(100, 4))
tile(run.decode(z), 10, 10)  # (280, 280, 1)""",
        made.show_generated,
    ),
)
