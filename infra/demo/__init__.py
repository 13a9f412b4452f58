"""The demo: files laid out as they arrive in real life, published through the real pipeline."""
