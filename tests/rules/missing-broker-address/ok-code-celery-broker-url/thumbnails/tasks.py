import os

from celery import Celery

app = Celery("thumbnails", broker=os.getenv("BROKER_URL", "redis://redis:6379/0"))
