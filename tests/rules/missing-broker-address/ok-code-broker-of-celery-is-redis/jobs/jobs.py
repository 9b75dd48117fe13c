import os

from celery import Celery

app = Celery(broker=os.environ["BROKER_URL"])
