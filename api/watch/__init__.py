"""How a running site is watched: what its processes write down (``logs``) and what they count (``meters``)."""
