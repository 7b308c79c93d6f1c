"""Errors whose message is written for the person at the screen."""

__all__ = ["ConfigError", "DatasetError", "RunError", "SettingsError", "StudyError", "VAEError"]


class VAEError(ValueError):
    """An error whose message is written for the person at the screen."""


class ConfigError(VAEError):
    """A hyperparameter is unknown, of the wrong kind or outside its range."""


class DatasetError(VAEError):
    """A data set is missing, damaged or not what its name says."""


class RunError(VAEError):
    """A run folder is missing, damaged or not a run folder."""


class SettingsError(VAEError):
    """A library that this package builds on has settings which it cannot work with."""


class StudyError(VAEError):
    """A study's folder is missing or damaged, or what is asked of a study cannot be."""
