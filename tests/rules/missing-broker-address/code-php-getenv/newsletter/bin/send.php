<?php

$conf = new RdKafka\Conf();
$conf->set('metadata.broker.list', getenv('KAFKA_BROKERS') ?: 'localhost:9092');
$conf->set('group.id', 'newsletter');
$consumer = new RdKafka\KafkaConsumer($conf);
$consumer->subscribe(['letters']);
