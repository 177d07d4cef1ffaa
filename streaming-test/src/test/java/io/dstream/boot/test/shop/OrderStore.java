package io.dstream.boot.test.shop;

import java.util.List;

interface OrderStore {

    void save(List<String> orders);
}
