# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements.txt constraints.txt ./
# The CPU build of torch lives in PyTorch's own index; the default one brings gigabytes of CUDA.
RUN /venv/bin/pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu \
    && /venv/bin/pip install -r requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/var/lib/marquee NUMBA_CACHE_DIR=/var/lib/marquee/numba
RUN useradd --system --create-home --uid 1000 marquee \
    && install -d -o marquee -g marquee /var/lib/marquee
COPY --from=build /venv /venv
WORKDIR /app
COPY --chown=root:root . .
USER 1000
VOLUME /var/lib/marquee
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/ping/', timeout=4)"]
CMD ["gunicorn", "moviesite.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", "--worker-tmp-dir=/dev/shm"]
