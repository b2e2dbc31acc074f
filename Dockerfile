# One image for every role: web, gateway, worker and beat differ by command only.
FROM python:3.12-slim AS build
ENV UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/srv/venv PYTHONDONTWRITEBYTECODE=1
RUN pip install --no-cache-dir uv
WORKDIR /srv/chargenet
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --extra uvicorn

FROM python:3.12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 chargenet
ENV PATH=/srv/venv/bin:$PATH PYTHONUNBUFFERED=1 CHARGENET_VAR=/var/lib/chargenet STATIC_ROOT=/srv/static
WORKDIR /srv/chargenet
COPY --from=build /srv/venv /srv/venv
COPY . .
RUN mkdir -p /var/lib/chargenet/files /srv/static \
    && SECRET_KEY=build python manage.py collectstatic --noinput \
    && chown -R chargenet /var/lib/chargenet
USER chargenet
EXPOSE 8000
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--port", "8000"]
