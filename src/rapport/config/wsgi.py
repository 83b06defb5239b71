"""The pages as a WSGI application, for the web process that serves them."""

import os

from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from rapport.config.env import environment, prepare_data_folder

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.config.settings")
prepare_data_folder(environment())

application = get_wsgi_application()
if environment().trusted_proxies:
    application = wrap_wsgi_with_proxy_headers(application, list(environment().trusted_proxies))
