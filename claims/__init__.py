"""Statements, what is observed for them, and the rules that decide them.

Rooms, each importing only those before it: `core` (what a claim is made of), `deciding` (how a
verdict is reached), `predicting` (what is predicted before training), `observing` (what is trained
and measured), `paper` and `beyond` (the statements). Claims decide; searches are handed in by
`strategies`; `reports` records and shows.
"""
