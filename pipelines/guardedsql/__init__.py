"""A reader's own SQL on published tables: one SELECT, tables that the site gives, a process with limits.

``guard`` looks at the parsed statement (pure), ``words`` lists the functions there are, ``work`` is what the process
does, ``ask`` is the room that doors use.
"""
