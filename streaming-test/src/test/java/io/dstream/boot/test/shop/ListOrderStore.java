package io.dstream.boot.test.shop;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Keeps orders in memory. */
class ListOrderStore implements OrderStore {

    final List<String> saved = new CopyOnWriteArrayList<>();
    volatile @Nullable RuntimeException failure; // thrown in place of saving

    @Override
    public void save(List<String> orders) {
        RuntimeException toThrow = failure;
        if (toThrow != null) {
            throw toThrow;
        }
        saved.addAll(orders);
    }
}
