import org.eclipse.microprofile.reactive.messaging.Incoming;

class Fleet {
    @Incoming("positions")
    void take(String position) {}
}
