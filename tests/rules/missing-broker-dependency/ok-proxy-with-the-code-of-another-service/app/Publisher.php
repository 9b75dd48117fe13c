<?php

use Junges\Kafka\Facades\Kafka;

Kafka::publish()->onTopic('orders')->send();
