CREATE TABLE a (x STRING) WITH ('connector'='kafka','topic'='a','properties.bootstrap.servers'='localhost:9092','format'='json');
