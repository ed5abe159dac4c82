"""The tables of a report, a module a subject.

At home: which columns and rows there are, and their captions. Not at home: computing.
"""
