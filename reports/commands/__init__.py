"""The command line `transfer-claims`, one module a command.

It begins in `entry`; `app` says which commands there are, and `loading` imports the module of one
that is called; `guard` turns whatever is raised into one line and an exit code; `console` is where
everything is printed; `showing` holds tables and records that the page and pytest show as well.
Modules import large libraries inside the functions that use them: help, the version and errors of
usage wait for none.
"""
