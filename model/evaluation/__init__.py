"""Projections held against targets, published rules and outturns.

At home: verdicts, hindsight, scores. Not at home: how any of it is worded, drawn or set.
"""
