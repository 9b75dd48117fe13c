package bank;

import java.util.function.Consumer;
import org.springframework.context.annotation.Bean;

class Loans {
    @Bean
    Consumer<String> applications() {
        return System.out::println;
    }
}
