// Nothing to call: see quiet.c.
