"""How a province's pages look: five theme tokens and a logo. Owns the table themes; every page asks for them."""
