from kafka import KafkaConsumer

consumer = KafkaConsumer("orders", bootstrap_servers="kafka:9092")
