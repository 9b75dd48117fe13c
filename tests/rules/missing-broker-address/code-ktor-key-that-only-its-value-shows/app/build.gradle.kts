dependencies { implementation("org.apache.kafka:kafka-clients:3.9.0") }
