"""Accounts, sign-in, profiles, roles, trust."""
