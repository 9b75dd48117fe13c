import environ

env = environ.Env()
INSTALLED_APPS = ["orders"]
KAFKA_BOOTSTRAP_SERVERS = env("KAFKA_BOOTSTRAP_SERVERS", default="localhost:9092")
