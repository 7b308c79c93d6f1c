# VAE Lab's server and its workers: docker compose up, or docker build -t vae-lab .
# Any image with Python 3.11 to 3.13 will do as a base.
ARG PYTHON=python:3.12-slim-bookworm

FROM ${PYTHON} AS build
RUN python3 -m venv /opt/vae
COPY requirements.txt /src/
# The headers of TensorFlow are for those who extend it in C++: 290 MB.
RUN /opt/vae/bin/pip install --no-cache-dir -r /src/requirements.txt \
    && rm -r /opt/vae/lib/python3*/site-packages/tensorflow/include
COPY pyproject.toml requirements-*.txt README.md LICENSE NOTICES.md app.py /src/
COPY .streamlit /src/.streamlit
COPY pages /src/pages
COPY vae /src/vae
RUN /opt/vae/bin/pip install --no-cache-dir --no-deps /src

FROM ${PYTHON}
COPY --from=build /opt/vae /opt/vae
# Who is nobody else's user; a new volume takes over whose these folders are.
RUN useradd --uid 10001 --create-home vae && install -d -o vae -g vae /runs /data
USER 10001:10001
WORKDIR /home/vae
ENV PATH=/opt/vae/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    VAE_RUNS_DIR=/runs \
    VAE_DATA_DIR=/data
EXPOSE 8501
# The first start reads and compiles for some seconds.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
# Memory: the server takes 400 MB, the first worker 940 MB, each further one 750 MB. It starts as many
# workers as the container's limit allows, at most one a core.
CMD ["vae-lab", "app", "--port", "8501"]
