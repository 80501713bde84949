"""The base of all errors that a person can mend; their messages say how."""


class FluxError(Exception):
    """Expected trouble: the `flux` command prints its message instead of a stack trace."""
