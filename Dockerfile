# Motcua as an image: `docker build -t motcua .`. How to run it: docs/van-hanh.md, compose.yaml.
# It writes to /data and /tmp alone, so it runs with a root that is read-only and without capabilities.
FROM python:3.12-slim AS build
RUN python -m venv /venv
COPY requirements.lock .
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY scripts/licences .
RUN /venv/bin/python licences > /THIRD-PARTY-LICENCES.txt && /venv/bin/pip uninstall --yes pip

FROM python:3.12-slim
RUN useradd --create-home motcua && mkdir /data && chown motcua /data
COPY --from=build /venv /venv
WORKDIR /app
COPY --from=build /THIRD-PARTY-LICENCES.txt LICENSE ./
COPY bot bot
COPY flows flows
COPY content content
COPY webhook.py ./
RUN printf '#!/venv/bin/python\nfrom bot.cli import app\n\napp()\n' > /venv/bin/motcua && chmod +x /venv/bin/motcua \
    && /venv/bin/python -m compileall -q bot flows webhook.py
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MOTCUA_DATA_DIR=/data MOTCUA_HOST=0.0.0.0
USER motcua
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"
CMD ["motcua", "serve"]
