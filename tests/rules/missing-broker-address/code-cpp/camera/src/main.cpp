#include <cppkafka/cppkafka.h>
#include <cstdlib>
#include <string>

int main() {
    const char* given = std::getenv("CAMERA_KAFKA_BROKERS");
    const std::string brokers = given ? given : "localhost:9092";
    cppkafka::Producer producer({{"metadata.broker.list", brokers}});
    producer.produce(cppkafka::MessageBuilder("frames").payload("one"));
}
