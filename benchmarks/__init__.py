"""Measurements that anybody can repeat: each module is a program, ``python -m benchmarks.NAME``."""
