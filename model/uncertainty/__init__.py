"""Many sampled futures of one scenario.

At home: random numbers, spreads, probabilities and quantiles. Not at home: verdicts and words.
"""
