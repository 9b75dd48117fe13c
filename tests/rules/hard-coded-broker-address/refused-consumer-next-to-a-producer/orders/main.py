from consumer import received
from producer import send

for message in received():
    send(message)
