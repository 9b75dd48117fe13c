import org.springframework.context.annotation.Bean

class Orders {
    @Bean
    fun orders() = { order: String -> println(order) }
}
