"""Jobs: work done after the request, once and again until it is done.

Owns leases, attempts, keys, progress and schedules. Leaves the queue itself to django-tasks-db, the work to its owners.
"""
