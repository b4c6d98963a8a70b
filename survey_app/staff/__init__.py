"""People who work with the product: accounts, grants, sign-in and the guards of every staff door.

Owns accounts, grants, sign_ins, one_time_links, recovery_codes and sign_in_failures. Every room with staff pages asks
`guards` who may pass; a grant stores the path of a unit and compares prefixes, so this room needs no offices.
"""
