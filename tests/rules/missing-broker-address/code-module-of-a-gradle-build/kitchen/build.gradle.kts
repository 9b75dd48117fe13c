dependencies {
    implementation("org.springframework.kafka:spring-kafka")
}
