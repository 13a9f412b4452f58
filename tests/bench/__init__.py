"""Benchmarks: one module per name with ``run(quick) -> dict`` holding at least ``name unit ours peer ratio``.

``ours`` and ``peer`` are numbers of the same unit, ``ratio`` says how many times better ours is, ``detail`` is free. A
module that knows no quick size may leave the parameter out. Started with ``python -m tests.bench NAME [--json] [--quick]``.
"""
