import Config

config :orders, kafka: System.get_env("KAFKA_ENDPOINT", "localhost:9092")
