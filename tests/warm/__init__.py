"""Python programs that need not import Keras: forked from a process that has imported it."""
