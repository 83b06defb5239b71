"""The pages as a WSGI application, for the web process that serves them."""

import os
from multiprocessing import parent_process

from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from rapport.config.env import environment, prepare_data_folder
from rapport.config.guardian import watch
from rapport.kit.collector import spare

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.config.settings")
prepare_data_folder(environment())

# The web server answers from a process that it forked; that one must not outlive it either.
_server = parent_process()
if _server is not None and _server.pid is not None:
    watch(_server.pid)

application = get_wsgi_application()
spare()
if environment().trusted_proxies:
    application = wrap_wsgi_with_proxy_headers(application, list(environment().trusted_proxies))
