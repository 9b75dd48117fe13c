package home;

import org.eclipse.microprofile.reactive.messaging.Incoming;

public class Heating {
    @Incoming("temperatures")
    public void take(double degrees) {}
}
