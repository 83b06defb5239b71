"""Use-cases that write several trade apps; no tables of their own. Look here first."""
