"""What every request passes on its way in and out: manners, limits and counters, as plain ASGI."""
