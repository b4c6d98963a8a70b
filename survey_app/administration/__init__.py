"""Screens for administrators: accounts, grants and the audit log. Owns no table."""
