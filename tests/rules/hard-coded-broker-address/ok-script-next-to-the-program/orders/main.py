from kafka import KafkaProducer

KafkaProducer(bootstrap_servers=["kafka:9092"]).send("orders", b"1")
