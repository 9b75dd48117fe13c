from service import events

application = None
