"""The plan pack: what is published, what is assumed, and when a target counts as met.

At home: reading, checking and looking up. Not at home: anything that continues a series into the future.
"""
