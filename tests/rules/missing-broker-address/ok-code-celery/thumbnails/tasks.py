import os

from celery import Celery

app = Celery("thumbnails", broker=f"redis://{os.getenv('REDIS_HOST', 'localhost')}:6379/0")
