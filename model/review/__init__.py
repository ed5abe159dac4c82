"""Notebook hygiene: run them again, save them canonically, read their manners from their code."""
