plugins { id("org.springframework.boot") version "3.3.0" }
dependencies { implementation("org.springframework.kafka:spring-kafka") }
