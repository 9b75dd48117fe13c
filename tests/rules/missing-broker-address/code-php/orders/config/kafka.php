<?php

return [
    'brokers' => env('KAFKA_BROKER_LIST', 'localhost:9092'),
];
