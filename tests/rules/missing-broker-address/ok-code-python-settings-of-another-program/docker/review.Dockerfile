FROM python:3.13
WORKDIR /desk
COPY pyproject.toml .
COPY src src
RUN pip install .
ENTRYPOINT ["python", "-m", "desk.review.app"]
