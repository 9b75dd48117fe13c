#include <librdkafka/rdkafka.h>
#include <stdlib.h>

int main(void) {
    char error[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    const char *brokers = getenv("KAFKA_BROKERS");
    if (!brokers)
        brokers = "localhost:9092";
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers, error, sizeof error);
    return rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error) == NULL;
}
