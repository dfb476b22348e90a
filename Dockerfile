# The whole artefact: the build runs README's two commands, and draws the report.
#   docker build -t transfer-claims .
#   docker run --rm transfer-claims transfer-claims show theorem-4.3.error-upper
FROM python:3.11-slim-bookworm

# Chromium is what the tests of the page look at it with; without it they are skipped.
RUN apt-get update \
    && apt-get install -y --no-install-recommends chromium \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /transfer-claims
COPY . .

# README, first command: decide every claim.
RUN python3 -m venv .venv && . .venv/bin/activate && pip install -c constraints.txt -e '.[test]' && pytest -m theory -n 2
RUN .venv/bin/transfer-claims report

# README, second command: all tests.
RUN python3 -m venv .venv && . .venv/bin/activate && pip install -c constraints.txt -e '.[test]' && pytest -n 2

ENV PATH="/transfer-claims/.venv/bin:$PATH"
CMD ["transfer-claims", "list"]
