import os

import paho.mqtt.client as mqtt

client = mqtt.Client()
client.connect(os.getenv("MQTT_BROKER", "localhost"))
