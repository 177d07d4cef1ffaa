package io.dstream.boot.autoconfigure;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/** Ends an application that was started to look at its checkpoints only. */
final class VerificationEnd implements ApplicationListener<ApplicationReadyEvent> {

    private final StreamingLifecycle lifecycle;

    VerificationEnd(StreamingLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        if (lifecycle.hasOnlyVerified()) {
            ready.getApplicationContext().close();
        }
    }
}
