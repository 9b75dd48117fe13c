import os


def load():
    return {"kafka": os.getenv("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092"), "db": os.getenv("DB_HOST", "db")}
