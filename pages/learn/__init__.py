"""Learn: every idea of the lecture, a chapter each."""
