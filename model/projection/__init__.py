"""Trajectories under a scenario, and the growth that a target requires.

At home: one future a scenario. Not at home: chance, and judgement of how a projection fared.
"""
