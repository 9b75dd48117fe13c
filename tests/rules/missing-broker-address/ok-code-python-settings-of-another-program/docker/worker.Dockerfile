FROM python:3.13
WORKDIR /desk
COPY pyproject.toml .
COPY src src
COPY docker docker
RUN pip install .
ENTRYPOINT ["sh", "/desk/docker/worker.sh"]
