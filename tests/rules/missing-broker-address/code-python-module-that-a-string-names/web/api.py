from lib import (
    events,  # the producer
)

app = events.producer()
