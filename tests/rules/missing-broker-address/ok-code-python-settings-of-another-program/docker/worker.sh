#!/bin/sh
exec python -m desk.worker.app "$@"
