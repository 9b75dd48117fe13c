from confluent_kafka import Consumer


def consumer(settings):
    return Consumer({"bootstrap.servers": settings["kafka"], "group.id": "desk"})
