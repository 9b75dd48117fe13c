from desk.shared import kafka, settings

kafka.consumer(settings.load()).subscribe(["orders"])
