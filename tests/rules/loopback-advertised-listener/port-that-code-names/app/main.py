from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers="kafka:19094")
