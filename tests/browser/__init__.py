"""The portal in a real browser: what every reader sees, with the keyboard, with and without scripts."""
