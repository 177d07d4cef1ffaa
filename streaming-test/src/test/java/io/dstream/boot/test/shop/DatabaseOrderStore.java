package io.dstream.boot.test.shop;

import java.util.List;
import org.springframework.stereotype.Component;

/** Not to be made where only pipelines are tested. */
@Component
class DatabaseOrderStore implements OrderStore {

    DatabaseOrderStore() {
        throw new IllegalStateException("there is no database here");
    }

    @Override
    public void save(List<String> orders) {}
}
