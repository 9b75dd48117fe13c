from lib.events import producer

producer()
