"""Published tables made ready to be asked often: a DuckDB file derived of each, which is never the truth.

``shelf`` keeps the files of this machine, ``work`` makes one in the sandbox, ``pages`` asks a table through whichever
of its files is at hand.
"""
