"""In charge of articles in a Whoosh index, kept in generations that are never half there.

Rooms, each importing only those before it: store, answer, generations, build; for_whoosh shows the
store to other tools.
"""
