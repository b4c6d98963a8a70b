"""Tablets at counters: who may collect answers on one, what waits on it, and how it is doing.

Owns table kiosks. Asks responses to store the answers, campaigns what a counter asks now. Nobody asks it.
"""
