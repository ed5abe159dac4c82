"""The whole model under sliders: the picture follows the hand.

At home: controls, edits, the page and its server. Not at home: any number or word of its own.
"""
