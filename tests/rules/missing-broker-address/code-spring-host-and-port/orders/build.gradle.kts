dependencies {
    implementation("org.springframework.cloud:spring-cloud-starter-stream-kafka")
}
