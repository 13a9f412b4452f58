"""A site carried elsewhere: backed up, restored, moved to other engines, rebuilt from what the public knew."""
