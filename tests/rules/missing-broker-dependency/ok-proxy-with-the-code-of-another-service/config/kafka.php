<?php

return [
    'brokers' => env('KAFKA_BROKERS', 'localhost:9092'),
];
