import psycopg

from desk.shared import settings

psycopg.connect(host=settings.load()["db"])
