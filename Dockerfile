# The whole artefact: the build runs README's two commands, and draws the report.
#   docker build -t transfer-claims .
#   docker run --rm transfer-claims transfer-claims show theorem-4.3.error-upper
# To stop once it is installed (minutes), or once every claim is decided:
#   docker build --target installed -t transfer-claims .
#   docker build --target decided -t transfer-claims .
FROM python:3.11-slim-bookworm AS installed

# Chromium is what the tests of the page look at it with; without it they are skipped. What steers
# it needs libatomic.
RUN apt-get update \
    && apt-get install -y --no-install-recommends chromium libatomic1 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /transfer-claims
COPY . .
RUN python3 -m venv .venv && . .venv/bin/activate && pip install -c constraints.txt -e '.[test]'
ENV PATH="/transfer-claims/.venv/bin:$PATH"
CMD ["transfer-claims", "list"]

FROM installed AS decided
# README, first command: decide every claim.
RUN python3 -m venv .venv && . .venv/bin/activate && pip install -c constraints.txt -e '.[test]' && pytest -m theory -n 2
RUN .venv/bin/transfer-claims report

FROM decided AS tested
# README, second command: all tests.
RUN python3 -m venv .venv && . .venv/bin/activate && pip install -c constraints.txt -e '.[test]' && pytest -n 2
