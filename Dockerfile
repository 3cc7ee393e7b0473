# Two stages: the first builds the wheel and a virtual environment from the lock file, the second only carries them.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/fixdesk
COPY requirements.lock ./
RUN /opt/fixdesk/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE manifest.yaml ./
COPY bot ./bot
RUN pip install --no-cache-dir "hatchling>=1.33" \
 && pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/fixdesk/bin/pip install --no-cache-dir --no-deps /wheels/*.whl

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/fixdesk fixdesk
COPY --from=build /opt/fixdesk /opt/fixdesk
ENV PATH=/opt/fixdesk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FIXDESK_DATABASE_URL=sqlite+aiosqlite:////var/lib/fixdesk/fixdesk.db \
    FIXDESK_HTTP_HOST=0.0.0.0
USER fixdesk
WORKDIR /var/lib/fixdesk
VOLUME /var/lib/fixdesk
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ.get(\"FIXDESK_HTTP_PORT\", 3000)}/health/ready', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["fixdesk"]
CMD ["serve"]
