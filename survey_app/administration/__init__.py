"""Screens for administrators: accounts and grants, what each role may do, the audit log, how a province's pages look.

Owns no table: it asks staff for people, offices for units, appearance for themes and foundation for the log.
"""
