"""How the site is served: gunicorn starts, watches and stops the processes, and waitress speaks HTTP in each of them.

`connections` has the connections of a process, with bounds on what a client may take; `worker` is the class that
gunicorn runs. The main thread of a process receives and sends for all connections at once. A thread is taken only
when a request has arrived whole, and is free as soon as its answer is in the buffer, so that slow clients keep no
thread. `follower` keeps a process beside them that indexes what nobody else does. Only the commands `start` and
`ingest` import this.
"""

from ipaddress import ip_address

from django.conf import settings
from django.urls import reverse

from .follower import start_follower

__all__ = ["host_and_port", "site_addresses", "start_follower"]


def host_and_port(host: str, port: int) -> str:
    """Returns an IP address and a port as an address of the web has them."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def site_addresses(host: str, port: int) -> str:
    """Returns the lines that say where the site is that is served at an IP address and a port of this machine."""
    # At all addresses of the machine: this is one of them.
    named = "127.0.0.1" if ip_address(host).is_unspecified else host
    site = f"http://{host_and_port(named, port)}"
    return f"Search:  {site}{settings.URL_PREFIX}/\nCurate:  {site}{reverse('admin:index')}"
