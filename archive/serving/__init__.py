"""How the site is served: gunicorn starts, watches and stops the processes, and waitress speaks HTTP in each of them.

`connections` has the connections of a process, with bounds on what a client may take; `worker` is the class that
gunicorn runs. The main thread of a process receives and sends for all connections at once. A thread is taken only
when a request has arrived whole, and is free as soon as its answer is in the buffer, so that slow clients keep no
thread. `follower` keeps a process beside them that indexes what nobody else does. Only the commands `start` and
`ingest` import this.
"""

from django.conf import settings
from django.urls import reverse

from .follower import start_follower

__all__ = ["site_addresses", "start_follower"]


def site_addresses(port: int) -> str:
    """Returns the lines that say where the site of a port of this machine is."""
    site = f"http://127.0.0.1:{port}"
    return f"Search:  {site}{settings.URL_PREFIX}/\nCurate:  {site}{reverse('admin:index')}"
