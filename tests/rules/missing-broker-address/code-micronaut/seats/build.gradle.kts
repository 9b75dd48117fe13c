dependencies {
    implementation("io.micronaut.kafka:micronaut-kafka")
}
