"""The second floor: what happens to a file between arrival and shelf."""
