"""How a series grows: curves, shocks and distributions, as pure mathematics of numbers and years.

At home: what a scenario's line may name. Not at home: plans, files, and who assumed what.
"""
