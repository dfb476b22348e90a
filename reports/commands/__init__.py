"""The command line `transfer-claims`, one module a command.

`app` lists the commands and loads a command's module when it is called; `guard` turns whatever is
raised into one line and an exit code; `console` is where everything is printed; `showing` holds
tables and records that the page and pytest show as well. Modules import large libraries inside the
functions that use them: help, the version and errors of usage wait for none.
"""
