dependencies {
    implementation(libs.kafka.clients)
}
