#!/bin/sh
curl -f -X POST http://registry:8081/subjects
