"""Many runs as one job: the values of some settings, tried with each other and with several seeds.

Planning and reading need no TensorFlow; training is done in processes of its own. `vae.sweep` makes
and runs one, `vae.open_sweep` opens its folder.
"""
