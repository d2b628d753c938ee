"""What `hp.launch` is made of: the parser, what was given to it, and what it shows."""
