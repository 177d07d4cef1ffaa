package io.dstream.kafka;

/** A store that a program may have of its own. */
class MemoryOffsetStoreTest extends OffsetStoreContract {

    private final MemoryOffsetStore store = new MemoryOffsetStore();

    @Override
    protected OffsetStore store() {
        return store;
    }

    @Override
    protected void goAway() {
        store.setAway(true);
    }

    @Override
    protected void comeBack() {
        store.setAway(false);
    }
}
