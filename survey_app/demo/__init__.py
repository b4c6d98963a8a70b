"""Sample data for `make demo`: real communes of Cao Bằng, invented answers with known true values.

Owns no table; everything is stored through the other rooms' operations, as staff and citizens would store it.
"""
