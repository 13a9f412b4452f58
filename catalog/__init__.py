"""The first floor: what we hold. Import the face from here: Catalog, ports, model, events, errors."""
