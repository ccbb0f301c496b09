"""The last broom: removes objects that nothing needs, and repeats it, because a worker may wake and write at any time.

`sweeper` goes through all datasets; `superseded` finds what earlier runs of a living dataset left behind, and retires
its root folder; `removal` removes and counts. Everything that no rule names stays.
"""
