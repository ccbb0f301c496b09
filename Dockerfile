# One recipe for the four services: docker build --build-arg SERVICE=gateway --tag cuecutter-gateway .
# An image holds its service, the libraries that service names, and what its own lock pins: nothing else.
ARG PYTHON_VERSION=3.13

FROM python:${PYTHON_VERSION}-slim AS build
ARG SERVICE
WORKDIR /src
RUN python -m venv /app
COPY requirements.lock ./
# flit_core builds our packages; the lock knows its hash.
RUN sed -n '/^flit-core==/,/[^\\]$/p' requirements.lock > build.lock \
 && pip install --no-cache-dir --require-hashes --requirement build.lock
COPY services/${SERVICE}/requirements.lock service.lock
RUN pip --python /app/bin/python install --no-cache-dir --require-hashes --requirement service.lock
COPY libs libs
COPY services/${SERVICE} services/${SERVICE}
# Our own libraries as the service names them: several words are wanted.
# hadolint ignore=SC2046
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --no-index --wheel-dir wheels ./services/${SERVICE} \
      $(sed -n 's|^ *"cuecutter-\([a-z]*\)",|./libs/\1|p' services/${SERVICE}/pyproject.toml) \
 && pip --python /app/bin/python install --no-cache-dir --no-deps --no-index wheels/*.whl

FROM python:${PYTHON_VERSION}-slim
ARG SERVICE
COPY --from=build /app /app
# Root file systems are read-only: no byte code is written at run time, and logs go to standard error unbuffered.
ENV PATH=/app/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HTTP_HOST=0.0.0.0 HTTP_PORT=8000
LABEL org.opencontainers.image.title=cuecutter-${SERVICE}
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
STOPSIGNAL SIGTERM
# Which module is named by whoever starts it: `command: [gateway]`.
ENTRYPOINT ["python", "-m"]
