"""Notebooks under review: run again, saved canonically, compared so that a reader understands.

At home: what a reviewer runs. Not at home: what a report needs.
"""
