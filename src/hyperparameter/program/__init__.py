"""`hp.launch`: run functions as a command-line program."""
