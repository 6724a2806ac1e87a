# The archive in a container. compose.yaml runs it; docs/deployment.md says how.

FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /venv
COPY requirements-server.txt /
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r /requirements-server.txt

FROM python:3.11-slim-bookworm
# pg_dump and pg_restore, which `backup` and `restore` run where the record is in PostgreSQL: for servers up to 15.
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
# The number of the user is fixed, so that containers on several machines are one owner of a shared folder.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin archive \
  && install -d -o archive -g archive -m 0700 /data
COPY --from=packages /venv /venv
COPY LICENSE manage.py /app/
COPY archive /app/archive
COPY search /app/search
COPY templates /app/templates
COPY static /app/static
COPY seeds /app/seeds
WORKDIR /app
# The user of the container writes nothing here.
RUN /venv/bin/python -m compileall -q /app
ENV ARCHIVE_HOME=/data PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
VOLUME /data
EXPOSE 8000
# A first start, or one of a new version, may build the index before it serves.
HEALTHCHECK --interval=30s --timeout=5s --start-period=15m --retries=3 CMD ["/venv/bin/python", "-c", \
  "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["/venv/bin/python", "manage.py"]
# A container is reached at an address of its own: publish its port to a proxy alone.
CMD ["start", "--host", "0.0.0.0"]
