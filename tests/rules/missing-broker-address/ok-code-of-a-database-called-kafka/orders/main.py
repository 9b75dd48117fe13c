import os

import psycopg

connection = psycopg.connect(os.getenv("DATABASE_URL", "postgres://postgres@localhost/kafka_orders"))
