dependencies {
    implementation("io.ktor:ktor-server-netty:3.0.0")
    implementation("org.apache.kafka:kafka-clients:3.8.0")
}
