CREATE SOURCE s (x VARCHAR) WITH (connector='kafka', topic='a', properties.bootstrap.server='localhost:9092') FORMAT PLAIN ENCODE JSON;
