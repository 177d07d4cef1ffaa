package io.dstream.kafka.broker;

import java.io.IOException;
import java.io.OutputStream;

/** The main class of the broker's process, which ends with whoever has started it, however that ended. */
final class BrokerMain {

    private BrokerMain() {}

    /** Runs Kafka with these arguments until the standard input ends. */
    public static void main(String[] arguments) {
        Thread watch = new Thread(BrokerMain::haltAtEndOfInput, "end-of-input");
        watch.setDaemon(true);
        watch.start();
        kafka.Kafka.main(arguments);
    }

    private static void haltAtEndOfInput() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException end) {
            // as good as the end
        }
        Runtime.getRuntime().halt(0);
    }
}
