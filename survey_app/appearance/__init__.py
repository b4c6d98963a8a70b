"""How a province's pages look: five theme tokens and a logo. Owns the table themes; every page asks for them.

Templates call `page_theme(unit_path)`; the stylesheet of a theme is served by an address that holds its colours.
"""
