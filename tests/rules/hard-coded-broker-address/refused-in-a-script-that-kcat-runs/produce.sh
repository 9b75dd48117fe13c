#!/bin/sh
kcat -b localhost:9092 -t a -P < /data
