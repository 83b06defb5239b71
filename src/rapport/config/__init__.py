"""Wiring: settings, urls, wsgi, the list of jobs and the command line; the only place that knows every other room."""
