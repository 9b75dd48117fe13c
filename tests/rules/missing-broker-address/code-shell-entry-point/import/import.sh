#!/bin/sh
kcat -P -b "${KAFKA_BROKERS:-localhost:9092}" -t imports < /data/imports.txt
