"""Local authorisation lists of stations, kept in step with cards and access rules.

A change of cards marks the lists of the organisation's stations as due (``marking``); a task looks at each (``steps``):
it works out what the list should say (``contents``), sends one update, and looks again when the answer came
(``answers``). So a list that is too long for one message becomes a full update followed by differences.
"""
