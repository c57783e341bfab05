# Motcua as an image: `docker build -t motcua .`. How to run it: docs/van-hanh.md, compose.yaml.
FROM python:3.12-slim
WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY bot bot
COPY flows flows
COPY content content
COPY webhook.py LICENSE ./
RUN useradd --create-home motcua && mkdir /data && chown motcua /data \
    && printf '#!/usr/bin/env python\nfrom bot.cli import app\n\napp()\n' > /usr/local/bin/motcua \
    && chmod +x /usr/local/bin/motcua
ENV PYTHONPATH=/app PYTHONUNBUFFERED=1 MOTCUA_DATA_DIR=/data MOTCUA_HOST=0.0.0.0
USER motcua
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"
CMD ["motcua", "serve"]
